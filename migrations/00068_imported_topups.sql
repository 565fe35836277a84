-- +goose Up

-- Top-ups of the system before this one. They moved no money here: what a customer had left there came over as its
-- opening balance. They are kept so that a reference of the past stays one order for ever: repeated, it answers
-- what it was, and nothing is sent.
CREATE TABLE imported_topups (
    id                      uuid PRIMARY KEY, -- follows from the customer and the old id: an import can be repeated
    customer_id             bigint NOT NULL REFERENCES customers (id),
    reference               text NOT NULL CHECK (length(reference) BETWEEN 1 AND 100),
    phone                   text NOT NULL, -- E.164, or empty where it was none: then no order is the same
    amount                  numeric(12,2) NOT NULL CHECK (amount >= 0),
    status                  text NOT NULL CHECK (status IN ('succeeded', 'failed', 'unknown')),
    price                   numeric(16,4) NOT NULL CHECK (price >= 0),
    provider_transaction_id text NOT NULL DEFAULT '',
    old_id                  text NOT NULL,
    created_at              timestamptz NOT NULL,
    completed_at            timestamptz,
    imported_at             timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT imported_reference_taken UNIQUE (customer_id, reference)
);
CREATE TRIGGER imported_topups_no_delete BEFORE DELETE ON imported_topups FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER imported_topups_no_truncate BEFORE TRUNCATE ON imported_topups EXECUTE FUNCTION refuse_change();

-- Whatever way an order takes: a reference of the past is never a new top-up.
-- +goose StatementBegin
CREATE FUNCTION refuse_imported_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM imported_topups i WHERE i.customer_id = NEW.customer_id AND i.reference = NEW.reference) THEN
        RAISE EXCEPTION 'reference % was used in the system before this one', NEW.reference
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'topups_reference_taken';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER topups_reference_of_the_past BEFORE INSERT ON topups FOR EACH ROW EXECUTE FUNCTION refuse_imported_reference();

-- +goose Down
DROP TRIGGER topups_reference_of_the_past ON topups;
DROP FUNCTION refuse_imported_reference;
DROP TABLE imported_topups;
