-- +goose Up

-- A customer's account, in USD. The row changes only together with an entry,
-- under its lock; balance and held are always the sums of the entries. It is the
-- hottest row there is: half of each page is left free for updates in place.
CREATE TABLE balances (
    customer_id  bigint PRIMARY KEY REFERENCES customers (id),
    balance      numeric(16,4) NOT NULL DEFAULT 0,
    held         numeric(16,4) NOT NULL DEFAULT 0,
    credit_limit numeric(16,4) NOT NULL DEFAULT 0 CHECK (credit_limit >= 0),
    CONSTRAINT held_not_negative CHECK (held >= 0),
    CONSTRAINT available_not_overdrawn CHECK (balance - held + credit_limit >= 0)
) WITH (fillfactor = 50);

CREATE TABLE topups (
    id                      uuid PRIMARY KEY, -- version 7, made by us
    customer_id             bigint NOT NULL REFERENCES customers (id),
    reference               text NOT NULL CHECK (length(reference) BETWEEN 1 AND 100),
    phone                   text NOT NULL CHECK (phone ~ '^\+52[2-9][0-9]{9}$'),
    amount                  numeric(12,2) NOT NULL CHECK (amount > 0),
    status                  text NOT NULL DEFAULT 'queued'
                            CHECK (status IN ('queued', 'sending', 'succeeded', 'failed', 'unknown', 'reversed')),
    price                   numeric(16,4) NOT NULL CHECK (price > 0),
    rate                    numeric(12,6) NOT NULL CHECK (rate > 0),
    discount                numeric(7,6) NOT NULL CHECK (discount >= 0 AND discount < 1),
    product                 text NOT NULL REFERENCES products (code),
    sent                    numeric(12,2) NOT NULL CHECK (sent > 0),
    expected                numeric(12,2) NOT NULL CHECK (expected > 0),
    cost                    numeric(16,4) NOT NULL CHECK (cost >= 0),
    dist_transid            text NOT NULL CHECK (length(dist_transid) <= 32),
    metadata                jsonb,
    api_key_id              bigint REFERENCES api_keys (id),
    from_address            text NOT NULL DEFAULT '',
    failure_code            text NOT NULL DEFAULT '',
    failure_reason          text NOT NULL DEFAULT '',
    provider_transaction_id text NOT NULL DEFAULT '',
    carrier_transaction_id  text NOT NULL DEFAULT '',
    attempts                int NOT NULL DEFAULT 0,
    first_sent_at           timestamptz,
    created_at              timestamptz NOT NULL DEFAULT now(),
    updated_at              timestamptz NOT NULL DEFAULT now(),
    completed_at            timestamptz,
    CONSTRAINT topups_reference_taken UNIQUE (customer_id, reference),
    CONSTRAINT topups_dist_transid_taken UNIQUE (dist_transid),
    CONSTRAINT topups_completed_when_final CHECK ((status IN ('succeeded', 'failed', 'reversed')) = (completed_at IS NOT NULL)),
    CONSTRAINT topups_failure_when_failed CHECK ((status = 'failed') = (failure_code <> ''))
);
-- The lists: all, one customer's, one state's, one phone's; each newest first.
CREATE INDEX topups_newest ON topups (created_at DESC, id DESC);
CREATE INDEX topups_by_customer ON topups (customer_id, created_at DESC, id DESC);
CREATE INDEX topups_by_status ON topups (status, created_at DESC, id DESC) WHERE status <> 'succeeded';
CREATE INDEX topups_by_phone ON topups (phone, created_at DESC, id DESC);
CREATE INDEX topups_by_reference ON topups (reference, created_at DESC, id DESC);
CREATE INDEX topups_by_provider_id ON topups (provider_transaction_id) WHERE provider_transaction_id <> '';
CREATE INDEX topups_by_carrier_id ON topups (carrier_transaction_id) WHERE carrier_transaction_id <> '';

-- +goose StatementBegin
CREATE FUNCTION check_topup_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> NEW.status AND NOT (OLD.status, NEW.status) IN (
        ('queued', 'sending'), ('queued', 'failed'),
        ('sending', 'queued'), ('sending', 'succeeded'), ('sending', 'failed'), ('sending', 'unknown'),
        ('unknown', 'succeeded'), ('unknown', 'failed'), ('succeeded', 'reversed')) THEN
        RAISE EXCEPTION 'top-up % cannot go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'topups_legal_move';
    END IF;
    IF (OLD.customer_id, OLD.reference, OLD.phone, OLD.amount, OLD.price, OLD.rate, OLD.discount, OLD.sent, OLD.cost, OLD.dist_transid, OLD.created_at)
       IS DISTINCT FROM
       (NEW.customer_id, NEW.reference, NEW.phone, NEW.amount, NEW.price, NEW.rate, NEW.discount, NEW.sent, NEW.cost, NEW.dist_transid, NEW.created_at) THEN
        RAISE EXCEPTION 'what was ordered with top-up % cannot change', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'topups_order_stands';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER topups_legal_move BEFORE UPDATE ON topups FOR EACH ROW EXECUTE FUNCTION check_topup_move();
CREATE TRIGGER topups_no_delete BEFORE DELETE ON topups FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER topups_no_truncate BEFORE TRUNCATE ON topups EXECUTE FUNCTION refuse_change();

-- One request to Latcom each, written before its first byte leaves. An empty
-- outcome means under way, or lost with its process.
CREATE TABLE attempts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topup_id      uuid NOT NULL REFERENCES topups (id),
    number        int NOT NULL CHECK (number > 0),
    instance_id   text NOT NULL,
    started_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz,
    outcome       text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'delivered', 'refused', 'not_sent', 'unknown')),
    fault         text NOT NULL DEFAULT '',
    policy_row    text NOT NULL DEFAULT '',
    reason        text NOT NULL DEFAULT '',
    vendor_code   text NOT NULL DEFAULT '',
    event         text NOT NULL DEFAULT '',
    http_status   int NOT NULL DEFAULT 0,
    bytes_written bigint NOT NULL DEFAULT 0,
    request       text NOT NULL DEFAULT '',
    response      text NOT NULL DEFAULT '',
    connection    text NOT NULL DEFAULT '',
    took_ms       bigint NOT NULL DEFAULT 0,
    CONSTRAINT attempts_number_taken UNIQUE (topup_id, number),
    CONSTRAINT attempts_finished_with_outcome CHECK ((outcome = '') = (finished_at IS NULL))
);
-- Two requests for one top-up can never be under way at once, and after an
-- unknown or a delivered one there is no other.
CREATE UNIQUE INDEX attempts_one_that_may_deliver ON attempts (topup_id) WHERE outcome IN ('', 'delivered', 'unknown');
CREATE INDEX attempts_by_start ON attempts (started_at);
CREATE INDEX attempts_under_way ON attempts (instance_id) WHERE outcome = '';

-- +goose StatementBegin
CREATE FUNCTION check_attempt_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- An answer is written once. What was unknown may be proven later.
    IF NOT (OLD.outcome = '' OR (OLD.outcome = 'unknown' AND NEW.outcome IN ('delivered', 'refused', 'not_sent')))
       OR (OLD.id, OLD.topup_id, OLD.number, OLD.started_at) IS DISTINCT FROM (NEW.id, NEW.topup_id, NEW.number, NEW.started_at) THEN
        RAISE EXCEPTION 'attempt % of top-up % already has its answer', OLD.number, OLD.topup_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'attempts_answer_stands';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER attempts_answer_stands BEFORE UPDATE ON attempts FOR EACH ROW EXECUTE FUNCTION check_attempt_change();
CREATE TRIGGER attempts_no_delete BEFORE DELETE ON attempts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attempts_no_truncate BEFORE TRUNCATE ON attempts EXECUTE FUNCTION refuse_change();

-- An operator's credit or debit. One above the limit waits for a second operator
-- and moves nothing before; undone only by an adjustment the other way round.
CREATE TABLE adjustments (
    id           uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    customer_id  bigint NOT NULL REFERENCES customers (id),
    amount       numeric(16,4) NOT NULL CHECK (amount <> 0),
    reason       text NOT NULL CHECK (reason IN ('DEPOSIT', 'COURTESY', 'CORRECTION', 'REFUND', 'FEE', 'OPENING')),
    note         text NOT NULL CHECK (note <> ''),
    proof        text NOT NULL DEFAULT '',
    state        text NOT NULL CHECK (state IN ('waiting', 'posted', 'rejected', 'expired')),
    requested_by bigint REFERENCES operators (id), -- NULL: the command line
    requested_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    decided_by   bigint REFERENCES operators (id),
    decided_at   timestamptz,
    CONSTRAINT adjustments_decided_by_another CHECK (decided_by IS NULL OR decided_by IS DISTINCT FROM requested_by),
    CONSTRAINT adjustments_waiting_expires CHECK (state <> 'waiting' OR expires_at IS NOT NULL)
);
CREATE INDEX adjustments_by_customer ON adjustments (customer_id, requested_at DESC);
CREATE INDEX adjustments_waiting ON adjustments (requested_at) WHERE state = 'waiting';

-- +goose StatementBegin
CREATE FUNCTION check_adjustment_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER adjustments_decision_stands BEFORE UPDATE ON adjustments FOR EACH ROW EXECUTE FUNCTION check_adjustment_change();
CREATE TRIGGER adjustments_no_delete BEFORE DELETE ON adjustments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER adjustments_no_truncate BEFORE TRUNCATE ON adjustments EXECUTE FUNCTION refuse_change();

-- The ledger. Each entry takes from one account and gives to another, so the sum
-- over all accounts of a currency is 0 whatever is added. 'available' and 'held'
-- are the customer's; the rest are the house's, which keep no running balance.
CREATE TABLE entries (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text NOT NULL,
    currency      text NOT NULL,
    amount        numeric(16,4) NOT NULL CHECK (amount > 0),
    from_account  text NOT NULL,
    to_account    text NOT NULL,
    customer_id   bigint REFERENCES customers (id),
    topup_id      uuid REFERENCES topups (id),
    adjustment_id uuid REFERENCES adjustments (id),
    balance_after numeric(16,4),
    held_after    numeric(16,4),
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT entry_has_its_shape CHECK (CASE kind
        WHEN 'hold'       THEN (currency, from_account, to_account) = ('USD', 'available', 'held')    AND topup_id IS NOT NULL
        WHEN 'capture'    THEN (currency, from_account, to_account) = ('USD', 'held', 'revenue')      AND topup_id IS NOT NULL
        WHEN 'release'    THEN (currency, from_account, to_account) = ('USD', 'held', 'available')    AND topup_id IS NOT NULL
        WHEN 'cost'       THEN (currency, from_account, to_account) = ('MXN', 'float', 'cost')        AND topup_id IS NOT NULL
        WHEN 'deposit'    THEN (currency, from_account, to_account) = ('USD', 'deposits', 'available') AND adjustment_id IS NOT NULL
        WHEN 'adjustment' THEN (currency, from_account, to_account) IN (('USD', 'adjustments', 'available'), ('USD', 'available', 'adjustments')) AND adjustment_id IS NOT NULL
        ELSE false END),
    CONSTRAINT entry_has_one_cause CHECK (num_nonnulls(topup_id, adjustment_id) = 1),
    CONSTRAINT entry_names_its_customer CHECK (
        (from_account IN ('available', 'held') OR to_account IN ('available', 'held')) = (customer_id IS NOT NULL)
        AND (customer_id IS NULL) = (balance_after IS NULL) AND (customer_id IS NULL) = (held_after IS NULL))
);
-- The rules that money depends on, kept here as well as in the code: a top-up is
-- held once, settled (captured or released) once, paid to Latcom once; an
-- adjustment is posted once.
CREATE UNIQUE INDEX entries_one_hold ON entries (topup_id) WHERE kind = 'hold';
CREATE UNIQUE INDEX entries_one_settlement ON entries (topup_id) WHERE kind IN ('capture', 'release');
CREATE UNIQUE INDEX entries_one_cost ON entries (topup_id) WHERE kind = 'cost';
CREATE UNIQUE INDEX entries_one_adjustment ON entries (adjustment_id) WHERE adjustment_id IS NOT NULL;
CREATE INDEX entries_by_customer ON entries (customer_id, id DESC) WHERE customer_id IS NOT NULL;
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE entries, adjustments, attempts, topups, balances;
DROP FUNCTION check_adjustment_change, check_attempt_change, check_topup_move;
