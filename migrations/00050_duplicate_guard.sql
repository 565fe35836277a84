-- +goose Up

-- For how long a customer's programs cannot top up the same phone with the same
-- amount again by mistake, in minutes; NULL: they can.
ALTER TABLE customers ADD COLUMN guard_minutes int CONSTRAINT customers_guard_minutes CHECK (guard_minutes BETWEEN 1 AND 1440);

-- Leave to do it all the same, once and soon: what a refusal offers. Only the hash
-- of the token is kept.
CREATE TABLE guard_overrides (
    token_hash  bytea PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    phone       text NOT NULL,
    amount      numeric(12,2) NOT NULL,
    earlier     uuid NOT NULL REFERENCES topups (id),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX guard_overrides_by_customer ON guard_overrides (customer_id, expires_at);

-- +goose Down
DROP TABLE guard_overrides;
ALTER TABLE customers DROP COLUMN guard_minutes;
