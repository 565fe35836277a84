-- +goose Up

-- What each API key may do: until when, what for, from where, for how much a
-- business day, how often. What its customer may not, it may not either.
ALTER TABLE api_keys
    ADD COLUMN expires_at timestamptz, -- NULL: never by itself; ended_at is a hand's doing
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{read,topup}'
        CONSTRAINT api_keys_scopes CHECK (scopes <@ CAST('{read,topup}' AS text[]) AND cardinality(scopes) > 0),
    ADD COLUMN allowed_networks cidr[] NOT NULL DEFAULT '{}', -- none: from anywhere that its customer allows
    ADD COLUMN daily_cap numeric(16,4) CONSTRAINT api_keys_daily_cap CHECK (daily_cap > 0), -- USD a business day; NULL: none
    ADD COLUMN requests_per_minute int CONSTRAINT api_keys_requests_per_minute CHECK (requests_per_minute BETWEEN 1 AND 100000), -- NULL: no limit
    ADD COLUMN requests_burst int CONSTRAINT api_keys_requests_burst CHECK (requests_burst BETWEEN 1 AND 100000), -- at once; NULL: as many as a minute
    ADD COLUMN first_key bigint REFERENCES api_keys (id); -- that this one replaced, over all rotations: their spending is one; NULL: itself

ALTER TABLE customers
    ADD COLUMN requests_burst int CONSTRAINT customers_requests_burst CHECK (requests_burst BETWEEN 1 AND 100000); -- as above

-- When the next request of a key with a limit would have its turn, like
-- request_turns of a customer. allowed is what the last request was told.
ALTER TABLE request_turns ADD COLUMN allowed boolean NOT NULL DEFAULT true;
CREATE UNLOGGED TABLE key_turns (
    api_key_id bigint PRIMARY KEY REFERENCES api_keys (id),
    next_at    timestamptz NOT NULL,
    allowed    boolean NOT NULL
) WITH (fillfactor = 50);

-- What a key spent on a day is read under the lock of its customer's balance.
DROP INDEX topups_by_key;
CREATE INDEX topups_by_key ON topups (api_key_id, created_at, id) INCLUDE (status, price) WHERE api_key_id IS NOT NULL;

-- +goose Down
DROP INDEX topups_by_key;
CREATE INDEX topups_by_key ON topups (api_key_id, created_at, id) WHERE api_key_id IS NOT NULL;
DROP TABLE key_turns;
ALTER TABLE request_turns DROP COLUMN allowed;
ALTER TABLE customers DROP COLUMN requests_burst;
ALTER TABLE api_keys
    DROP COLUMN first_key, DROP COLUMN requests_burst, DROP COLUMN requests_per_minute, DROP COLUMN daily_cap,
    DROP COLUMN allowed_networks, DROP COLUMN scopes, DROP COLUMN expires_at;
