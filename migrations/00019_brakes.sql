-- +goose Up

-- Sending that an operator stopped: all of it (neither a product nor a customer is
-- named), a product's, a customer's. While one is open, its orders are refused with
-- 503 before anything is held, and what was accepted before stays queued.
CREATE TABLE pauses (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product     text REFERENCES products (code),
    customer_id bigint REFERENCES customers (id),
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200), -- resellers read it
    began_at    timestamptz NOT NULL DEFAULT now(),
    began_by    text NOT NULL, -- as the audit log names them
    ended_at    timestamptz,
    ended_by    text,
    CONSTRAINT pauses_of_one_thing CHECK (num_nonnulls(product, customer_id) <= 1),
    CONSTRAINT pauses_ended_by_somebody CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX pauses_one_at_a_time ON pauses (COALESCE(product, ''), COALESCE(customer_id, 0)) WHERE ended_at IS NULL;
CREATE TRIGGER pauses_no_delete BEFORE DELETE ON pauses FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pauses_no_truncate BEFORE TRUNCATE ON pauses EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE pauses;
