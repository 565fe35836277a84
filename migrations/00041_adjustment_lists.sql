-- +goose Up

-- A file from which one operator adjusts the credit of many customers: posted whole,
-- waiting whole, decided whole. Its lines are adjustments. The digest is of what the
-- lines say, whatever their order: what waits or was posted is not sent once more.
CREATE TABLE adjustment_lists (
    id           uuid PRIMARY KEY, -- made with the review, so that sending it twice is harmless
    name         text NOT NULL CHECK (name <> ''), -- the file's
    sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
    lines        int NOT NULL CHECK (lines > 0),
    credited     numeric(16,4) NOT NULL CHECK (credited >= 0), -- USD, the lines above zero together
    debited      numeric(16,4) NOT NULL CHECK (debited >= 0),  -- USD, the lines below zero together, without their sign
    state        text NOT NULL CHECK (state IN ('waiting', 'posted', 'rejected', 'expired')),
    one_operator boolean NOT NULL DEFAULT false,
    requested_by bigint NOT NULL REFERENCES operators (id),
    requested_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    decided_by   bigint REFERENCES operators (id),
    decided_at   timestamptz,
    CONSTRAINT adjustment_lists_move_money CHECK (credited + debited > 0),
    CONSTRAINT adjustment_lists_decided_by_another CHECK (decided_by IS NULL OR decided_by <> requested_by),
    CONSTRAINT adjustment_lists_waiting_expires CHECK (state <> 'waiting' OR expires_at IS NOT NULL),
    CONSTRAINT adjustment_lists_by_one_operator CHECK (NOT one_operator OR state = 'posted' AND decided_by IS NULL)
);
CREATE UNIQUE INDEX adjustment_lists_sent_once ON adjustment_lists (sha256) WHERE state IN ('waiting', 'posted');
CREATE INDEX adjustment_lists_waiting ON adjustment_lists (requested_at) WHERE state = 'waiting';
CREATE INDEX adjustment_lists_decided ON adjustment_lists (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX adjustment_lists_by_requester ON adjustment_lists (requested_by, requested_at);
CREATE INDEX adjustment_lists_of_one_operator ON adjustment_lists (requested_at) WHERE one_operator;

-- +goose StatementBegin
CREATE FUNCTION check_adjustment_list_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting'
       OR (OLD.id, OLD.name, OLD.sha256, OLD.lines, OLD.credited, OLD.debited, OLD.one_operator, OLD.requested_by, OLD.requested_at)
          IS DISTINCT FROM (NEW.id, NEW.name, NEW.sha256, NEW.lines, NEW.credited, NEW.debited, NEW.one_operator, NEW.requested_by, NEW.requested_at) THEN
        RAISE EXCEPTION 'the list of adjustments % is decided; only other adjustments change its effect', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'adjustment_lists_decision_stands';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER adjustment_lists_decision_stands BEFORE UPDATE ON adjustment_lists FOR EACH ROW EXECUTE FUNCTION check_adjustment_list_change();
CREATE TRIGGER adjustment_lists_no_delete BEFORE DELETE ON adjustment_lists FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER adjustment_lists_no_truncate BEFORE TRUNCATE ON adjustment_lists EXECUTE FUNCTION refuse_change();

ALTER TABLE adjustments
    ADD COLUMN list_id uuid REFERENCES adjustment_lists (id),
    ADD COLUMN list_line int CHECK (list_line > 0), -- in the file
    ADD CONSTRAINT adjustments_listed_whole CHECK (num_nulls(list_id, list_line) <> 1),
    ADD CONSTRAINT adjustments_listed_alike CHECK (list_id IS NULL OR reverses IS NULL AND NOT one_operator AND requested_by IS NOT NULL);
CREATE UNIQUE INDEX adjustments_list_line_once ON adjustments (list_id, list_line) WHERE list_id IS NOT NULL;
-- The history of everybody's credit.
CREATE INDEX adjustments_by_time ON adjustments (requested_at DESC, id DESC);

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_adjustment_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting'
       OR (OLD.id, OLD.customer_id, OLD.amount, OLD.reason, OLD.note, OLD.proof, OLD.requested_by, OLD.requested_at, OLD.one_operator, OLD.reverses,
           OLD.list_id, OLD.list_line)
          IS DISTINCT FROM (NEW.id, NEW.customer_id, NEW.amount, NEW.reason, NEW.note, NEW.proof, NEW.requested_by, NEW.requested_at, NEW.one_operator, NEW.reverses,
           NEW.list_id, NEW.list_line) THEN
        RAISE EXCEPTION 'adjustment % is decided; only another adjustment changes its effect', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'adjustments_decision_stands';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_adjustment_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting'
       OR (OLD.id, OLD.customer_id, OLD.amount, OLD.reason, OLD.note, OLD.proof, OLD.requested_by, OLD.requested_at, OLD.one_operator, OLD.reverses)
          IS DISTINCT FROM (NEW.id, NEW.customer_id, NEW.amount, NEW.reason, NEW.note, NEW.proof, NEW.requested_by, NEW.requested_at, NEW.one_operator, NEW.reverses) THEN
        RAISE EXCEPTION 'adjustment % is decided; only another adjustment changes its effect', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'adjustments_decision_stands';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
DROP INDEX adjustments_by_time, adjustments_list_line_once;
ALTER TABLE adjustments DROP COLUMN list_line, DROP COLUMN list_id;
DROP TABLE adjustment_lists;
DROP FUNCTION check_adjustment_list_change;
