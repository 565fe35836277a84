package store

// What was ordered, by quarter of an hour: the triggers on top-ups keep it exact
// at every commit, so that a day's figures are a few rows however many top-ups it
// had.

import (
	"context"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// Sums are what top-ups accepted within some time add up to, as they stand now.
// What none of the four states counts is queued or sending.
type Sums struct {
	Accepted  int64       `db:"accepted"`
	Succeeded int64       `db:"succeeded"`
	Failed    int64       `db:"failed"`
	Unknown   int64       `db:"unknown"`
	Reversed  int64       `db:"reversed"`
	Delivered billing.MXN `db:"delivered"` // face value of what succeeded
	Charged   billing.USD `db:"charged"`   // price of what succeeded
	Spent     billing.USD `db:"spent"`     // price of what did not fail and was not reversed
}

// Open is how many are queued or sending.
func (s Sums) Open() int64 { return s.Accepted - s.Succeeded - s.Failed - s.Unknown - s.Reversed }

// Add is both together.
func (s Sums) Add(o Sums) Sums {
	return Sums{
		Accepted: s.Accepted + o.Accepted, Succeeded: s.Succeeded + o.Succeeded, Failed: s.Failed + o.Failed,
		Unknown: s.Unknown + o.Unknown, Reversed: s.Reversed + o.Reversed,
		Delivered: s.Delivered.Add(o.Delivered), Charged: s.Charged.Add(o.Charged), Spent: s.Spent.Add(o.Spent),
	}
}

// Quarter is a quarter of an hour, of one customer or of all of them.
type Quarter struct {
	Began time.Time `db:"began"`
	Sums
}

const sumOfQuarters = `
	COALESCE(sum(accepted), 0) AS accepted, COALESCE(sum(succeeded), 0) AS succeeded, COALESCE(sum(failed), 0) AS failed,
	COALESCE(sum(unknown), 0) AS unknown, COALESCE(sum(reversed), 0) AS reversed, COALESCE(sum(delivered), 0) AS delivered,
	COALESCE(sum(charged), 0) AS charged, COALESCE(sum(spent), 0) AS spent`

// Quarters lists the quarters that began from (inclusive) to (exclusive), of one
// customer or of all (0). Quarters without a top-up are absent.
func (r reader) Quarters(ctx context.Context, customerID int64, from, to time.Time) ([]Quarter, error) {
	return list[Quarter](ctx, r.q, "quarters of an hour", `
		SELECT began, `+sumOfQuarters+`
		FROM quarter_hours
		WHERE began >= $2 AND began < $3 AND ($1 = 0 OR customer_id = $1)
		GROUP BY began
		ORDER BY began`, customerID, from, to)
}

// A top-up alone, in the columns of a quarter.
const oneTopUp = `
	1 AS accepted, CAST(status = 'succeeded' AS int) AS succeeded, CAST(status = 'failed' AS int) AS failed,
	CAST(status = 'unknown' AS int) AS unknown, CAST(status = 'reversed' AS int) AS reversed,
	CASE status WHEN 'succeeded' THEN amount ELSE 0 END AS delivered,
	CASE status WHEN 'succeeded' THEN price ELSE 0 END AS charged,
	CASE WHEN status IN ('failed', 'reversed') THEN 0 ELSE price END AS spent`

// Between adds up what was accepted from (inclusive) to (exclusive), of one
// customer or of all (0): whole quarters from their sums, the rest from the
// top-ups themselves, so never from more than two quarters of them.
func (r reader) Between(ctx context.Context, customerID int64, from, to time.Time) (Sums, error) {
	return get[Sums](ctx, r.q, "what was ordered", `
		WITH whole AS (
			SELECT date_bin('15 minutes', CAST($2 AS timestamptz) + interval '15 minutes' - interval '1 microsecond', '2000-01-01 00:00:00+00') AS first,
			       date_bin('15 minutes', CAST($3 AS timestamptz), '2000-01-01 00:00:00+00') AS last
		)
		SELECT `+sumOfQuarters+`
		FROM (
			SELECT accepted, succeeded, failed, unknown, reversed, delivered, charged, spent
			FROM quarter_hours
			WHERE began >= (SELECT first FROM whole) AND began < (SELECT last FROM whole) AND ($1 = 0 OR customer_id = $1)
			UNION ALL
			SELECT `+oneTopUp+`
			FROM topups
			WHERE created_at >= $2 AND created_at < LEAST((SELECT first FROM whole), $3) AND ($1 = 0 OR customer_id = $1)
			UNION ALL
			SELECT `+oneTopUp+`
			FROM topups
			WHERE created_at >= (SELECT GREATEST(first, last) FROM whole) AND created_at < $3 AND ($1 = 0 OR customer_id = $1)
		) parts`, customerID, from, to)
}

// Pace is how a customer's day goes.
type Pace struct {
	CustomerID int64       `db:"customer_id"`
	Accepted   int64       `db:"accepted"`  // today
	Delivered  billing.MXN `db:"delivered"` // today
	Spent      billing.USD `db:"spent"`     // today
	LastHour   billing.USD `db:"last_hour"` // spent within the 60 minutes before now
}

// Paces tells of each customer that ordered since the business day began, or
// within the last hour.
func (r reader) Paces(ctx context.Context, day, now time.Time) ([]Pace, error) {
	return list[Pace](ctx, r.q, "the pace of customers", `
		WITH whole AS (
			SELECT date_bin('15 minutes', CAST($2 AS timestamptz) + interval '15 minutes' - interval '1 microsecond', '2000-01-01 00:00:00+00') AS first
		)
		SELECT customer_id, sum(accepted) AS accepted, sum(delivered) AS delivered, sum(spent) AS spent, sum(last_hour) AS last_hour
		FROM (
			SELECT customer_id,
			       CASE WHEN began >= $1 THEN accepted ELSE 0 END AS accepted,
			       CASE WHEN began >= $1 THEN delivered ELSE 0 END AS delivered,
			       CASE WHEN began >= $1 THEN spent ELSE 0 END AS spent,
			       CASE WHEN began >= (SELECT first FROM whole) THEN spent ELSE 0 END AS last_hour
			FROM quarter_hours
			WHERE began >= LEAST($1, (SELECT first FROM whole))
			UNION ALL
			SELECT customer_id, 0, 0, 0, price
			FROM topups
			WHERE created_at >= $2 AND created_at < (SELECT first FROM whole) AND status NOT IN ('failed', 'reversed')
		) parts
		GROUP BY customer_id`, day, now.Add(-time.Hour))
}

// Usual is what a customer spends on an ordinary day.
type Usual struct {
	CustomerID int64       `db:"customer_id"`
	Spent      billing.USD `db:"spent"` // on average, over Days of them
	Days       int64       `db:"days"`
}

// Usual averages each customer's spending over some business days, each from one
// moment (inclusive) to another (exclusive). Days before a customer was made do
// not count; who spent nothing on any of them is absent.
func (r reader) Usual(ctx context.Context, begin, end []time.Time) ([]Usual, error) {
	return list[Usual](ctx, r.q, "usual spending", `
		SELECT c.id AS customer_id, days.n AS days, round(sum(q.spent) / days.n, 4) AS spent
		FROM unnest(CAST($1 AS timestamptz[]), CAST($2 AS timestamptz[])) AS day (begins, ends)
		JOIN quarter_hours q ON q.began >= day.begins AND q.began < day.ends
		JOIN customers c ON c.id = q.customer_id AND c.created_at <= day.begins
		CROSS JOIN LATERAL (
			SELECT count(*) AS n FROM unnest(CAST($1 AS timestamptz[])) AS begins WHERE begins >= c.created_at
		) days
		GROUP BY c.id, days.n
		HAVING sum(q.spent) > 0`, moments(begin), moments(end))
}

// moments are written as text, which is the same in every session.
func moments(times []time.Time) any {
	texts := make(pq.StringArray, len(times))
	for i, t := range times {
		texts[i] = t.UTC().Format(time.RFC3339Nano)
	}
	return texts
}
