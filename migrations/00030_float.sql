-- +goose Up

-- Our prepaid money at Latcom, in MXN: what operators say that was paid in. A
-- mistake is undone by a second one, the whole of it the other way round.
CREATE TABLE float_deposits (
    id          uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    amount      numeric(12,2) NOT NULL CHECK (amount <> 0),
    reference   text NOT NULL CHECK (reference <> ''), -- of the transfer
    proof       text NOT NULL DEFAULT '',
    note        text NOT NULL CHECK (note <> ''),
    corrects    uuid REFERENCES float_deposits (id),
    recorded_by bigint REFERENCES operators (id), -- NULL: the demo's sample data
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT float_deposits_sign CHECK ((amount < 0) = (corrects IS NOT NULL)),
    CONSTRAINT float_deposits_corrected_once UNIQUE (corrects)
);
CREATE INDEX float_deposits_newest ON float_deposits (recorded_at DESC, id DESC);
CREATE INDEX float_deposits_by_reference ON float_deposits (reference);
CREATE TRIGGER float_deposits_append_only BEFORE UPDATE OR DELETE ON float_deposits FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER float_deposits_no_truncate BEFORE TRUNCATE ON float_deposits EXECUTE FUNCTION refuse_change();

-- Two more kinds of entries, between the house's accounts:
--   float_deposit     deposits → float, MXN: money was sent to Latcom
--   float_correction  float → deposits, MXN: it was not
ALTER TABLE entries ADD COLUMN float_deposit_id uuid REFERENCES float_deposits (id);
CREATE UNIQUE INDEX entries_one_float_deposit ON entries (float_deposit_id) WHERE float_deposit_id IS NOT NULL;
ALTER TABLE entries DROP CONSTRAINT entry_has_one_cause;
ALTER TABLE entries ADD CONSTRAINT entry_has_one_cause CHECK (num_nonnulls(topup_id, adjustment_id, float_deposit_id) = 1);
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
    WHEN 'adjustment' THEN (currency, from_account, to_account) IN
        (('USD', 'adjustments', 'available'), ('USD', 'available', 'adjustments'), ('USD', 'available', 'deposits')) AND adjustment_id IS NOT NULL
    WHEN 'float_deposit'    THEN (currency, from_account, to_account) = ('MXN', 'deposits', 'float') AND float_deposit_id IS NOT NULL
    WHEN 'float_correction' THEN (currency, from_account, to_account) = ('MXN', 'float', 'deposits') AND float_deposit_id IS NOT NULL
    ELSE false END);
CREATE INDEX entries_of_float ON entries (created_at) INCLUDE (kind, amount) WHERE currency = 'MXN';

-- The float's sum without a running balance on the hot path: every entry of it
-- leaves a line here in its own transaction, which waits for nobody; now and then
-- the lines are added to the total and removed, in one transaction. Total and
-- lines together are exact at every moment, in whichever order entries commit.
CREATE TABLE float_total (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    amount   numeric(16,4) NOT NULL
);
CREATE TABLE float_moves (
    entry_id bigint PRIMARY KEY,
    amount   numeric(16,4) NOT NULL -- above zero: into the float
);
LOCK TABLE entries IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO float_total (amount)
SELECT COALESCE(sum(CASE WHEN to_account = 'float' THEN amount ELSE -amount END), 0) FROM entries WHERE currency = 'MXN';

-- +goose StatementBegin
CREATE FUNCTION note_float_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO float_moves (entry_id, amount) VALUES (NEW.id, CASE WHEN NEW.to_account = 'float' THEN NEW.amount ELSE -NEW.amount END);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER entries_move_float AFTER INSERT ON entries FOR EACH ROW WHEN (NEW.currency = 'MXN') EXECUTE FUNCTION note_float_move();

-- +goose Down
DROP TRIGGER entries_move_float ON entries;
DROP FUNCTION note_float_move;
DROP TABLE float_moves, float_total;
DROP INDEX entries_of_float, entries_one_float_deposit;
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
    WHEN 'adjustment' THEN (currency, from_account, to_account) IN
        (('USD', 'adjustments', 'available'), ('USD', 'available', 'adjustments'), ('USD', 'available', 'deposits')) AND adjustment_id IS NOT NULL
    ELSE false END);
ALTER TABLE entries DROP CONSTRAINT entry_has_one_cause;
ALTER TABLE entries DROP COLUMN float_deposit_id;
ALTER TABLE entries ADD CONSTRAINT entry_has_one_cause CHECK (num_nonnulls(topup_id, adjustment_id) = 1);
DROP TABLE float_deposits;
