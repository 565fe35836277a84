// Package storetest gives each test its own migrated Postgres database, and what
// tests about money need: customers, held top-ups, races that are certain.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
)

// model is a migrated database to copy from, and how the program signs in to it:
// copies keep what its role was granted.
type model struct {
	name string
	app  migrations.Login
}

// template is a database migrated once a test binary, which New then copies.
var template = sync.OnceValues(func() (model, error) {
	name := "billing_template_" + strings.ToLower(rand.Text()[:8])
	if err := exec("CREATE DATABASE " + name); err != nil {
		return model{}, err
	}
	db, err := sql.Open("postgres", URL(name))
	if err != nil {
		return model{}, err
	}
	defer db.Close()
	if _, err := migrations.Up(context.Background(), db); err != nil {
		return model{}, err
	}
	app, err := admit(context.Background(), db, name)
	if err != nil {
		return model{}, err
	}
	_, err = db.ExecContext(context.Background(), `INSERT INTO exchange_rates (mxn_per_usd) VALUES (18)`)
	return model{name, app}, err
})

// admit makes the role that the program works as, as the program does.
func admit(ctx context.Context, db *sql.DB, name string) (migrations.Login, error) {
	app, err := migrations.Application(name, "a secret of the tests")
	if err != nil {
		return app, err
	}
	return app, migrations.Admit(ctx, db, app)
}

// New returns a store on an empty, migrated database with a rate of 18 MXN per
// USD, signed in as the program is. The database is dropped when t ends.
func New(t testing.TB) *store.Store {
	t.Helper()
	s, _ := NewWithURL(t)
	return s
}

// NewWithURL is New for who also needs the database's address.
func NewWithURL(t testing.TB) (*store.Store, string) {
	t.Helper()
	name, app := copied(t)
	url := as(app, name)
	return open(t, name, url), url
}

// NewAsOwner is NewWithURL signed in as the database's owner, for tests of what
// starts there.
func NewAsOwner(t testing.TB) (*store.Store, string) {
	t.Helper()
	name, _ := copied(t)
	t.Cleanup(func() { // what a program that was started left: its sandbox, its roles
		for _, leftover := range []string{
			"DROP DATABASE IF EXISTS " + name + "_sandbox WITH (FORCE)",
			"DROP ROLE IF EXISTS " + name + "_sandbox_app", "DROP ROLE IF EXISTS " + name + "_app",
		} {
			if err := exec(leftover); err != nil {
				t.Error(err)
			}
		}
	})
	return open(t, name, URL(name)), URL(name)
}

func copied(t testing.TB) (name string, app migrations.Login) {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatalf("test database (run `make test`, or set TEST_DATABASE_URL to a superuser's URL): %v", err)
	}
	name = "billing_test_" + strings.ToLower(rand.Text()[:12])
	if err := exec(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, from.name)); err != nil {
		t.Fatal(err)
	}
	return name, from.app
}

// owners has the owner's way in to each store's database.
var owners sync.Map

// open also drops the database when t ends.
func open(t testing.TB, name, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	owner, err := sqlx.Open("postgres", URL(name))
	if err != nil {
		t.Fatal(err)
	}
	owners.Store(s, owner)
	t.Cleanup(func() {
		owners.Delete(s)
		s.Close()
		owner.Close()
		if err := exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Owner is the way in of the database's owner: for a test that does what the
// program cannot do.
func Owner(s *store.Store) *sqlx.DB {
	owner, _ := owners.Load(s)
	return owner.(*sqlx.DB)
}

// URL is the address of a database on the test server, for its owner.
func URL(database string) string {
	u := address()
	if database != "" {
		u.Path = "/" + database
	}
	return u.String()
}

func as(app migrations.Login, database string) string {
	u := address()
	u.User, u.Path = url.UserPassword(app.Role, app.Password), "/"+database
	return u.String()
}

func address() *url.URL {
	u, err := url.Parse(os.Getenv("TEST_DATABASE_URL"))
	if err != nil {
		panic(fmt.Sprintf("TEST_DATABASE_URL: %v", err))
	}
	return u
}

func exec(query string) error {
	if os.Getenv("TEST_DATABASE_URL") == "" {
		return errors.New("TEST_DATABASE_URL is not set")
	}
	db, err := sql.Open("postgres", URL(""))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), query)
	return err
}

// Customer adds a customer with a posted deposit of credit USD ("0" for none).
func Customer(t testing.TB, s *store.Store, credit string) billing.Customer {
	t.Helper()
	ctx := t.Context()
	code := "T" + rand.Text()[:8]
	var id int64
	err := s.InTx(ctx, func(tx *store.Tx) (err error) {
		if id, err = tx.InsertCustomer(ctx, code, "Abarrotes "+code); err != nil {
			return err
		}
		amount := billing.MustUSD(credit)
		if amount.Sign() == 0 {
			return nil
		}
		balance, err := tx.LockBalance(ctx, id)
		if err != nil {
			return err
		}
		a := billing.Adjustment{
			ID: billing.NewTopUpID().UUID, CustomerID: id, Amount: amount, Reason: billing.ReasonDeposit,
			Note: "test deposit", State: billing.AdjustmentPosted,
		}
		entry, _, err := balance.Adjust(a)
		if err != nil {
			return err
		}
		if _, err := tx.InsertAdjustment(ctx, a); err != nil {
			return err
		}
		return tx.Post(ctx, entry)
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Customer(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Operator adds an operator and returns how the audit log names him. Nobody can
// sign in with its password.
func Operator(t testing.TB, s *store.Store, name string, role billing.Role) billing.Actor {
	t.Helper()
	var id int64
	err := s.InTx(t.Context(), func(tx *store.Tx) (err error) {
		id, err = tx.InsertOperator(t.Context(), billing.Operator{SignInName: strings.ToLower(name), Name: name, Role: role, PasswordHash: "none"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return billing.Actor{Kind: billing.ActorOperator, ID: &id, Name: name, Address: "127.0.0.1"}
}

// Balance reads a customer's balance.
func Balance(t testing.TB, s *store.Store, customerID int64) billing.Balance {
	t.Helper()
	c, err := s.Customer(t.Context(), customerID)
	if err != nil {
		t.Fatal(err)
	}
	return c.Balance
}

// Contend runs fn n times at once, each of them stopped at the lock that query
// takes until all n are waiting for it. It makes a race certain, not likely. n
// must leave room in the connection pool.
func Contend(t testing.TB, s *store.Store, n int, query string, arg any, fn func(i int)) {
	t.Helper()
	tx := s.DB().MustBeginTx(t.Context(), nil)
	defer tx.Rollback()
	tx.MustExecContext(t.Context(), query, arg)

	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	for waiting := 0; waiting < n; {
		err := s.DB().GetContext(t.Context(), &waiting, `
			SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
}
