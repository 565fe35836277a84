-- +goose Up

-- Each instance says why it does not read from the replica, as it says that it
-- lives: one alert is made of what all of them say. '' is also who has none.
ALTER TABLE instances ADD COLUMN replica_problem text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE instances DROP COLUMN replica_problem;
