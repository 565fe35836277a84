-- What months as partitions would cost and save, beside the whole table (ADR 5). On a
-- database that tools/lists has made, with ten thousand top-ups:
--
--   psql .../small -f tools/lists/months.sql
--
-- It makes 300,000 rows over twelve months both ways, measures, and removes them.
\set ON_ERROR_STOP 1
DROP TABLE IF EXISTS plain, parted, kept_references, kept_orders, src, log;
CREATE UNLOGGED TABLE src AS SELECT t.*, row_number() OVER () AS n FROM topups t;
CREATE TABLE log (what text, ms numeric);
CREATE TABLE plain (LIKE topups INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
CREATE TABLE parted (LIKE topups INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (created_at);
SELECT format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES FROM (%L) TO (%L)', m, date '2025-01-01' + make_interval(months => m), date '2025-01-01' + make_interval(months => m+1)) FROM generate_series(0, 11) m \gexec
-- 300,000 rows over twelve months
CREATE FUNCTION fill(target text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format($q$INSERT INTO %s SELECT md5('x' || k || '.' || id)::uuid, customer_id, reference || '.' || k, phone, amount, status, price, rate, discount, product, sent, expected, cost, left(dist_transid,20) || '.' || k, metadata, api_key_id, from_address, failure_code, failure_reason, provider_transaction_id, carrier_transaction_id, attempts, first_sent_at,
    at, at, CASE WHEN completed_at IS NOT NULL THEN at END, events
    FROM src CROSS JOIN generate_series(1, 30) k CROSS JOIN LATERAL (SELECT timestamptz '2025-01-01' + ((k - 1) * 10000 + n) * interval '104 seconds' AS at) m$q$, target);
END $$;
SELECT fill('plain'); SELECT fill('parted');
DO $$
DECLARE d text;
BEGIN
  FOREACH d IN ARRAY ARRAY['(created_at, id) INCLUDE (status, amount, price)', '(customer_id, created_at, id) INCLUDE (status, amount, price)', '(phone, created_at, id)', '(left(phone, 7), created_at, id)', '(amount, created_at, id)', '(api_key_id, created_at, id) INCLUDE (status, price)', '(provider_transaction_id)', '(carrier_transaction_id)'] LOOP
    EXECUTE 'CREATE INDEX ON plain ' || d; EXECUTE 'CREATE INDEX ON parted ' || d;
  END LOOP;
END $$;
CREATE INDEX ON plain (status, created_at, id) WHERE status <> 'succeeded'; CREATE INDEX ON parted (status, created_at, id) WHERE status <> 'succeeded';
ALTER TABLE plain ADD PRIMARY KEY (id), ADD UNIQUE (reference, customer_id), ADD UNIQUE (dist_transid);
ALTER TABLE parted ADD PRIMARY KEY (id, created_at);
CREATE INDEX ON parted (reference, customer_id, created_at);
-- what keeps a reference one top-up's for ever, since no index over months can
CREATE TABLE kept_references (customer_id bigint, reference text, topup_id uuid, created_at timestamptz, PRIMARY KEY (reference, customer_id));
CREATE TABLE kept_orders (dist_transid text PRIMARY KEY);
INSERT INTO kept_references SELECT customer_id, reference, id, created_at FROM parted;
INSERT INTO kept_orders SELECT dist_transid FROM parted;
VACUUM ANALYZE plain; VACUUM ANALYZE parted; VACUUM ANALYZE kept_references;
CREATE FUNCTION timed(what text, n int, q text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE b timestamptz := clock_timestamp();
BEGIN
  FOR i IN 1..n LOOP EXECUTE q USING i; END LOOP;
  INSERT INTO log VALUES (what, extract(epoch FROM clock_timestamp() - b) * 1000 / n);
END $$;
DO $$
DECLARE cols text := 'id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent, expected, cost, dist_transid, api_key_id, provider_transaction_id, carrier_transaction_id, created_at, updated_at, completed_at';
  rows text := $q$ SELECT md5('new' || $1 || '.' || n)::uuid, customer_id, 'new.' || $1 || '.' || n, phone, amount, 'succeeded', price, rate, discount, product, sent, expected, cost, 'n' || $1 || '.' || n, api_key_id, 'LTn' || n, 'Vn' || n, at, at, at FROM src CROSS JOIN LATERAL (SELECT timestamptz '2025-12-28' + ($1 * 64 + n) * interval '100 milliseconds' AS at) m WHERE n > $1 * 64 AND n <= $1 * 64 + 64 $q$;
BEGIN
FOR round IN 1..3 LOOP
  PERFORM timed('insert 64, plain', 40, replace(replace('INSERT INTO plain (' || cols || ')' || rows, '''new', '''new' || round), '''n''', '''n' || round || '.'''));
  PERFORM timed('insert 64, by month', 40, replace(replace('WITH made AS (INSERT INTO parted (' || cols || ')' || rows || ' RETURNING *), r AS (INSERT INTO kept_references SELECT customer_id, reference, id, created_at FROM made) INSERT INTO kept_orders SELECT dist_transid FROM made', '''new', '''new' || round), '''n''', '''n' || round || '.'''));
  PERFORM timed('newest 51, plain', 200, 'SELECT * FROM plain ORDER BY created_at DESC, id DESC LIMIT 51');
  PERFORM timed('newest 51, by month', 200, 'SELECT * FROM parted ORDER BY created_at DESC, id DESC LIMIT 51');
  PERFORM timed('a rare customer 51, plain', 200, 'SELECT * FROM plain WHERE customer_id = 199 ORDER BY created_at DESC, id DESC LIMIT 51');
  PERFORM timed('a rare customer 51, by month', 200, 'SELECT * FROM parted WHERE customer_id = 199 ORDER BY created_at DESC, id DESC LIMIT 51');
  PERFORM timed('a phone, plain', 200, $q$SELECT * FROM plain WHERE phone = '+525520000001' ORDER BY created_at DESC, id DESC LIMIT 51$q$);
  PERFORM timed('a phone, by month', 200, $q$SELECT * FROM parted WHERE phone = '+525520000001' ORDER BY created_at DESC, id DESC LIMIT 51$q$);
  PERFORM timed('by id, plain', 500, $q$SELECT * FROM plain WHERE id = md5('x1.' || $1)::uuid$q$);
  PERFORM timed('by id, by month', 500, $q$SELECT * FROM parted WHERE id = md5('x1.' || $1)::uuid$q$);
END LOOP;
END $$;
\timing on
UPDATE plain SET updated_at = now() WHERE created_at > '2025-12-01';
UPDATE parted SET updated_at = now() WHERE created_at > '2025-12-01';
\echo vacuum plain, then the last month
VACUUM plain;
VACUUM parted_11;
SELECT what, round(min(ms), 3) AS ms FROM log GROUP BY what ORDER BY what;
SELECT pg_size_pretty(pg_total_relation_size('plain')) AS plain, (SELECT pg_size_pretty(sum(pg_total_relation_size(relid))) FROM pg_partition_tree('parted')) AS parted, pg_size_pretty(pg_total_relation_size('kept_references') + pg_total_relation_size('kept_orders')) AS kept;
DROP TABLE plain, parted, kept_references, kept_orders, src, log; DROP FUNCTION fill, timed;
