-- +goose Up

-- Where alerts go. Addresses of Slack and webhooks are secrets: they are sealed with
-- a key derived from SECRET_KEY, and shown is all that anybody sees of one.
CREATE TABLE alert_channels (
    id               uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    kind             text NOT NULL CHECK (kind IN ('email', 'slack', 'webhook')),
    name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    from_environment boolean NOT NULL DEFAULT false, -- SLACK_WEBHOOK_URL
    mail_to          text[] NOT NULL DEFAULT '{}',
    target           bytea,
    shown            text NOT NULL DEFAULT '',
    secret           bytea,
    least            text NOT NULL DEFAULT 'warning' CHECK (least IN ('warning', 'critical')),
    customers        boolean NOT NULL DEFAULT true,
    language         text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'es')),
    quiet_minutes    int NOT NULL DEFAULT 15 CHECK (quiet_minutes BETWEEN 0 AND 1440),
    state            text NOT NULL DEFAULT 'on' CHECK (state IN ('on', 'off', 'removed')),
    failing_since    timestamptz,
    delivered_at     timestamptz,
    problem          text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT alert_channels_lead_somewhere CHECK ((kind = 'email') = (target IS NULL))
);
CREATE UNIQUE INDEX alert_channels_one_of_the_environment ON alert_channels (kind) WHERE from_environment;

-- What a customer's members are told by e-mail; without a row: what is usual.
CREATE TABLE customer_watches (
    customer_id    bigint PRIMARY KEY REFERENCES customers (id),
    runway_minutes int NOT NULL CHECK (runway_minutes BETWEEN 0 AND 10080),
    mail           boolean NOT NULL,
    language       text NOT NULL CHECK (language IN ('en', 'es'))
);

-- One message about one alert to one channel, or to one member of a customer. The
-- unique index is what keeps several instances from saying a thing twice.
CREATE TABLE alert_notices (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id      bigint NOT NULL REFERENCES alerts (id),
    channel_id    uuid REFERENCES alert_channels (id),
    member_id     bigint REFERENCES members (id),
    message       text NOT NULL CHECK (message IN ('raised', 'ended')),
    state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
    tries         int NOT NULL DEFAULT 0,
    next_at       timestamptz NOT NULL DEFAULT now(),
    problem       text NOT NULL DEFAULT '', -- of the last try
    created_at    timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz,
    CONSTRAINT alert_notices_to_somebody CHECK (num_nonnulls(channel_id, member_id) = 1),
    CONSTRAINT alert_notices_end CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CONSTRAINT alert_notices_once UNIQUE NULLS NOT DISTINCT (alert_id, channel_id, member_id, message)
);
CREATE INDEX alert_notices_waiting ON alert_notices (next_at, id) WHERE state = 'waiting';

-- From when on there is an alert; 0 switches one off.
CREATE TABLE alert_thresholds (
    only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    success_percent int NOT NULL DEFAULT 90 CHECK (success_percent BETWEEN 0 AND 99),
    latency_seconds int NOT NULL DEFAULT 15 CHECK (latency_seconds BETWEEN 0 AND 86400),
    queue_seconds   int NOT NULL DEFAULT 120 CHECK (queue_seconds BETWEEN 0 AND 86400),
    float_below     numeric(12,2) NOT NULL DEFAULT 18000 CHECK (float_below >= 0), -- 1,000 USD, about
    disk_percent    int NOT NULL DEFAULT 10 CHECK (disk_percent BETWEEN 0 AND 99)
);
INSERT INTO alert_thresholds DEFAULT VALUES;

CREATE INDEX alerts_by_kind ON alerts (kind, subject, id DESC);

-- +goose Down
DROP INDEX alerts_by_kind;
DROP TABLE alert_thresholds, alert_notices, customer_watches, alert_channels;
