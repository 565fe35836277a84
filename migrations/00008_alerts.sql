-- +goose Up

-- What somebody has to know about. A row begins when it is first seen, lasts as
-- long as it is so, and ends when it is over; begun again, it is another row.
CREATE TABLE alerts (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     text NOT NULL CHECK (kind <> ''),
    subject  text NOT NULL DEFAULT '', -- which one, where several of a kind can be open at once
    severity text NOT NULL CHECK (severity IN ('warning', 'critical')),
    words    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(words) = 'object'), -- what the kind's sentence is filled with, as last seen
    link     text NOT NULL DEFAULT '', -- where it is dealt with: a path of the back office
    since    timestamptz NOT NULL DEFAULT now(),
    seen_at  timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT alerts_in_order CHECK (since <= seen_at AND (ended_at IS NULL OR seen_at <= ended_at))
);
-- However many instances see the same, it is one alert.
CREATE UNIQUE INDEX alerts_one_open ON alerts (kind, subject) WHERE ended_at IS NULL;

-- +goose Down
DROP TABLE alerts;
