-- +goose Up

-- From where a key was used last: with last_used_at what tells its owner whether
-- a program still has the old one. Noted once a minute.
ALTER TABLE api_keys ADD COLUMN last_used_from text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE api_keys DROP COLUMN last_used_from;
