-- +goose Up

-- Prices that were promised to a customer for a while. A quote is used by one
-- top-up, in the transaction that accepts it; nothing else of it ever changes. One
-- that was never used is forgotten a day after it expired.
CREATE TABLE quotes (
    id          uuid PRIMARY KEY, -- version 7, made by us
    customer_id bigint NOT NULL REFERENCES customers (id),
    amount      numeric(12,2) NOT NULL CHECK (amount > 0),
    price       numeric(16,4) NOT NULL CHECK (price > 0),
    rate        numeric(12,6) NOT NULL CHECK (rate > 0),
    discount    numeric(7,6) NOT NULL CHECK (discount >= 0 AND discount < 1),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '10 minutes',
    topup_id    uuid REFERENCES topups (id), -- that used it
    used_at     timestamptz,                 -- when that was accepted
    CONSTRAINT quotes_used_by_a_topup CHECK ((topup_id IS NULL) = (used_at IS NULL)),
    CONSTRAINT quotes_used_in_time CHECK (used_at <= expires_at)
);
CREATE UNIQUE INDEX quotes_one_topup ON quotes (topup_id) WHERE topup_id IS NOT NULL;
CREATE INDEX quotes_unused ON quotes (expires_at) WHERE topup_id IS NULL;

-- +goose StatementBegin
CREATE FUNCTION check_quote_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'quotes are not truncated' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quotes_stand';
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.topup_id IS NULL AND OLD.expires_at < now() THEN
            RETURN OLD;
        END IF;
    ELSIF OLD.topup_id IS NULL AND NEW.topup_id IS NOT NULL
       AND (OLD.id, OLD.customer_id, OLD.amount, OLD.price, OLD.rate, OLD.discount, OLD.created_at, OLD.expires_at)
         = (NEW.id, NEW.customer_id, NEW.amount, NEW.price, NEW.rate, NEW.discount, NEW.created_at, NEW.expires_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was promised with quote % cannot change', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quotes_stand';
END $$;
-- +goose StatementEnd
CREATE TRIGGER quotes_stand BEFORE UPDATE OR DELETE ON quotes FOR EACH ROW EXECUTE FUNCTION check_quote_change();
-- Not refuse_change: that stands on what nobody may delete from.
CREATE TRIGGER quotes_no_truncate BEFORE TRUNCATE ON quotes EXECUTE FUNCTION check_quote_change();

-- +goose Down
DROP TABLE quotes;
DROP FUNCTION check_quote_change;
