package torture

// A database whose clock the test moves, and the test's own way in.

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store/storetest"
)

// virtualClock makes the name now() mean ours, in defaults, triggers and queries:
// every age is measured by the database, so this is the clock of all that the
// engine decides by.
const virtualClock = `
	CREATE SCHEMA clock;
	CREATE TABLE clock.skew (ahead interval NOT NULL);
	INSERT INTO clock.skew VALUES (interval '0');
	CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT pg_catalog.now() + ahead FROM clock.skew $$;
	CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT pg_catalog.clock_timestamp() + ahead FROM clock.skew $$;
	DO $$
	DECLARE
		c record;
	BEGIN
		FOR c IN
			SELECT table_name, column_name FROM information_schema.columns
			WHERE table_schema = 'public' AND column_default = 'now()'
		LOOP
			EXECUTE format('ALTER TABLE public.%I ALTER COLUMN %I SET DEFAULT clock.now()', c.table_name, c.column_name);
		END LOOP;
		EXECUTE format('ALTER DATABASE %I SET search_path = public, clock, pg_catalog', current_database());
	END $$;`

// quickRole is the role of the instances. Its password costs little to prove: they
// come and go by the thousand. (PostgreSQL 15 has no such setting; there it costs
// what it costs.)
const quickRole = `
	DO $$
	BEGIN
		IF current_setting('server_version_num')::int >= 160000 THEN
			PERFORM set_config('scram_iterations', '1000', true);
		END IF;
		EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', current_setting('torture.name'), current_setting('torture.name'));
	END $$;`

// database is where the histories of one worker take place.
type database struct {
	*sql.DB        // the test's own way in, the owner's: no fault ever meets it
	url     string // for the instances and the office, who are the program's role
}

func newDatabase(t testing.TB) *database {
	t.Helper()
	s, address := storetest.NewAsOwner(t)
	must(t, exec(s.DB().DB, virtualClock))
	role := "torture_" + strings.ToLower(rand.Text()[:8])
	conn, err := s.DB().Conn(t.Context())
	must(t, err)
	_, err = conn.ExecContext(t.Context(), `SELECT set_config('torture.name', $1, false)`, role)
	must(t, err)
	_, err = conn.ExecContext(t.Context(), quickRole)
	must(t, err)
	must(t, conn.Close())
	if err := migrations.Admit(t.Context(), s.DB().DB, migrations.Login{Role: role}); !errors.Is(err, migrations.ErrNotOurRole) {
		t.Fatal(err)
	}
	must(t, exec(s.DB().DB, `GRANT USAGE ON SCHEMA clock TO `+role+`; GRANT SELECT ON clock.skew TO `+role))
	u, err := url.Parse(address)
	must(t, err)
	u.RawQuery += "&binary_parameters=yes"
	own, err := sql.Open("postgres", u.String())
	must(t, err)
	t.Cleanup(func() {
		must(t, own.Close())
		must(t, exec(s.DB().DB, `DROP OWNED BY `+role+` CASCADE; DROP ROLE `+role))
	})
	own.SetMaxIdleConns(4)
	u.User = url.UserPassword(role, role)
	return &database{DB: own, url: u.String()}
}

// as is the database's address for one instance, by whose name it can be told
// apart there.
func (d *database) as(name string) string { return d.url + "&application_name=" + name }

// pass lets time go by. Instances that live meanwhile did not miss a heartbeat.
func (d *database) pass(by time.Duration, alive []string) {
	fine(exec(d.DB, `UPDATE clock.skew SET ahead = ahead + make_interval(secs => $1)`, by.Seconds()))
	for _, id := range alive {
		fine(exec(d.DB, `UPDATE instances SET seen_at = clock.now() WHERE id = $1`, id))
	}
}

// end closes the connections of an instance from the other side and waits until
// its transactions are gone: a killed process holds no lock for long.
func (d *database) end(name string) {
	for n := 1; n > 0; { // one that ended by itself meanwhile answers false
		fine(d.QueryRowContext(context.Background(), `
			SELECT count(*) FILTER (WHERE NOT pg_terminate_backend(pid, 30000)) FROM pg_stat_activity WHERE application_name = $1`, name).Scan(&n))
	}
}

func exec(db *sql.DB, query string, args ...any) error {
	_, err := db.ExecContext(context.Background(), query, args...)
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fine is for what must never fail, whatever happens to the instances: the test's
// own way. It ends the history.
func fine(err error) {
	if err != nil {
		panic(violation{"the test's own: " + err.Error()})
	}
}
