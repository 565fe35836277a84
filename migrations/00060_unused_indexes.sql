-- +goose Up

-- Nothing reads these. Lines of the audit log are looked for by who it was in words,
-- which another index has, and the list of operators' files asks for what is no
-- customer's.
DROP INDEX audit_log_by_actor, exports_of_operators;

-- +goose Down
CREATE INDEX exports_of_operators ON exports (requested_at DESC) WHERE operator_id IS NOT NULL;
CREATE INDEX audit_log_by_actor ON audit_log (actor_kind, actor_id, at DESC, id DESC);
