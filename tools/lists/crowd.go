package main

// Databases with many top-ups: customers, keys and top-ups with what is counted of
// them, and nothing else. Ten million rows take minutes and 9 GB this way, not an
// hour and 40: lists look at no ledger, no attempt and no audit line.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	_ "github.com/lib/pq" // the driver: of the server itself
)

// perDay is how many top-ups a day has in both databases: a hundred days of ten
// times the traffic that the program is made for.
const perDay = "25000"

// customersAndKeys makes 200 customers with four keys each. The first of them is
// the one that is looked at.
const customersAndKeys = `
	WITH made AS (
		INSERT INTO customers (code, name, created_at)
		SELECT CASE i WHEN 1 THEN 'ENVIA' ELSE 'C' || lpad(i::text, 3, '0') END, CASE i WHEN 1 THEN 'EnviaDespensa' ELSE 'Abarrotes ' || i END, now() - interval '5 years'
		FROM generate_series(1, 200) i
		RETURNING id
	), balances AS (
		INSERT INTO balances (customer_id) SELECT id FROM made
	)
	INSERT INTO api_keys (customer_id, name, hint, key_hash)
	SELECT id, 'Key ' || k, 'lb_live_…' || substr(md5(id || '.' || k), 1, 4), decode(md5(id || 'key' || k), 'hex')
	FROM made, generate_series(1, 4) k
	ORDER BY id, k`

// topUps adds those with the numbers $1 to $2 of $3, as close together as perDay
// says, the last of them a minute ago. A customer's share falls with its number:
// the first has 60 in a hundred, the last one in sixty thousand. So do the keys', of
// which the last has one order in a thousand. A phone is topped up five times on
// average, four in ten are in the capital, the others in 99 areas. One top-up in
// thirty failed, three in a hundred thousand are unknown, one in five thousand was
// reversed; the last forty are under way. Each is drawn for itself.
const topUps = `
	INSERT INTO topups (id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent, expected, cost, dist_transid,
	                    api_key_id, from_address, failure_code, failure_reason, provider_transaction_id, carrier_transaction_id,
	                    attempts, first_sent_at, created_at, updated_at, completed_at)
	SELECT CAST(lpad(to_hex(CAST(extract(epoch FROM at) * 1000 AS bigint)), 12, '0') || '7' || substr(md5('id' || n), 1, 3) || '8' || substr(md5('id' || n), 5, 15) AS uuid),
	       customer, 'ED-' || to_char(at, 'YYYYMMDD') || '-' || lpad(n::text, 8, '0'),
	       '+52' || CASE WHEN hashint8(phone) % 10 BETWEEN -3 AND 3 THEN '55' || lpad(CAST(phone * 7919 % 99999989 AS text), 8, '0')
	                     ELSE CAST(200 + phone % 99 * 8 AS text) || lpad(CAST(phone * 7919 % 9999991 AS text), 7, '0') END,
	       amount, status, round(amount / 18, 4), 18, 0, 'TFE_MXN_20_TO_2000', amount, round(amount * 1.16, 2), amount * 0.94, 'LB' || substr(md5('d' || n), 1, 24),
	       (customer - 1) * 4 + CASE WHEN key % 1000 = 7 THEN 4 WHEN key % 10 < 6 THEN 1 WHEN key % 10 < 9 THEN 2 ELSE 3 END, '203.0.113.12',
	       CASE status WHEN 'failed' THEN 'refused' ELSE '' END, CASE status WHEN 'failed' THEN 'Product not Found' ELSE '' END,
	       CASE WHEN status IN ('queued', 'sending', 'unknown') THEN '' ELSE 'LT' || n END, CASE WHEN status IN ('succeeded', 'reversed') THEN 'V' || 7000000000 + n ELSE '' END,
	       CASE status WHEN 'queued' THEN 0 ELSE 1 END, CASE status WHEN 'queued' THEN NULL ELSE at END,
	       at, at + interval '6.5 seconds', CASE WHEN status IN ('queued', 'sending', 'unknown') THEN NULL ELSE at + interval '6.5 seconds' END
	FROM (
		SELECT n, at, hash[1] % 2000003 AS phone, hash[2] AS key,
		       (ARRAY[50, 50, 50, 50, 100, 100, 30, 30, 20, 80, 200, 150, 60])[1 + hash[3] % 13] + CASE WHEN hash[3] % 5000 = 11 THEN 0.5 ELSE 0 END AS amount,
		       CASE WHEN hash[4] % 100 < 60 THEN 1 ELSE 2 + CAST(floor(198 * power(hash[4] / 100 % 100000 / 100000.0, 3)) AS int) END AS customer,
		       CASE WHEN n > $3 - 20 THEN 'queued' WHEN n > $3 - 40 THEN 'sending' WHEN hash[5] % 100000 < 3300 THEN 'failed'
		            WHEN hash[5] % 100000 < 3303 THEN 'unknown' WHEN hash[5] % 100000 < 3323 THEN 'reversed' ELSE 'succeeded' END AS status
		FROM (
			SELECT n, (SELECT array_agg(abs(CAST(hashint8extended(n, seed) >> 16 AS bigint)) ORDER BY seed) FROM generate_series(1, 5) seed) AS hash,
			       date_trunc('milliseconds', now() - interval '1 minute' - make_interval(secs => ($3 - n) * 86400.0 / ` + perDay + `)) AS at
			FROM generate_series(CAST($1 AS bigint), $2) n
		) numbered
	) drawn`

// quarters counts them as the triggers would have done, one by one.
const quarters = `
	INSERT INTO quarter_hours (customer_id, began, accepted, succeeded, failed, unknown, reversed, delivered, charged, spent)
	SELECT customer_id, date_bin('15 minutes', created_at, '2000-01-01 00:00:00+00'), count(*),
	       count(*) FILTER (WHERE status = 'succeeded'), count(*) FILTER (WHERE status = 'failed'),
	       count(*) FILTER (WHERE status = 'unknown'), count(*) FILTER (WHERE status = 'reversed'),
	       COALESCE(sum(amount) FILTER (WHERE status = 'succeeded'), 0), COALESCE(sum(price) FILTER (WHERE status = 'succeeded'), 0),
	       COALESCE(sum(price) FILTER (WHERE status NOT IN ('failed', 'reversed')), 0)
	FROM topups
	GROUP BY 1, 2`

const atOnce = 500_000 // rows a statement

// crowd fills a migrated database with n top-ups; one that has customers is left
// as it is. The owner does it, with triggers and foreign keys off and without the
// indexes, which are made again at the end.
func crowd(ctx context.Context, db *sql.DB, n int) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer func() { _ = c.Close() }() // back to the pool
	var used bool
	if err := c.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM customers)`).Scan(&used); err != nil || used {
		return err
	}
	begun := time.Now()
	run := func(query string, args ...any) {
		if err == nil {
			if _, err = c.ExecContext(ctx, query, args...); err != nil {
				err = fmt.Errorf("%.60s: %w", strings.TrimSpace(query), err)
			}
		}
	}
	run(`SET session_replication_role = replica`)
	run(`SET maintenance_work_mem = '1GB'`)
	run(`SET synchronous_commit = off`)
	run(customersAndKeys)
	again, listErr := indexes(ctx, c)
	for _, index := range again {
		run(index.drop)
	}
	for from := 1; from <= n; from += atOnce {
		run(topUps, from, min(n, from+atOnce-1), n)
		fmt.Fprintf(os.Stderr, "\r%d of %d top-ups after %v", min(n, from+atOnce-1), n, time.Since(begun).Round(time.Second))
	}
	for _, index := range again {
		run(index.make)
	}
	run(quarters)
	run(`VACUUM (ANALYZE, FREEZE) topups`)
	run(`VACUUM ANALYZE`)
	run(`CHECKPOINT`)
	run(`RESET ALL`)
	fmt.Fprintf(os.Stderr, "\rmade %d top-ups in %v\n", n, time.Since(begun).Round(time.Second))
	return errors.Join(err, listErr)
}

type index struct{ drop, make string }

// indexes are those of top-ups, without the primary key.
func indexes(ctx context.Context, c *sql.Conn) ([]index, error) {
	rows, err := c.QueryContext(ctx, `
		SELECT CASE WHEN con.conname IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass) ELSE format('ALTER TABLE topups DROP CONSTRAINT %I', con.conname) END,
		       CASE WHEN con.conname IS NULL THEN pg_get_indexdef(i.indexrelid) ELSE format('ALTER TABLE topups ADD CONSTRAINT %I %s', con.conname, pg_get_constraintdef(con.oid)) END
		FROM pg_index i
		LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid
		WHERE i.indrelid = 'topups'::regclass AND NOT i.indisprimary`)
	if err != nil {
		return nil, fmt.Errorf("list the indexes of top-ups: %w", err)
	}
	defer rows.Close()
	var all []index
	for rows.Next() {
		var one index
		if err := rows.Scan(&one.drop, &one.make); err != nil {
			return nil, fmt.Errorf("list the indexes of top-ups: %w", err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
