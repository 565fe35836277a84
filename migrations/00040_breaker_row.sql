-- +goose Up
-- Which row of the outcome policy opened the breaker, so that people read why in their own language.
ALTER TABLE breaker ADD COLUMN policy_row text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE breaker DROP COLUMN policy_row;
