package verify

// What a superuser can do to the money tables: the means. What of it is named is
// tested in altered_test.go and removed_test.go.

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"latcom.example/latcom-billing/store/storetest"
)

// table is one that is tampered with: the column that names a row, and what is
// told apart to choose rows of each sort.
type table struct{ name, key, sort string }

var moneyTables = []table{
	{"customers", "id", "id"},
	{"balances", "customer_id", "customer_id"},
	{"topups", "id", "status, failure_code"},
	{"attempts", "id", "outcome, number"},
	{"adjustments", "id", "state, reason = 'DEPOSIT', amount > 0, reverses IS NOT NULL, one_operator, list_id IS NULL"},
	{"adjustment_lists", "id", "state, one_operator"},
	{"entries", "id", "kind, from_account"},
	{"business_days", "day::text", "day"},
	{"checkpoints", "customer_id || ' ' || day", "customer_id, day"},
	{"decisions", "id", "state, verdict, one_operator"},
	{"contradictions", "id", "status"},
	{"exchange_rates", "id", "id"},
	{"quotes", "id", "topup_id IS NULL"},
	{"quarter_hours", quarter, "customer_id"},
	{"day_sums", summedDay, "customer_id"},
	{"day_sums_through", "CASE WHEN only_row IS NOT NULL THEN 'the moment' END", "through"},
	{"float_deposits", "id", "amount > 0"},
	{"float_moves", "entry_id", "amount > 0"},
	{"float_total", "CASE WHEN only_row IS NOT NULL THEN 'the total' END", "amount > 0"},
	{"change_requests", "id", "CASE state WHEN 'done' THEN concat(kind, one_operator, decided_by IS NULL) END, state, begins_at IS NULL"},
}

// tampered is a database without one constraint, index or trigger left on its
// money tables: whatever is tried is done.
type tampered struct{ *books }

func tamperedBooks(t *testing.T) tampered {
	t.Helper()
	b := wholeStory(t)
	b.exec(`
		DO $$
		DECLARE
			money regclass[] := ARRAY['customers', 'balances', 'topups', 'attempts', 'adjustments', 'entries', 'business_days', 'checkpoints', 'decisions', 'contradictions', 'exchange_rates', 'change_requests', 'quarter_hours', 'day_sums', 'day_sums_through', 'float_deposits', 'float_moves', 'float_total', 'adjustment_lists', 'quotes'];
			it record;
		BEGIN
			FOR it IN SELECT unnest(money) AS name LOOP
				EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', it.name);
			END LOOP;
			FOR it IN SELECT conrelid::regclass AS name, conname FROM pg_constraint WHERE conrelid = ANY (money) AND contype <> 'n' LOOP
				EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', it.name, it.conname);
			END LOOP;
			FOR it IN SELECT indexrelid::regclass AS name FROM pg_index WHERE indrelid = ANY (money) LOOP
				EXECUTE format('DROP INDEX %s', it.name);
			END LOOP;
			FOR it IN SELECT attrelid::regclass AS name, attname FROM pg_attribute WHERE attrelid = ANY (money) AND attnum > 0 LOOP
				EXECUTE format('ALTER TABLE %s ALTER %I DROP IDENTITY IF EXISTS, ALTER %I DROP NOT NULL', it.name, it.attname, it.attname);
			END LOOP;
		END $$`)
	wantProven(t, mustRun(t, b))
	return tampered{b}
}

func TestATamperedRowIsNamed(t *testing.T) {
	t.Parallel()
	b := tamperedBooks(t)
	t.Run("altered", b.anAlteredRowIsNamed)
	t.Run("deleted", b.aDeletedRowIsNamed)
	t.Run("duplicated", b.aDuplicatedRowIsNamed)
	t.Run("not unique", b.whatMustBeUniqueIsNamed)
}

// try does something in a transaction of its own and returns what verify says to
// it; done is false when it changed nothing. It is undone afterwards.
func (b tampered) try(t *testing.T, query string, args ...any) (found []Difference, done bool) {
	t.Helper()
	return b.tryUntil(t, nil, query, args...)
}

// tryUntil is try that asks no further once one of these rows is named.
func (b tampered) tryUntil(t *testing.T, rows []string, query string, args ...any) (found []Difference, done bool) {
	t.Helper()
	tx, err := storetest.Owner(b.Store).BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	res, err := tx.ExecContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return nil, false
	}
	r, err := begin(t.Context(), tx)
	for _, c := range checks {
		if err == nil && !names(r.Differences, rows) {
			err = r.find(t.Context(), tx, c)
		}
	}
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return r.Differences, true
}

// rows lists the keys of a table's rows that match, one of each sort.
func (b tampered) rows(t *testing.T, from table, where string) (keys []string) {
	t.Helper()
	err := b.DB().SelectContext(t.Context(), &keys,
		fmt.Sprintf(`SELECT DISTINCT ON (%[3]s) %[2]s FROM %[1]s it WHERE %[4]s ORDER BY %[3]s, %[2]s`, from.name, from.key, from.sort, where))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// kin are a row and the rows that it can contradict: its cause, or what it caused.
func (b tampered) kin(t *testing.T, table, key string) (rows []string) {
	t.Helper()
	err := b.DB().SelectContext(t.Context(), &rows, `
		SELECT $1 || ' ' || $2
		UNION ALL SELECT concat('topups ', topup_id) FROM entries WHERE $1 = 'entries' AND id::text = $2
		UNION ALL SELECT concat('topups ', topup_id) FROM attempts WHERE $1 = 'attempts' AND id::text = $2
		UNION ALL SELECT concat('adjustments ', adjustment_id) FROM entries WHERE $1 = 'entries' AND id::text = $2
		UNION ALL SELECT concat('float_deposits ', float_deposit_id) FROM entries WHERE $1 = 'entries' AND id::text = $2
		UNION ALL SELECT concat('entries ', id) FROM entries WHERE $1 = 'float_deposits' AND float_deposit_id::text = $2
		UNION ALL SELECT concat('float_deposits ', id) FROM float_deposits WHERE $1 = 'float_deposits' AND corrects::text = $2
		UNION ALL SELECT concat('float_deposits ', corrects) FROM float_deposits WHERE $1 = 'float_deposits' AND id::text = $2
		UNION ALL SELECT concat('float_moves ', $2) WHERE $1 = 'entries'
		UNION ALL SELECT concat('float_moves ', COALESCE((entry_id + changed)::text, 'NULL')) FROM float_moves, (VALUES (1), (NULL)) key (changed)
		          WHERE $1 = 'float_moves' AND entry_id::text = $2 -- its own key, altered
		UNION ALL SELECT 'float_total the total' WHERE $1 IN ('entries', 'float_moves')
		UNION ALL SELECT concat('topups ', topup_id) FROM decisions WHERE $1 = 'decisions' AND id::text = $2
		UNION ALL SELECT concat('entries ', e.id) FROM decisions d JOIN entries e USING (topup_id) WHERE $1 = 'decisions' AND d.id::text = $2
		UNION ALL SELECT concat('decisions ', id) FROM decisions WHERE $1 = 'topups' AND topup_id::text = $2
		UNION ALL SELECT concat('contradictions ', id) FROM contradictions WHERE $1 = 'decisions' AND closed_by::text = $2
		UNION ALL SELECT concat('topups ', topup_id) FROM contradictions WHERE $1 = 'contradictions' AND id::text = $2
		UNION ALL SELECT concat('entries ', id) FROM entries WHERE $1 = 'topups' AND topup_id::text = $2
		UNION ALL SELECT concat('attempts ', id) FROM attempts WHERE $1 = 'topups' AND topup_id::text = $2
		UNION ALL SELECT concat('entries ', id) FROM entries WHERE $1 = 'adjustments' AND adjustment_id::text = $2
		UNION ALL SELECT concat('adjustments ', id) FROM adjustments WHERE $1 = 'adjustments' AND reverses::text = $2
		UNION ALL SELECT concat('adjustments ', reverses) FROM adjustments WHERE $1 = 'adjustments' AND id::text = $2
		UNION ALL SELECT concat('adjustment_lists ', list_id) FROM adjustments WHERE $1 = 'adjustments' AND id::text = $2
		UNION ALL SELECT concat('adjustments ', id) FROM adjustments WHERE $1 = 'adjustment_lists' AND list_id::text = $2
		UNION ALL SELECT concat('change_requests ', id) FROM change_requests WHERE $1 IN ('customers', 'balances') AND customer_id::text = $2
		UNION ALL SELECT concat('balances ', customer_id) FROM change_requests WHERE $1 = 'change_requests' AND id::text = $2
		UNION ALL SELECT concat('customers ', customer_id) FROM change_requests WHERE $1 = 'change_requests' AND id::text = $2
		UNION ALL SELECT concat('change_requests ', o.id) FROM change_requests r JOIN change_requests o ON o.kind = r.kind AND o.customer_id IS NOT DISTINCT FROM r.customer_id
		          WHERE $1 = 'change_requests' AND r.id::text = $2
		UNION ALL SELECT concat('exchange_rates ', id) FROM exchange_rates WHERE $1 = 'change_requests' AND request_id::text = $2
		UNION ALL SELECT concat('change_requests ', request_id) FROM exchange_rates WHERE $1 = 'exchange_rates' AND id::text = $2
		UNION ALL SELECT concat('balances ', $2) WHERE $1 = 'customers'
		UNION ALL SELECT concat('topups ', topup_id) FROM quotes WHERE $1 = 'quotes' AND id::text = $2
		UNION ALL SELECT concat('quotes ', id) FROM quotes WHERE $1 = 'topups' AND topup_id::text = $2
		UNION ALL SELECT concat('quotes ', q.id) FROM quotes q JOIN exchange_rates r ON r.mxn_per_usd = q.rate
		          WHERE $1 = 'exchange_rates' AND r.id::text = $2
		UNION ALL SELECT concat('checkpoints ', customer_id, ' ', day) FROM checkpoints WHERE $1 = 'business_days' AND day::text = $2
		UNION ALL SELECT concat('checkpoints ', $2, ' ', day) FROM business_days WHERE $1 = 'checkpoints' -- a copy for another customer
		UNION ALL SELECT concat('checkpoints ', id, ' ', $2) FROM customers WHERE $1 = 'checkpoints' -- or of another day
		UNION ALL SELECT concat('customers ', $2) WHERE $1 = 'balances'
		UNION ALL SELECT concat('topups ', t.id) FROM topups t JOIN exchange_rates r ON r.mxn_per_usd = t.rate
		          WHERE $1 = 'exchange_rates' AND r.id::text = $2
		UNION ALL SELECT concat('quarter_hours ', customer_id, ' ', CAST($3 AS text)) FROM quarter_hours
		          WHERE $1 = 'quarter_hours' AND `+quarter+` = $2
		UNION ALL SELECT concat('day_sums ', customer_id, ' ', CAST($3 AS text)) FROM day_sums
		          WHERE $1 = 'day_sums' AND `+summedDay+` = $2
		UNION ALL SELECT concat('day_sums ', `+summedDay+`) FROM day_sums WHERE $1 = 'day_sums_through'`, table, key, copiedQuarter)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// names says whether a difference names one of these rows.
func names(found []Difference, rows []string) bool {
	return slices.ContainsFunc(found, func(d Difference) bool { return slices.Contains(rows, d.Table+" "+d.Row) })
}
