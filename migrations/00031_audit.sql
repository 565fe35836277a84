-- +goose Up

-- The audit log as operators filter it: beside the newest of all, of an action and
-- of a customer also what somebody did, what was done to something, from where.
CREATE INDEX audit_log_by_name ON audit_log (lower(actor_name), at DESC, id DESC);
CREATE INDEX audit_log_by_subject ON audit_log (subject, at DESC, id DESC);
CREATE INDEX audit_log_by_address ON audit_log (address, at DESC, id DESC);

-- +goose Down
DROP INDEX audit_log_by_name, audit_log_by_subject, audit_log_by_address;
