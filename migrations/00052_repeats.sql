-- +goose Up

-- The orders that came again under a reference that was used: who, from where, and
-- what they asked for. Nothing follows from them; they tell an integrator what its
-- program really sent. The first hundred of each top-up are kept.
CREATE TABLE repeats (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topup_id     uuid NOT NULL REFERENCES topups (id),
    at           timestamptz NOT NULL DEFAULT now(),
    api_key_id   bigint REFERENCES api_keys (id), -- NULL: ordered by hand
    from_address text NOT NULL DEFAULT '',
    phone        text NOT NULL,
    amount       numeric NOT NULL -- MXN as it was asked for, however fine
);
CREATE INDEX repeats_of_topup ON repeats (topup_id, id);

-- +goose Down
DROP TABLE repeats;
