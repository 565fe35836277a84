package main

// Who the program is to its database.

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/views"
)

// connectedAs lists the roles whose sessions are the program's.
func connectedAs(t *testing.T, s *store.Store) (roles []string) {
	t.Helper()
	err := s.DB().SelectContext(t.Context(), &roles, `
		SELECT DISTINCT usename FROM pg_stat_activity
		WHERE datname = current_database() AND backend_type = 'client backend' AND application_name = 'of a program'`)
	if err != nil {
		t.Fatal(err)
	}
	return roles
}

func TestAServerSignsInAsARoleThatCannotAlterTheLedger(t *testing.T) {
	s, address := storetest.NewAsOwner(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("application_name", "of a program")
	u.RawQuery = q.Encode()
	key := newKey(t, address)
	settings := served(u.String())
	p := starts(t, settings, "serve")
	becomesFor(t, order{at: p.url(t) + "/api/v1/balance", key: key}, http.StatusOK)
	name := strings.TrimPrefix(u.Path, "/")
	eventually(t, func() (bool, string) { // the owner is there until the sandbox is made
		roles := connectedAs(t, s)
		return slices.Equal(roles, []string{name + "_app"}), fmt.Sprintf("it is connected as %v", roles)
	})
	if strings.Contains(p.output(), "could alter") {
		t.Error("it warns that it could alter the ledger")
	}
	// Commands beside it do the same, and a second start finds all as it was.
	if got := runs(t, settings, "verify"); got.code != exitDone {
		t.Errorf("%+v", got)
	}
	if got := runs(t, settings, "migrate"); got.code != exitDone || !strings.Contains(got.out, "0 migrations applied") {
		t.Errorf("%+v", got)
	}
	again := starts(t, settings, "serve")
	becomes(t, again.url(t)+views.DashboardSignInPath, http.StatusOK)
}

func TestAServerThatCouldAlterTheLedgerSaysSo(t *testing.T) {
	_, address := storetest.NewAsOwner(t)
	admin, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := "plain_" + strings.ToLower(rand.Text()[:10])
	run := func(query string) {
		t.Helper()
		if _, err := admin.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	run(`CREATE ROLE ` + name + ` LOGIN PASSWORD 'plain'`)
	run(`CREATE DATABASE ` + name + ` OWNER ` + name)
	t.Cleanup(func() {
		for _, query := range []string{`DROP DATABASE ` + name + ` WITH (FORCE)`, `DROP ROLE ` + name, `DROP ROLE IF EXISTS ` + name + `_app`} {
			db, err := sql.Open("postgres", address)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(query); err != nil {
				t.Error(err)
			}
			db.Close()
		}
	})
	u, err := url.Parse(storetest.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(name, "plain")
	p := starts(t, served(u.String()), "serve")
	becomes(t, p.url(t)+views.DashboardSignInPath, http.StatusOK)
	p.waitFor(t, "may not make roles")

	// An administrator makes the role; the program is told to work as it.
	run(`CREATE ROLE ` + name + `_app LOGIN PASSWORD 'other'`)
	if got := runs(t, served(u.String()), "migrate"); got.code != exitDone || !strings.Contains(got.err, "was made by somebody else") {
		t.Errorf("%+v", got)
	}
	u.User = url.UserPassword(name+"_app", "other")
	p = starts(t, served(u.String()), "serve")
	becomes(t, p.url(t)+views.DashboardSignInPath, http.StatusOK)
	if strings.Contains(p.output(), "could alter") {
		t.Error("it warns although it could alter nothing")
	}
}

func TestAnAddressKeepsEverythingButItsUser(t *testing.T) {
	login := migrations.Login{Role: "billing app", Password: `it's\`}
	for _, address := range []string{
		"postgres://u:p@db.example:6432/billing?sslmode=disable&application_name=x",
		"postgres://db.example:6432/billing?user=u&password=p&sslmode=disable&application_name=x",
		"postgres://u:p@db.example:6432?dbname=billing&sslmode=disable&application_name=x",
		`host=db.example port=6432 dbname=billing user=u password='p' sslmode=disable application_name=x`,
	} {
		got, err := as(login, address)
		if err != nil {
			t.Fatal(err)
		}
		c, err := pq.NewConfig(got)
		if err != nil {
			t.Fatal(err)
		}
		if c.User != login.Role || c.Password != login.Password || c.Host != "db.example" || c.Port != 6432 || c.Database != "billing" || c.ApplicationName != "x" || c.SSLMode != pq.SSLModeDisable {
			t.Errorf("%s became %s", address, got)
		}
	}
	// The database is named after the user unless it is named.
	got, err := as(login, "postgres://owner:p@db.example?sslmode=disable")
	if c, parsed := pq.NewConfig(got); err != nil || parsed != nil || c.Database != "owner" {
		t.Errorf("%s, %v", got, err)
	}
}
