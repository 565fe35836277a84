package storetest

// A database with another clock than this process.

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
)

// NewSkewed is NewWithURL on a database whose clock is an interval ahead of this
// process's ("-1 hour": behind). To this process it is as if its own clock had
// been stepped the other way.
func NewSkewed(t testing.TB, ahead string) (*store.Store, string) {
	t.Helper()
	name := "billing_skewed_" + strings.ToLower(rand.Text()[:12])
	if err := exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("test database: %v", err)
	}
	db, err := sql.Open("postgres", URL(name))
	if err != nil {
		t.Fatal(err)
	}
	// The name now() means ours from here on, in defaults, triggers and queries.
	_, err = db.ExecContext(t.Context(), fmt.Sprintf(`
		CREATE SCHEMA skewed;
		CREATE FUNCTION skewed.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT pg_catalog.now() + interval '%[2]s' $$;
		CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT pg_catalog.clock_timestamp() + interval '%[2]s' $$;
		ALTER DATABASE %[1]s SET search_path = public, skewed, pg_catalog`, name, ahead))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return migrated(t, name)
}

// migrated opens a new database, with our schema and a rate.
func migrated(t testing.TB, name string) (*store.Store, string) {
	t.Helper()
	db, err := sql.Open("postgres", URL(name))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	app, err := admit(t.Context(), db, name)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`INSERT INTO exchange_rates (mxn_per_usd) VALUES (18)`, `GRANT USAGE ON SCHEMA skewed TO ` + app.Role} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := exec("DROP ROLE " + app.Role); err != nil {
			t.Error(err)
		}
	})
	url := as(app, name)
	return open(t, name, url), url
}
