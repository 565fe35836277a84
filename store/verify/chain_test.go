package verify

import "testing"

// rechain makes every hash of every account fit what its entries say now, as
// someone would who knows how the chain is made and may write everywhere.
const rechain = `
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
	END $$;`

// A customer was given 100 USD. Somebody makes 90 of it, in the adjustment, in its
// entry and in every balance after it, so that all sums are right again.
const (
	tenLess = `
	UPDATE adjustments SET amount = amount - 10 WHERE id = (SELECT adjustment_id FROM entries WHERE customer_id = 1 AND number = 1);
	UPDATE entries SET amount = amount - 10 WHERE customer_id = 1 AND number = 1;
	UPDATE entries SET balance_after = balance_after - 10 WHERE customer_id = 1;`
	tenLessInAll = `
	UPDATE balances SET balance = balance - 10 WHERE customer_id = 1`
)

// forgotten is a customer's last order, with the entry that held its price and
// what is held for it, as if it had never been accepted.
const forgotten = `
	UPDATE balances b SET held = b.held - t.price
	FROM topups t WHERE b.customer_id = 1 AND t.id = (SELECT topup_id FROM entries WHERE customer_id = 1 ORDER BY id DESC LIMIT 1);
	DELETE FROM topups WHERE id = (SELECT topup_id FROM entries WHERE customer_id = 1 ORDER BY id DESC LIMIT 1);
	DELETE FROM entries WHERE id = (SELECT max(id) FROM entries WHERE customer_id = 1)`

func TestMoneyThatAddsUpIsStillHeldAgainstTheChain(t *testing.T) {
	t.Parallel()
	b := tamperedBooks(t)
	for name, tt := range map[string]struct{ change, names string }{
		"less from the beginning":               {tenLess + tenLessInAll, "entries 1"},
		"less from the beginning, hashed again": {tenLess + rechain + tenLessInAll, "balances 1"},
		"the last order forgotten":              {forgotten, "balances 1"},
	} {
		found, done := b.try(t, tt.change)
		if !done || len(found) == 0 || found[0].Table+" "+found[0].Row != tt.names {
			t.Errorf("%s: %v, want %s named first: %v", name, done, tt.names, found)
		}
	}
}
