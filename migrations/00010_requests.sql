-- +goose Up

-- Who made an account or reset it last, and from when on its owner may approve
-- what others ask for (NULL: at once).
ALTER TABLE operators ADD COLUMN IF NOT EXISTS made_by bigint REFERENCES operators (id);
ALTER TABLE operators ADD COLUMN IF NOT EXISTS approves_from timestamptz;

-- What would have waited for a second operator and did not, because approvals are
-- switched off, says so for ever: one_operator.
ALTER TABLE adjustments
    ADD COLUMN one_operator boolean NOT NULL DEFAULT false,
    ADD COLUMN reverses uuid REFERENCES adjustments (id), -- the posted one that this one undoes
    ADD CONSTRAINT adjustments_by_one_operator CHECK (NOT one_operator OR state = 'posted' AND decided_by IS NULL),
    ADD CONSTRAINT adjustments_reverse_another CHECK (reverses <> id);
CREATE UNIQUE INDEX adjustments_reversed_once ON adjustments (reverses) WHERE reverses IS NOT NULL AND state IN ('waiting', 'posted');
CREATE INDEX adjustments_by_one_operator ON adjustments (requested_at) WHERE one_operator;
CREATE INDEX adjustments_by_requester ON adjustments (requested_by, requested_at) WHERE requested_by IS NOT NULL;

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

ALTER TABLE decisions
    ADD COLUMN one_operator boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT decisions_by_another,
    ADD CONSTRAINT decisions_by_another CHECK (one_operator = COALESCE(decided_by = proposed_by, false));
CREATE INDEX decisions_by_one_operator ON decisions (decided_at) WHERE one_operator;

-- Changes of terms, each from one value to another: a customer's credit limit (USD),
-- its discount (a fraction), the exchange rate (MXN per USD). Small ones are done at
-- once; what goes far waits for a second operator and changes nothing before.
CREATE TABLE change_requests (
    id           uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    kind         text NOT NULL CHECK (kind IN ('credit_limit', 'discount', 'exchange_rate')),
    customer_id  bigint REFERENCES customers (id), -- NULL: the exchange rate is everybody's
    before       numeric(18,6) NOT NULL CHECK (before >= 0), -- what was in force when it was asked for
    after        numeric(18,6) NOT NULL CHECK (after >= 0),
    begins_at    timestamptz, -- of an exchange rate that is planned; NULL: as soon as it is decided
    note         text NOT NULL CHECK (note <> ''),
    state        text NOT NULL CHECK (state IN ('waiting', 'done', 'rejected', 'expired')),
    one_operator boolean NOT NULL DEFAULT false,
    number       int CHECK (number > 0), -- of those done of its kind and customer: 1, 2, …
    requested_by bigint REFERENCES operators (id), -- NULL: the command line
    requested_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    decided_by   bigint REFERENCES operators (id),
    decided_at   timestamptz,
    CONSTRAINT change_requests_decided_by_another CHECK (decided_by IS NULL OR decided_by IS DISTINCT FROM requested_by),
    CONSTRAINT change_requests_waiting_expires CHECK (state <> 'waiting' OR expires_at IS NOT NULL),
    CONSTRAINT change_requests_done_are_numbered CHECK ((state = 'done') = (number IS NOT NULL)),
    CONSTRAINT change_requests_by_one_operator CHECK (NOT one_operator OR state = 'done' AND decided_by IS NULL),
    CONSTRAINT change_requests_fit_their_kind CHECK (CASE kind
        WHEN 'credit_limit'  THEN customer_id IS NOT NULL AND begins_at IS NULL AND after <> before
        WHEN 'discount'      THEN customer_id IS NOT NULL AND begins_at IS NULL AND after <> before AND before < 1 AND after < 1
        WHEN 'exchange_rate' THEN customer_id IS NULL AND before > 0 AND after > 0
        ELSE false END)
);
CREATE UNIQUE INDEX change_requests_one_waiting ON change_requests (kind, customer_id) NULLS NOT DISTINCT WHERE state = 'waiting';
CREATE UNIQUE INDEX change_requests_number_taken ON change_requests (kind, customer_id, number) NULLS NOT DISTINCT WHERE number IS NOT NULL;
CREATE INDEX change_requests_newest ON change_requests (requested_at DESC);
CREATE INDEX change_requests_by_customer ON change_requests (customer_id, requested_at DESC) WHERE customer_id IS NOT NULL;
CREATE INDEX change_requests_by_requester ON change_requests (requested_by, requested_at) WHERE requested_by IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION check_change_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting'
       OR (OLD.id, OLD.kind, OLD.customer_id, OLD.before, OLD.after, OLD.begins_at, OLD.note, OLD.one_operator, OLD.requested_by, OLD.requested_at)
          IS DISTINCT FROM (NEW.id, NEW.kind, NEW.customer_id, NEW.before, NEW.after, NEW.begins_at, NEW.note, NEW.one_operator, NEW.requested_by, NEW.requested_at) THEN
        RAISE EXCEPTION 'change request % is decided; only another one changes its effect', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'change_requests_decision_stands';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER change_requests_decision_stands BEFORE UPDATE ON change_requests FOR EACH ROW EXECUTE FUNCTION check_change_request();
CREATE TRIGGER change_requests_no_delete BEFORE DELETE ON change_requests FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER change_requests_no_truncate BEFORE TRUNCATE ON change_requests EXECUTE FUNCTION refuse_change();

-- What customers have already came from somewhere, too.
INSERT INTO change_requests (id, kind, customer_id, before, after, note, state, number)
SELECT gen_random_uuid(), 'discount', id, 0, discount, 'In force before changes were kept', 'done', 1 FROM customers WHERE discount <> 0
UNION ALL
SELECT gen_random_uuid(), 'credit_limit', customer_id, 0, credit_limit, 'In force before changes were kept', 'done', 1 FROM balances WHERE credit_limit <> 0;

-- A rate knows the request that it came from; the very first one came from a setting.
ALTER TABLE exchange_rates ADD COLUMN request_id uuid CONSTRAINT exchange_rates_one_a_request UNIQUE REFERENCES change_requests (id);

ALTER TABLE customers ADD CONSTRAINT customers_range_in_order CHECK (min_amount > 0 AND max_amount > 0 AND min_amount <= max_amount);

-- A deposit that is undone goes back to where it came from.
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

-- +goose Down
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
ALTER TABLE customers DROP CONSTRAINT customers_range_in_order;
ALTER TABLE exchange_rates DROP COLUMN request_id;
DROP TABLE change_requests;
DROP FUNCTION check_change_request;
DROP INDEX decisions_by_one_operator;
ALTER TABLE decisions DROP CONSTRAINT decisions_by_another;
ALTER TABLE decisions ADD CONSTRAINT decisions_by_another CHECK (decided_by IS NULL OR decided_by <> proposed_by);
ALTER TABLE decisions DROP COLUMN one_operator;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_adjustment_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'waiting'
       OR (OLD.id, OLD.customer_id, OLD.amount, OLD.reason, OLD.note, OLD.proof, OLD.requested_by, OLD.requested_at)
          IS DISTINCT FROM (NEW.id, NEW.customer_id, NEW.amount, NEW.reason, NEW.note, NEW.proof, NEW.requested_by, NEW.requested_at) THEN
        RAISE EXCEPTION 'adjustment % is decided; only another adjustment changes its effect', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'adjustments_decision_stands';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
DROP INDEX adjustments_by_requester, adjustments_by_one_operator, adjustments_reversed_once;
ALTER TABLE adjustments DROP COLUMN reverses, DROP COLUMN one_operator;
ALTER TABLE operators DROP COLUMN IF EXISTS approves_from, DROP COLUMN IF EXISTS made_by;
