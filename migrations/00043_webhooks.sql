-- +goose Up

-- How many events of a top-up there were: the number of the last one. It counts
-- whether anybody is told or not, so that whoever is told later sees no gap.
ALTER TABLE topups ADD COLUMN events int NOT NULL DEFAULT 0;

-- Where a customer's programs are told of events. The secret is sealed with a key
-- derived from SECRET_KEY; the one before it signs beside it until its time is over.
CREATE TABLE webhook_endpoints (
    id               uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    customer_id      bigint NOT NULL REFERENCES customers (id),
    url              text NOT NULL CHECK (length(url) BETWEEN 1 AND 500),
    description      text NOT NULL DEFAULT '' CHECK (length(description) <= 120),
    events           text[] NOT NULL CHECK (cardinality(events) > 0),
    state            text NOT NULL DEFAULT 'on' CHECK (state IN ('on', 'off', 'gone', 'removed')),
    secret           bytea NOT NULL,
    old_secret       bytea,
    old_secret_until timestamptz,
    failing_since    timestamptz, -- the first try that failed since one arrived
    given_up_at      timestamptz, -- when a delivery had used up its tries, since one arrived
    delivered_at     timestamptz, -- when one arrived last, to the minute
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_endpoints_old_secret_ends CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
);
CREATE INDEX webhook_endpoints_by_customer ON webhook_endpoints (customer_id, created_at) WHERE state <> 'removed';

-- What happened, with the very bytes that are signed. It is written in the
-- transaction in which it happens, for customers that have an endpoint.
CREATE TABLE webhook_events (
    id          uuid PRIMARY KEY, -- version 7, made by us: webhook-id
    customer_id bigint NOT NULL REFERENCES customers (id),
    type        text NOT NULL,
    topup_id    uuid REFERENCES topups (id),
    sequence    int CHECK (sequence > 0), -- of a top-up's events
    body        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_events_of_a_topup CHECK ((topup_id IS NULL) = (sequence IS NULL)),
    CONSTRAINT webhook_events_sequence_taken UNIQUE (topup_id, sequence)
);

-- One event on its way to one endpoint.
CREATE TABLE webhook_deliveries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    uuid NOT NULL REFERENCES webhook_events (id),
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id),
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'ended')),
    tries       int NOT NULL DEFAULT 0, -- since it was asked for, by the event or by a replay
    next_at     timestamptz DEFAULT now(),
    ended_at    timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_deliveries_once UNIQUE (event_id, endpoint_id),
    CONSTRAINT webhook_deliveries_wait_for_a_try CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
    CONSTRAINT webhook_deliveries_end CHECK ((state = 'waiting') = (ended_at IS NULL))
);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id DESC);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (endpoint_id, ended_at) WHERE state = 'failed';

-- One request each, with what was answered; kept for 30 days. The body is the event's.
CREATE TABLE webhook_tries (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id      bigint NOT NULL REFERENCES webhook_deliveries (id),
    began_at         timestamptz NOT NULL,
    took_ms          int NOT NULL,
    request_headers  text NOT NULL,
    status           int NOT NULL DEFAULT 0, -- 0: there was no answer
    response_headers text NOT NULL DEFAULT '',
    response_body    text NOT NULL DEFAULT '',
    problem          text NOT NULL DEFAULT '', -- one of billing.WebhookProblem; empty: it arrived
    detail           text NOT NULL DEFAULT '',
    next_at          timestamptz -- NULL: none follows
);
CREATE INDEX webhook_tries_by_delivery ON webhook_tries (delivery_id, id);
CREATE INDEX webhook_tries_by_time ON webhook_tries (began_at);

-- +goose Down
DROP TABLE webhook_tries, webhook_deliveries, webhook_events, webhook_endpoints;
ALTER TABLE topups DROP COLUMN events;
