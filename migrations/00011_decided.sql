-- +goose Up

-- What was decided lately, of the few requests that had to wait.
CREATE INDEX adjustments_decided ON adjustments (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX change_requests_decided ON change_requests (decided_at) WHERE decided_at IS NOT NULL;

-- +goose Down
DROP INDEX change_requests_decided, adjustments_decided;
