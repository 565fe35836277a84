package migrations_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// hosted is a new database as a hoster gives it: its owner is no superuser.
type hosted struct {
	*sql.DB // as the owner
	name    string
	admin   *sql.DB
}

func host(t *testing.T, attributes string) hosted {
	t.Helper()
	h := hosted{name: "hosted_" + strings.ToLower(rand.Text()[:12])}
	_, address := storetest.NewAsOwner(t)
	h.admin = connect(t, address)
	run(t, h.admin, `CREATE ROLE `+h.name+` LOGIN PASSWORD '`+h.name+`' `+attributes)
	run(t, h.admin, `CREATE DATABASE `+h.name+` OWNER `+h.name)
	t.Cleanup(func() {
		for _, query := range []string{`DROP DATABASE ` + h.name + ` WITH (FORCE)`, `DROP ROLE IF EXISTS ` + h.name + `_app`, `DROP ROLE ` + h.name} {
			run(t, h.admin, query)
		}
	})
	h.DB = connect(t, h.as(t, migrations.Login{Role: h.name, Password: h.name}))
	if _, err := migrations.Up(t.Context(), h.DB); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h hosted) as(t *testing.T, l migrations.Login) string {
	t.Helper()
	u, err := url.Parse(storetest.URL(h.name))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(l.Role, l.Password)
	return u.String()
}

func connect(t *testing.T, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.ExecContext(context.WithoutCancel(t.Context()), query); err != nil {
		t.Errorf("%s: %v", query, err)
	}
}

func login(t *testing.T, database, secret string) migrations.Login {
	t.Helper()
	l, err := migrations.Application(database, secret)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// works says whether a login opens the database, can work there and alter nothing
// of what is only added to.
func (h hosted) works(t *testing.T, l migrations.Login) error {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: h.as(t, l), MaxConns: 2})
	if err != nil {
		return err
	}
	defer s.Close()
	standing, err := s.Standing(t.Context())
	if err == nil && !standing.Kept() {
		err = errors.New(standing.Role + " could alter something")
	}
	storetest.Operator(t, s, "ana"+strings.ToLower(rand.Text()[:4]), "admin")
	return errors.Join(err, migrations.Check(t.Context(), s.DB().DB))
}

func TestAnOwnerWhoMayMakeRolesMakesOneThatCanAlterNothing(t *testing.T) {
	t.Parallel()
	h := host(t, "CREATEROLE")
	app := login(t, h.name, "the owner's password")
	for range 2 { // each start does it
		if err := migrations.Admit(t.Context(), h.DB, app); err != nil {
			t.Fatal(err)
		}
		if err := h.works(t, app); err != nil {
			t.Error(err)
		}
	}
	run(t, h.DB, `GRANT TRUNCATE ON entries TO `+app.Role) // by hand
	if err := h.works(t, app); err == nil {
		t.Error("a grant by hand went unseen")
	}
	run(t, h.DB, `CREATE TABLE of_tomorrow (id int)`)
	if err := migrations.Admit(t.Context(), h.DB, app); err != nil {
		t.Fatal(err)
	}
	if err := h.works(t, app); err != nil {
		t.Error(err)
	}
	if _, err := connect(t, h.as(t, app)).ExecContext(t.Context(), `INSERT INTO of_tomorrow VALUES (1); DELETE FROM of_tomorrow`); err != nil {
		t.Error("a new table is not granted:", err)
	}
}

func TestARoleGetsThePasswordOfTodaysSecret(t *testing.T) {
	t.Parallel()
	h := host(t, "CREATEROLE")
	before, today := login(t, h.name, "before"), login(t, h.name, "today")
	if err := migrations.Admit(t.Context(), h.DB, before); err != nil {
		t.Fatal(err)
	}
	if err := h.works(t, today); pq.As(err, "28P01") == nil {
		t.Errorf("another secret's password: %v", err)
	}
	if err := migrations.SetPassword(t.Context(), h.DB, today); err != nil {
		t.Fatal(err)
	}
	if err := h.works(t, today); err != nil {
		t.Error(err)
	}
}

func TestAnOwnerWhoMayMakeNoRolesIsToldSo(t *testing.T) {
	t.Parallel()
	h := host(t, "NOCREATEROLE")
	app := login(t, h.name, "a secret")
	if err := migrations.Admit(t.Context(), h.DB, app); !errors.Is(err, migrations.ErrMayNotMakeRoles) {
		t.Error(err)
	}
	// An administrator makes the role: it is granted the same, and keeps its password.
	run(t, h.admin, `CREATE ROLE `+app.Role+` LOGIN PASSWORD 'the administrator''s'`)
	if err := migrations.Admit(t.Context(), h.DB, app); !errors.Is(err, migrations.ErrNotOurRole) {
		t.Error(err)
	}
	if err := h.works(t, migrations.Login{Role: app.Role, Password: "the administrator's"}); err != nil {
		t.Error(err)
	}
}

func TestEveryDatabaseHasARoleOfItsOwn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 62)
	for _, database := range []string{long + "b", long + "c", "billing", "Billing live"} {
		l := login(t, database, "secret")
		if len(l.Role) > 63 || len(l.Password) < 40 {
			t.Errorf("%q has %+v", database, l)
		}
	}
	if login(t, long+"b", "s").Role == login(t, long+"c", "s").Role {
		t.Error("two databases share a role")
	}
	if login(t, "a", "s").Password == login(t, "b", "s").Password || login(t, "a", "s").Password == login(t, "a", "z").Password {
		t.Error("a password opens another role")
	}
}
