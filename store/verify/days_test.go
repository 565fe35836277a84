package verify

// Days that pass within a test, and what their checkpoints catch.

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/store"
)

// aDayLater makes yesterday's of all that happened so far, and closes that day.
func (b *books) aDayLater() {
	b.t.Helper()
	b.earlier("1 day", "customers", "topups", "attempts", "adjustments", "adjustment_lists", "entries", "decisions", "contradictions", "inquiries", "exchange_rates", "change_requests", "business_days", "checkpoints", "quarter_hours", "float_deposits", "quotes")
	endsAt := time.Now().UTC().Add(-12 * time.Hour).Truncate(time.Minute) // where midnight was then
	day := endsAt.Round(24*time.Hour).AddDate(0, 0, -1)
	b.must(b.InTx(b.t.Context(), func(tx *store.Tx) error {
		return tx.CloseDay(b.t.Context(), day.Format(time.DateOnly), endsAt)
	}))
}

// earlier lets all that is in these tables have happened that much earlier.
func (b *books) earlier(by string, tables ...string) {
	b.t.Helper()
	b.exec(fmt.Sprintf(`
		DO $$
		DECLARE
			it record;
		BEGIN
			PERFORM set_config('session_replication_role', 'replica', true); -- no triggers
			FOR it IN
				SELECT attrelid::regclass AS name, string_agg(format('%%1$I = %%1$I - %%2$s', attname,
				       CASE atttypid WHEN 'date'::regtype THEN '1' ELSE 'interval ''%[1]s''' END), ', ') AS earlier
				FROM pg_attribute
				WHERE attnum > 0 AND atttypid IN ('timestamptz'::regtype, 'date'::regtype)
				  AND attrelid::regclass::text = ANY ('{%[2]s}')
				GROUP BY attrelid
			LOOP
				EXECUTE format('UPDATE %%s SET %%s', it.name, it.earlier);
			END LOOP;
		END $$`, by, strings.Join(tables, ",")))
}

// headsToo ends every account with its last entry again.
const headsToo = `
	UPDATE balances b SET last_number = COALESCE(e.number, 0), last_hash = COALESCE(e.hash, decode(repeat('00', 32), 'hex'))
	FROM balances o LEFT JOIN LATERAL (SELECT number, hash FROM entries WHERE customer_id = o.customer_id ORDER BY id DESC LIMIT 1) e ON true
	WHERE o.customer_id = b.customer_id;`

// forgottenAfter removes the last entry of a closed day and whatever came after it
// in the account, with all that other rows know of it.
const forgottenAfter = `
	CREATE TEMP TABLE gone ON COMMIT DROP AS
		SELECT id, topup_id, adjustment_id FROM entries
		WHERE customer_id = 2 AND number > (SELECT min(number) - 1 FROM checkpoints WHERE customer_id = 2);
	DELETE FROM entries WHERE id IN (SELECT id FROM gone) OR topup_id IN (SELECT topup_id FROM gone);
	DELETE FROM attempts WHERE topup_id IN (SELECT topup_id FROM gone);
	DELETE FROM decisions WHERE topup_id IN (SELECT topup_id FROM gone);
	DELETE FROM contradictions WHERE topup_id IN (SELECT topup_id FROM gone);
	DELETE FROM topups WHERE id IN (SELECT topup_id FROM gone);
	DELETE FROM quarter_hours WHERE customer_id = 2;
	DELETE FROM day_sums WHERE customer_id = 2;
	DELETE FROM adjustments WHERE id IN (SELECT adjustment_id FROM gone);
	UPDATE adjustment_lists l SET lines = kept.lines, debited = kept.debited, sha256 = kept.sha256
	FROM (SELECT list_id, count(*) AS lines, -sum(amount) FILTER (WHERE amount < 0) AS debited,
	             sha256(convert_to(string_agg(said, '' ORDER BY said COLLATE "C"), 'UTF8')) AS sha256
	      FROM adjustments
	      CROSS JOIN LATERAL (SELECT concat(customer_id, ' ', amount, ' ', reason, ' ', octet_length(note), ':', note, E'\n') AS said) line
	      GROUP BY list_id) kept
	WHERE kept.list_id = l.id;
	DELETE FROM float_moves;
	UPDATE float_total SET amount = (SELECT sum(CASE to_account WHEN 'float' THEN amount ELSE -amount END) FROM entries WHERE currency = 'MXN');
	UPDATE balances b SET balance = COALESCE(sum.balance, 0), held = COALESCE(sum.held, 0), last_number = COALESCE(sum.number, 0),
		last_hash = COALESCE(sum.hash, decode(repeat('00', 32), 'hex'))
	FROM (SELECT 1) one LEFT JOIN (
		SELECT balance_after AS balance, held_after AS held, number, hash FROM entries WHERE customer_id = 2 ORDER BY id DESC LIMIT 1) sum ON true
	WHERE b.customer_id = 2`

// Whoever can write everywhere can make entries, causes, hashes and the end of
// the chain agree again. What he cannot make agree is a checkpoint.
func TestAClosedDayCannotBeToldAnew(t *testing.T) {
	t.Parallel()
	b := tamperedBooks(t)
	var day string
	b.must(b.DB().GetContext(t.Context(), &day, `SELECT min(day)::text FROM checkpoints`))
	for name, tt := range map[string]struct{ change, names string }{
		"less from the beginning, hashed to the end": {tenLess + rechain + headsToo + tenLessInAll, "checkpoints 1 " + day},
		"the end of an account removed":              {forgottenAfter, "checkpoints 2 " + day},
	} {
		found, done := b.try(t, tt.change)
		if !done || len(found) == 0 {
			t.Errorf("%s: %v, nothing is named", name, done)
			continue
		}
		for _, d := range found {
			if d.Table != "checkpoints" {
				t.Errorf("%s: %s is named beside the checkpoint", name, d)
			}
		}
		if first := found[0].Table + " " + found[0].Row; first != tt.names {
			t.Errorf("%s: %s is named first, want %s", name, first, tt.names)
		}
	}
}
