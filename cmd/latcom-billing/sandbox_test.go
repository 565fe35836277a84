package main

// The sandbox beside a server: made at the first start, missed by nobody else.

import (
	"crypto/rand"
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"latcom.example/latcom-billing/store/storetest"
)

func TestAServerMakesItsSandboxAndProvesItByItself(t *testing.T) {
	_, address := storetest.NewAsOwner(t)
	settings := served(address)
	if got := runs(t, settings, "migrate"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	if got := runs(t, settings, "verify", "--sandbox"); got.code != exitFailed || !strings.Contains(got.err, "there is no sandbox") {
		t.Errorf("before the first start: %+v", got)
	}
	// Two at once: one makes the database, both work in it.
	one, two := starts(t, settings, "serve"), starts(t, settings, "serve")
	key := billingTestKey()
	for _, p := range []*process{one, two} {
		becomesFor(t, order{at: p.url(t) + "/api/v1/balance", key: key}, http.StatusUnauthorized)
	}
	if got := runs(t, settings, "verify", "--sandbox"); got.code != exitDone || !strings.Contains(got.out, "proven") {
		t.Errorf("%+v", got)
	}
	for _, p := range []*process{one, two} {
		p.signal(t, syscall.SIGTERM)
		if code := p.ends(t, 15*time.Second); code != exitDone {
			t.Errorf("it ends with %d", code)
		}
		if said := p.output(); strings.Contains(said, `"ERROR"`) {
			t.Error(said)
		}
	}
}

// billingTestKey opens nothing: a sandbox that is there answers 401 to it.
func billingTestKey() string { return "lb_test_" + rand.Text() }

func TestAServerWithoutTheRightToMakeDatabasesWorksWithoutASandboxAndSaysSo(t *testing.T) {
	_, address := storetest.NewAsOwner(t)
	admin, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := "poor_" + strings.ToLower(rand.Text()[:10])
	run := func(query string) {
		t.Helper()
		if _, err := admin.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	run(`CREATE ROLE ` + name + ` LOGIN PASSWORD 'poor'`)
	run(`CREATE DATABASE ` + name + ` OWNER ` + name)
	t.Cleanup(func() {
		for _, query := range []string{`DROP DATABASE ` + name + ` WITH (FORCE)`, `DROP ROLE ` + name} {
			if _, err := sqlOnce(address, query); err != nil {
				t.Error(err)
			}
		}
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User, u.Path = url.UserPassword(name, "poor"), "/"+name
	live := newKeyOf(t, u.String())
	p := starts(t, served(u.String()), "serve")
	p.waitFor(t, "may not make databases (CREATEDB)")
	becomesFor(t, order{at: p.url(t) + "/api/v1/balance", key: billingTestKey()}, http.StatusServiceUnavailable)
	becomesFor(t, order{at: p.url(t) + "/api/v1/balance", key: live}, http.StatusOK)
	if n := strings.Count(p.output(), "there is no sandbox"); n != 1 {
		t.Errorf("it says so %d times", n)
	}
}

// newKeyOf is newKey on a database that is not migrated yet.
func newKeyOf(t *testing.T, address string) string {
	t.Helper()
	if got := runs(t, map[string]string{"DATABASE_URL": address}, "migrate"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	return newKey(t, address)
}

func sqlOnce(address, query string) (sql.Result, error) {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return db.Exec(query)
}

func TestTheSandboxHasANameThatPostgreSQLTakes(t *testing.T) {
	long := strings.Repeat("n", 63)
	for live, want := range map[string]string{"billing": "billing_sandbox", long: sandboxOf(long)} {
		if got := sandboxOf(live); got != want || len(got) > 63 || got == live {
			t.Errorf("%s: %s", live, got)
		}
	}
	if a, b := sandboxOf(long), sandboxOf(long[:62]+"m"); a == b {
		t.Error("two databases share a sandbox")
	}
	for address, want := range map[string]string{
		"postgres://u:p@h/live?sslmode=disable&dbname=x": "postgres://u:p@h/two?sslmode=disable",
		"host=h dbname=live":                             "host=h dbname=live dbname='two'",
	} {
		if got, err := inDatabase(address, "two"); err != nil || got != want {
			t.Errorf("%s: %s %v", address, got, err)
		}
	}
}
