-- +goose Up

-- The entries of each customer's account form a chain: each carries its number in
-- the account, the hash of the one before it (32 zero bytes before the first) and
-- its own: the SHA-256 of its money in words (see below) and that hash. The end
-- of the chain stands on the balance, which every entry locks. The house's
-- accounts have none: they would be one hot row for all.
ALTER TABLE balances
    ADD COLUMN last_number bigint NOT NULL DEFAULT 0,
    ADD COLUMN last_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    ADD CONSTRAINT chain_has_its_end CHECK (last_number >= 0 AND octet_length(last_hash) = 32);

ALTER TABLE entries
    ADD COLUMN number bigint CHECK (number > 0),
    ADD COLUMN previous_hash bytea CHECK (octet_length(previous_hash) = 32),
    ADD COLUMN hash bytea CHECK (octet_length(hash) = 32);

-- What was posted before is chained now, in the order of its ids.
ALTER TABLE entries DISABLE TRIGGER entries_append_only;
-- +goose StatementBegin
DO $$
DECLARE
    e record;
    account bigint;
    place bigint;
    last bytea;
    this bytea;
BEGIN
    FOR e IN SELECT * FROM entries WHERE customer_id IS NOT NULL ORDER BY customer_id, id LOOP
        IF account IS DISTINCT FROM e.customer_id THEN
            account := e.customer_id;
            place := 0;
            last := decode(repeat('00', 32), 'hex');
        END IF;
        place := place + 1;
        this := sha256(convert_to(concat(
            place, '|', e.customer_id, '|', e.kind, '|', e.currency, '|', e.amount, '|', e.from_account, '|', e.to_account, '|',
            e.topup_id, '|', e.adjustment_id, '|', e.balance_after, '|', e.held_after, '|', encode(last, 'hex')), 'UTF8'));
        UPDATE entries SET number = place, previous_hash = last, hash = this WHERE id = e.id;
        last := this;
    END LOOP;
END $$;
-- +goose StatementEnd
UPDATE balances b
SET last_number = e.number, last_hash = e.hash
FROM (SELECT DISTINCT ON (customer_id) customer_id, number, hash FROM entries WHERE customer_id IS NOT NULL ORDER BY customer_id, number DESC) e
WHERE b.customer_id = e.customer_id;
ALTER TABLE entries ENABLE TRIGGER entries_append_only;

ALTER TABLE entries ADD CONSTRAINT entry_is_chained CHECK (num_nonnulls(number, previous_hash, hash) = CASE WHEN customer_id IS NULL THEN 0 ELSE 3 END);
-- Two entries after the same one are refused, whatever else fails. It also lists
-- a customer's ledger, as the index on ids did.
CREATE UNIQUE INDEX entries_number_taken ON entries (customer_id, number) WHERE customer_id IS NOT NULL;
DROP INDEX entries_by_customer;

-- +goose Down
CREATE INDEX entries_by_customer ON entries (customer_id, id DESC) WHERE customer_id IS NOT NULL;
DROP INDEX entries_number_taken;
ALTER TABLE entries DROP CONSTRAINT entry_is_chained, DROP COLUMN hash, DROP COLUMN previous_hash, DROP COLUMN number;
ALTER TABLE balances DROP CONSTRAINT chain_has_its_end, DROP COLUMN last_hash, DROP COLUMN last_number;
