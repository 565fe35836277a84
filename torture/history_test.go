package torture

// One history: steps drawn by a seed, each of them followed by a look.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/riverqueue/river/rivertype"

	"latcom.example/latcom-billing/latcom/simulator"
)

// history is one seeded story.
type history struct {
	books
	seen

	seed    uint64
	rng     *rand.Rand
	world   *world
	latcom  *witness
	told    []string
	flights []*flight

	inquires      bool
	breakerOpened bool // ever: orders may have been refused for it
	proposals     []*proposal
	named         int
}

// flight is a job whose request Latcom holds.
type flight struct {
	o     *operation
	job   *rivertype.JobRow
	order *order
}

// violation is what ends a history that went wrong.
type violation struct{ what string }

func (h *history) fail(format string, args ...any) {
	panic(violation{fmt.Sprintf(format, args...)})
}

func (h *history) tell(format string, args ...any) {
	h.told = append(h.told, fmt.Sprintf(format, args...))
}

// broken is a history that went wrong, with everything that led to it.
type broken struct {
	seed  uint64
	what  string
	steps []string
}

func (b *broken) Error() string {
	return fmt.Sprintf("%s\nseed %d; run it again with TORTURE_SEED=%d go test ./torture -run TestBooks\nits steps:\n  %s",
		b.what, b.seed, b.seed, strings.Join(b.steps, "\n  "))
}

// live lets the history of a seed take place.
func (w *world) live(seed uint64) (err error) {
	h := &history{
		seed: seed, rng: rand.New(rand.NewPCG(seed, 1)), world: w, latcom: newWitness(seed),
		seen: seen{kinds: map[string][]string{}, amounts: map[string][]int64{}, sums: map[string]int64{}},
	}
	defer h.latcom.close()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case violation:
			err = &broken{seed, r.what, h.told}
		default:
			panic(r)
		}
	}()
	h.begin()
	for range 12 + h.rng.IntN(16) {
		h.step()
		h.look()
	}
	h.end()
	return nil
}

// begin makes the customers and wakes one instance or two.
func (h *history) begin() {
	h.world.reset()
	h.inquires = h.chance(0.5)
	h.rate = 18_000_000
	h.setRate()
	fine(h.world.db.QueryRowContext(context.Background(), `SELECT COALESCE(max(id), 0) FROM entries`).Scan(&h.last))
	for _, i := range h.world.instances {
		h.wake(i)
	}
	for len(h.world.instances) < 1+h.rng.IntN(2) {
		h.launch()
	}
	for range 1 + h.rng.IntN(2) {
		h.newAccount()
	}
	h.look()
}

func (h *history) chance(p float64) bool { return h.rng.Float64() < p }

func pick[T any](h *history, from []T) T { return from[h.rng.IntN(len(from))] }

// between draws from least to most.
func (h *history) between(least, most int64) int64 { return least + h.rng.Int64N(most-least+1) }

func (h *history) account(id int64) *account {
	for _, a := range h.accounts {
		if a.id == id {
			return a
		}
	}
	h.fail("there is an account of customer %d", id)
	return nil
}

func (h *history) byReference(reference string) *order {
	for _, o := range h.orders {
		if o.reference == reference {
			return o
		}
	}
	h.fail("there is a top-up %s that nobody asked for", reference)
	return nil
}

func (h *history) accepted(statuses ...string) (found []*order) {
	for _, o := range h.orders {
		for _, s := range statuses {
			if o.accepted && o.status == s {
				found = append(found, o)
			}
		}
	}
	return found
}

// launch starts an instance more.
func (h *history) launch() {
	i := launch(h.world.db, h.world.tally, h.world.plant)
	h.world.instances = append(h.world.instances, i)
	h.wake(i)
	h.tell("%s starts", i.name)
}

func (h *history) wake(i *instance) {
	i.paused = false
	i.begin(h.latcom, h.inquires)
}

// bury takes the dead away and starts another when nobody is left.
func (h *history) bury() {
	for _, i := range append([]*instance(nil), h.world.instances...) {
		if !i.dead() {
			continue
		}
		h.tell("%s is dead", i.name)
		h.world.tally.add("instances killed")
		i.bury(h.world.db)
		h.world.remove(i)
		h.flights = keep(h.flights, func(f *flight) bool {
			if f.o.on == i {
				h.latcom.release(f.order.distTransID)
			}
			return f.o.on != i
		})
	}
	if len(h.awake()) == 0 {
		h.launch()
	}
}

func keep[T any](list []T, fn func(T) bool) (kept []T) {
	for _, v := range list {
		if fn(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// awake are the instances that can be asked for something.
func (h *history) awake() []*instance {
	return keep(h.world.instances, func(i *instance) bool { return !i.paused && !i.dead() })
}

func (h *history) someone() *instance { return pick(h, h.awake()) }

// operation draws what goes wrong with a call.
func (h *history) operation(name string, on *instance, badly float64) *operation {
	o := &operation{name: name, on: on}
	if !h.chance(badly) {
		return o
	}
	f := &fault{what: pick(h, []string{cut, cut, crash, crash, full}), atCommit: h.chance(0.5), nth: 1 + h.rng.IntN(2), after: h.chance(0.5)}
	if f.what == full {
		f.atCommit, f.after = false, false
	}
	if !f.atCommit {
		f.nth = 1 + h.rng.IntN(18)
	}
	o.db = f
	return o
}

// does carries an operation out, up to its end or to where Latcom holds it.
func (h *history) does(o *operation, fn func(ctx context.Context) error) (over bool, err error) {
	o.start(fn)
	return h.outcome(o)
}

func (h *history) outcome(o *operation) (over bool, err error) {
	over, err, hangs := o.settles()
	if hangs {
		h.fail("%s of %s does not end", o.name, o.on.name)
	}
	if o.on.dead() {
		h.latcom.calm()
		h.bury()
	}
	return over, err
}

// unexpected says whether an error has no excuse.
func (o *operation) unexpected(err error) bool { return err != nil && !o.hit() && !o.on.dead() }

// fates are those that end in good time.
var fates = keep(simulator.Fates(), func(f simulator.Fate) bool { return f.Digits != "990011" && f.Digits != "990029" })

// phone draws one that is delivered, or one with a fate.
func (h *history) phone() string {
	if h.chance(0.4) {
		return pick(h, fates).Phone()
	}
	return fmt.Sprintf("55%08d", 11_000_000+h.rng.IntN(80_000_000))
}

// pass lets time go by.
func (h *history) pass(by time.Duration) {
	h.tell("%s go by", by)
	h.world.db.pass(by, h.world.alive())
}
