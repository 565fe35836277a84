-- +goose Up

-- What a customer's orders are limited by, besides its credit and its range of
-- face values. Each is asked when an order comes in; the audit log has their history.
ALTER TABLE customers
    ADD COLUMN daily_cap numeric(16,4) CONSTRAINT customers_daily_cap CHECK (daily_cap > 0), -- USD a business day; NULL: none
    ADD COLUMN requests_per_minute int CONSTRAINT customers_requests_per_minute CHECK (requests_per_minute BETWEEN 1 AND 100000), -- NULL: no limit
    ADD COLUMN allowed_networks cidr[] NOT NULL DEFAULT '{}'; -- where its programs may call from; none: anywhere

-- When the next request of a customer with a limit would have its turn, for all
-- instances together. Nothing is lost with it: after a crash counting begins anew.
CREATE UNLOGGED TABLE request_turns (
    customer_id bigint PRIMARY KEY REFERENCES customers (id),
    next_at     timestamptz NOT NULL
) WITH (fillfactor = 50);

-- The histories of limits and of products' rules.
CREATE INDEX audit_log_limits ON audit_log (customer_id, id DESC) WHERE action = 'customer.limits';
CREATE INDEX audit_log_products ON audit_log (id DESC) WHERE action = 'product.changed';

-- +goose Down
DROP INDEX audit_log_products, audit_log_limits;
DROP TABLE request_turns;
ALTER TABLE customers DROP COLUMN allowed_networks, DROP COLUMN requests_per_minute, DROP COLUMN daily_cap;
