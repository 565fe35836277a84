-- +goose Up

-- What two operators decide about a top-up: one proposes, another confirms.
--   delivered, not_delivered  settle one that is unknown
--   reverse                   gives back what a succeeded one cost
--   charge                    takes what a failed one cost, that was delivered after all
CREATE TABLE decisions (
    id                      uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    topup_id                uuid NOT NULL REFERENCES topups (id),
    verdict                 text NOT NULL CHECK (verdict IN ('delivered', 'not_delivered', 'reverse', 'charge')),
    reason                  text NOT NULL CHECK (reason IN ('STATEMENT', 'SUBSCRIBER', 'SUPPORT', 'INQUIRY', 'AGREEMENT', 'MISTAKE')),
    note                    text NOT NULL CHECK (note <> ''),
    provider_transaction_id text NOT NULL DEFAULT '',
    state                   text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'rejected', 'overtaken')),
    proposed_by             bigint NOT NULL REFERENCES operators (id),
    proposed_at             timestamptz NOT NULL DEFAULT now(),
    decided_by              bigint REFERENCES operators (id),
    decided_at              timestamptz,
    objection               text NOT NULL DEFAULT '',
    CONSTRAINT decisions_by_another CHECK (decided_by IS NULL OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX decisions_one_waiting ON decisions (topup_id) WHERE state = 'waiting';
CREATE INDEX decisions_by_topup ON decisions (topup_id, proposed_at);

-- +goose StatementBegin
CREATE FUNCTION check_decision_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting'
       OR (OLD.id, OLD.topup_id, OLD.verdict, OLD.reason, OLD.note, OLD.provider_transaction_id, OLD.proposed_by, OLD.proposed_at)
          IS DISTINCT FROM (NEW.id, NEW.topup_id, NEW.verdict, NEW.reason, NEW.note, NEW.provider_transaction_id, NEW.proposed_by, NEW.proposed_at) THEN
        RAISE EXCEPTION 'decision % is made; only later evidence reopens the case', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decisions_stand';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER decisions_stand BEFORE UPDATE ON decisions FOR EACH ROW EXECUTE FUNCTION check_decision_change();
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions EXECUTE FUNCTION refuse_change();

-- Evidence that came after a top-up was final and speaks against it. The answer to
-- the reseller stands; the case is open until two operators close it.
CREATE TABLE contradictions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topup_id    uuid NOT NULL REFERENCES topups (id),
    at          timestamptz NOT NULL DEFAULT now(),
    status      text NOT NULL CHECK (status IN ('succeeded', 'failed', 'reversed')), -- what it contradicts
    outcome     text NOT NULL CHECK (outcome IN ('delivered', 'refused', 'not_sent')), -- what it says
    evidence    text NOT NULL,
    closed_at   timestamptz,
    closed_by   uuid REFERENCES decisions (id),
    closed_note text NOT NULL DEFAULT ''
);
CREATE INDEX contradictions_open ON contradictions (at) WHERE closed_at IS NULL;
CREATE INDEX contradictions_by_topup ON contradictions (topup_id);
CREATE TRIGGER contradictions_no_delete BEFORE DELETE ON contradictions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contradictions_no_truncate BEFORE TRUNCATE ON contradictions EXECUTE FUNCTION refuse_change();

-- Three more kinds of entries:
--   reversal  revenue → available: a succeeded top-up is given back
--   loss      float → losses, MXN: Latcom delivered what we had released
--   charge    available → revenue: the customer pays for it after all
ALTER TABLE entries DROP CONSTRAINT entry_has_its_shape;
ALTER TABLE entries ADD CONSTRAINT entry_has_its_shape CHECK (CASE kind
    WHEN 'hold'       THEN (currency, from_account, to_account) = ('USD', 'available', 'held')    AND topup_id IS NOT NULL
    WHEN 'capture'    THEN (currency, from_account, to_account) = ('USD', 'held', 'revenue')      AND topup_id IS NOT NULL
    WHEN 'release'    THEN (currency, from_account, to_account) = ('USD', 'held', 'available')    AND topup_id IS NOT NULL
    WHEN 'cost'       THEN (currency, from_account, to_account) = ('MXN', 'float', 'cost')        AND topup_id IS NOT NULL
    WHEN 'reversal'   THEN (currency, from_account, to_account) = ('USD', 'revenue', 'available') AND topup_id IS NOT NULL
    WHEN 'loss'       THEN (currency, from_account, to_account) = ('MXN', 'float', 'losses')      AND topup_id IS NOT NULL
    WHEN 'charge'     THEN (currency, from_account, to_account) = ('USD', 'available', 'revenue') AND topup_id IS NOT NULL
    WHEN 'deposit'    THEN (currency, from_account, to_account) = ('USD', 'deposits', 'available') AND adjustment_id IS NOT NULL
    WHEN 'adjustment' THEN (currency, from_account, to_account) IN (('USD', 'adjustments', 'available'), ('USD', 'available', 'adjustments')) AND adjustment_id IS NOT NULL
    ELSE false END);
CREATE UNIQUE INDEX entries_one_reversal ON entries (topup_id) WHERE kind = 'reversal';
CREATE UNIQUE INDEX entries_one_loss ON entries (topup_id) WHERE kind = 'loss';
CREATE UNIQUE INDEX entries_one_charge ON entries (topup_id) WHERE kind = 'charge';

-- +goose Down
DROP INDEX entries_one_charge, entries_one_loss, entries_one_reversal;
ALTER TABLE entries DROP CONSTRAINT entry_has_its_shape;
ALTER TABLE entries ADD CONSTRAINT entry_has_its_shape CHECK (CASE kind
    WHEN 'hold'       THEN (currency, from_account, to_account) = ('USD', 'available', 'held')    AND topup_id IS NOT NULL
    WHEN 'capture'    THEN (currency, from_account, to_account) = ('USD', 'held', 'revenue')      AND topup_id IS NOT NULL
    WHEN 'release'    THEN (currency, from_account, to_account) = ('USD', 'held', 'available')    AND topup_id IS NOT NULL
    WHEN 'cost'       THEN (currency, from_account, to_account) = ('MXN', 'float', 'cost')        AND topup_id IS NOT NULL
    WHEN 'deposit'    THEN (currency, from_account, to_account) = ('USD', 'deposits', 'available') AND adjustment_id IS NOT NULL
    WHEN 'adjustment' THEN (currency, from_account, to_account) IN (('USD', 'adjustments', 'available'), ('USD', 'available', 'adjustments')) AND adjustment_id IS NOT NULL
    ELSE false END);
DROP TABLE contradictions, decisions;
DROP FUNCTION check_decision_change;
