-- +goose Up

-- Whether orders may go out to Latcom, for all instances together. Closed: opened_at
-- is NULL. Open: orders are refused until retry_at. Then one order at a time (the
-- probe) goes out; its answer closes the breaker or opens it for longer.
CREATE TABLE breaker (
    only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    failures      int NOT NULL DEFAULT 0, -- in a row
    opened_at     timestamptz,
    retry_at      timestamptz,
    pause_seconds int NOT NULL DEFAULT 15,
    reason        text NOT NULL DEFAULT '',
    probe         uuid, -- the top-up that is let through
    probe_until   timestamptz,
    CHECK ((opened_at IS NULL) = (retry_at IS NULL))
);
INSERT INTO breaker DEFAULT VALUES;

-- What Latcom said when it was asked about a top-up afterwards.
CREATE TABLE inquiries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topup_id    uuid NOT NULL REFERENCES topups (id),
    at          timestamptz NOT NULL DEFAULT now(),
    outcome     text NOT NULL CHECK (outcome IN ('delivered', 'refused', 'not_sent', 'unknown')),
    policy_row  text NOT NULL,
    reason      text NOT NULL DEFAULT '',
    http_status int NOT NULL DEFAULT 0,
    response    text NOT NULL DEFAULT ''
);
CREATE INDEX inquiries_by_topup ON inquiries (topup_id, id);
CREATE TRIGGER inquiries_append_only BEFORE UPDATE OR DELETE ON inquiries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inquiries_no_truncate BEFORE TRUNCATE ON inquiries EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE inquiries, breaker;
