-- +goose Up

-- Business days that are over and closed, one after the other without a gap. A
-- day is closed when nothing that was posted in it can still be on its way.
CREATE TABLE business_days (
    day       date PRIMARY KEY,
    ends_at   timestamptz NOT NULL, -- the midnight after it where TIMEZONE was then
    closed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT day_is_over CHECK (ends_at <= closed_at)
);

-- How each customer's account stood at the end of a closed day, from its first
-- entry on. An account's day ends by the order of its entries: before the first
-- one that was posted after the end. sums has for each kind of entry, from the
-- beginning of the account, how many there are and what they did in USD:
--   {"capture": {"entries": 12, "balance": -33.3336, "held": -33.3336}, …}
-- Adjustments are told apart: credit and debit.
CREATE TABLE checkpoints (
    customer_id bigint NOT NULL REFERENCES customers (id),
    day         date NOT NULL REFERENCES business_days (day),
    number      bigint NOT NULL CHECK (number > 0), -- of the last entry; hash, balance and held are those after it
    hash        bytea NOT NULL CHECK (octet_length(hash) = 32),
    balance     numeric(16,4) NOT NULL,
    held        numeric(16,4) NOT NULL,
    sums        jsonb NOT NULL,
    PRIMARY KEY (customer_id, day)
);
CREATE INDEX checkpoints_by_day ON checkpoints (day);

CREATE TRIGGER business_days_append_only BEFORE UPDATE OR DELETE ON business_days FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER business_days_no_truncate BEFORE TRUNCATE ON business_days EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_no_truncate BEFORE TRUNCATE ON checkpoints EXECUTE FUNCTION refuse_change();

-- Each time that somebody, or the clock, had the books proven.
CREATE TABLE proofs (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    checked_at timestamptz NOT NULL, -- the moment that is proven
    took_ms    bigint NOT NULL,
    asked_by   bigint REFERENCES operators (id), -- NULL: the hourly check
    problem    text NOT NULL DEFAULT '', -- why nothing was proven; empty: it was looked at
    wrong      bigint NOT NULL, -- differences in all
    waiting    bigint NOT NULL, -- of these, open top-ups that nobody works on: no money is wrong
    report     jsonb NOT NULL  -- what was looked at, sums, the first differences
);
CREATE TRIGGER proofs_append_only BEFORE UPDATE OR DELETE ON proofs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER proofs_no_truncate BEFORE TRUNCATE ON proofs EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE proofs, checkpoints, business_days;
