package torture

// Where histories take place: a database, the instances on it and the operators.

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/store/verify"
	"latcom.example/latcom-billing/topup"
)

// world outlives its histories: instances that were not killed go on to the next.
type world struct {
	db        *database
	tally     *tally
	plant     *plant
	instances []*instance
	operators []billing.Actor
	office    *topup.Engine // of the test's own: what nothing goes wrong with
}

// plant is a bug that a test puts into the world, to see whether it is found.
type plant struct {
	name    string
	sql     string                               // what it takes away from the database
	rewrite func(operation, query string) string // how it words a statement
	answer  func(billing.Answer) billing.Answer  // what it makes of Latcom's answer
	late    bool                                 // it commits the attempt after it has sent
}

func newWorld(t testing.TB, counted *tally, p *plant) *world {
	t.Helper()
	w := &world{db: newDatabase(t), tally: counted, plant: p}
	s, err := store.Open(context.Background(), store.Options{URL: w.db.url, MaxConns: 4})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	for _, name := range []string{"Ana", "Ben", "Cleo"} {
		w.operators = append(w.operators, storetest.Operator(t, s, name, billing.RoleFinance))
	}
	w.office = topup.New(s, nil, slog.New(slog.DiscardHandler), topup.Options{})
	if p != nil {
		must(t, exec(w.db.DB, p.sql))
	}
	t.Cleanup(func() {
		for _, i := range w.instances {
			i.bury(w.db)
		}
	})
	return w
}

// reset forgets what belongs to no customer.
func (w *world) reset() {
	fine(exec(w.db.DB, `DELETE FROM river_job`))
	fine(exec(w.db.DB, `DELETE FROM instances`))
	fine(exec(w.db.DB, `
		UPDATE breaker SET failures = 0, opened_at = NULL, retry_at = NULL, pause_seconds = 15, reason = '', probe = NULL, probe_until = NULL`))
}

// verified lets the product's own proof look at everything that was left.
func (w *world) verified() (difference string) {
	report, err := verify.Run(context.Background(), w.db.DB)
	if err != nil {
		return err.Error()
	}
	for _, d := range report.Differences {
		difference += d.String() + "\n"
	}
	return difference
}

func (w *world) remove(dead *instance) {
	for n, i := range w.instances {
		if i == dead {
			w.instances = append(w.instances[:n:n], w.instances[n+1:]...)
			return
		}
	}
}

// alive lists the names, among the instances, of those that beat: not the paused.
func (w *world) alive() (ids []string) {
	for _, i := range w.instances {
		if !i.paused && !i.dead() {
			ids = append(ids, i.engine.InstanceID())
		}
	}
	return ids
}

// longestHeld is how far time may go on while Latcom holds a request that it has
// not worked on: the product's client would have given up long before.
const longestHeld = 5 * time.Minute
