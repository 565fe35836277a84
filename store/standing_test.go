package store_test

// What our role may do, tried out on the database itself.

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// addedTo lists the tables that are only added to, and those of which nothing is
// removed, as their triggers say.
func addedTo(t *testing.T, s *store.Store, event int) (tables []string) {
	t.Helper()
	err := storetest.Owner(s).SelectContext(t.Context(), &tables, `
		SELECT DISTINCT CAST(tgrelid::regclass AS text) FROM pg_trigger
		WHERE tgfoid = to_regproc('refuse_change') AND tgtype & $1 > 0 ORDER BY 1`, event)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

const onDelete, onUpdate = 8, 16

func TestTheProgramCannotAlterWhatIsOnlyAddedTo(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	storetest.Customer(t, s, "10") // entries and audit lines to alter
	storetest.Operator(t, s, "ana", billing.RoleAdmin)
	kept, unchanged := addedTo(t, s, onDelete), addedTo(t, s, onUpdate)
	for _, name := range []string{"audit_log", "entries", "exchange_rates", "business_days", "checkpoints", "proofs", "float_deposits"} {
		if !slices.Contains(unchanged, name) || !slices.Contains(kept, name) {
			t.Errorf("%s may be changed by everybody", name)
		}
	}
	tries := []string{
		`SET session_replication_role = replica`,
		`CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
		`DROP FUNCTION refuse_change CASCADE`, `DROP SCHEMA public CASCADE`, `ALTER ROLE CURRENT_USER SUPERUSER`,
	}
	for _, name := range kept {
		for _, try := range []string{
			`DELETE FROM %s`, `TRUNCATE %s CASCADE`, `DROP TABLE %s CASCADE`, `ALTER TABLE %s DISABLE TRIGGER ALL`, `ALTER TABLE %s DISABLE TRIGGER USER`,
			`ALTER TABLE %s RENAME TO altered`, `ALTER TABLE %s OWNER TO CURRENT_USER`, `CREATE TRIGGER a_first BEFORE INSERT ON %s EXECUTE FUNCTION refuse_change()`,
			`CREATE RULE a_rule AS ON INSERT TO %s DO INSTEAD NOTHING`,
		} {
			tries = append(tries, fmt.Sprintf(try, name))
		}
	}
	for _, name := range unchanged {
		var column string
		err := storetest.Owner(s).GetContext(t.Context(), &column, `SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum DESC LIMIT 1`, name)
		if err != nil {
			t.Fatal(err)
		}
		tries = append(tries, fmt.Sprintf(`UPDATE %s SET %s = %s`, name, column, column), fmt.Sprintf(`SELECT FROM %s FOR UPDATE`, name))
	}
	for _, try := range tries {
		if _, err := s.DB().ExecContext(t.Context(), try); pq.As(err, "42501") == nil { // insufficient_privilege
			t.Errorf("%s: %v, want permission denied", try, err)
		}
	}
	standing, err := s.Standing(t.Context())
	if err != nil || !standing.Kept() || standing.Tables != len(kept) {
		t.Errorf("the database says %+v, %v, want %d tables kept", standing, err, len(kept))
	}
}

func TestWhoeverCouldAlterTheLedgerIsToldSo(t *testing.T) {
	t.Parallel()
	for name, allow := range map[string]string{
		"an owner":              `DO $$ BEGIN EXECUTE format('GRANT %I TO ROLE', current_user); END $$`,
		"a superuser":           `ALTER USER ROLE SUPERUSER`,
		"a maker of roles":      `ALTER USER ROLE CREATEROLE`,
		"granted to change":     `GRANT UPDATE (note) ON float_deposits TO ROLE`,
		"granted to remove":     `GRANT DELETE ON topups TO ROLE`,
		"granted to empty":      `GRANT TRUNCATE ON entries TO ROLE`,
		"granted triggers":      `GRANT TRIGGER ON audit_log TO ROLE`,
		"everybody is granted":  `GRANT UPDATE ON audit_log TO PUBLIC`,
		"an owner of a table":   `ALTER TABLE proofs OWNER TO ROLE`,
		"an owner of the place": `ALTER SCHEMA public OWNER TO ROLE`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := storetest.NewSkewed(t, "0") // a role of its own
			before, err := s.Standing(t.Context())
			if err != nil || !before.Kept() {
				t.Fatalf("%+v, %v", before, err)
			}
			storetest.Owner(s).MustExecContext(t.Context(), strings.Replace(allow, "ROLE", before.Role, 1))
			if after, err := s.Standing(t.Context()); err != nil || after.Kept() || after.Role != before.Role {
				t.Errorf("%+v, %v, and it could alter something", after, err)
			}
			storetest.Owner(s).MustExecContext(t.Context(), `REASSIGN OWNED BY `+before.Role+` TO CURRENT_USER`)
		})
	}
}
