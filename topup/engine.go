// Package topup carries a top-up from accepted to settled. It is the only
// package that moves a top-up between states or posts its ledger entries. It
// knows no HTTP, neither the resellers' nor Latcom's.
package topup

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Provider delivers airtime. Its answer is an outcome with evidence, never an
// error: what went wrong is what the outcome says.
type Provider interface {
	TopUp(ctx context.Context, send billing.Send) billing.Answer
}

// Options are the engine's settings; contract §4 says what each means.
type Options struct {
	ListenURL     string                 // database to LISTEN on
	Concurrency   int                    // LATCOM_CONCURRENCY
	RetryWindow   time.Duration          // TOPUP_RETRY_WINDOW
	MaxWait       time.Duration          // TOPUP_MAX_WAIT; 0: off
	Min, Max      billing.MXN            // TOPUP_MIN_MXN, TOPUP_MAX_MXN
	ApprovalLimit billing.USD            // APPROVAL_LIMIT_USD; 0: off
	Zone          *time.Location         // TIMEZONE, whose days a daily cap counts; nil: UTC
	Work          bool                   // WORKERS: work the queue in this process
	Inquirer      Inquirer               // LATCOM_STATUS_INQUIRY; nil: not offered
	Beside        []Beside               // other packages' work on the same queue client
	Around        []rivertype.Middleware // who looks at each job from outside
	Sandbox       *Sandbox               // play money; nil: it is real
	Disk          *Disk                  // where DATA_DIR is; nil: nobody watches it

	Grouped func(step string, orders int) // is told of each group that was worked; nil: nobody is

	// Classify is told, every few seconds, what operators have classified and is
	// in force: it decides later answers. Nil: nobody has to know.
	Classify func([]billing.Classification)
}

// Beside is a queue with work that is no top-up's: it rides on the engine's client
// of the queue, so that there is one, with one set of rules for stuck jobs.
type Beside struct {
	Queue    string
	Workers  int
	Poll     time.Duration // how often it looks for work; 0: as often as the other queues
	Register func(*river.Workers) error
}

// Engine accepts top-ups and works them off.
type Engine struct {
	store    *store.Store
	provider Provider
	log      *slog.Logger
	options  Options

	instanceID string
	changes    changes
	stopping   chan struct{} // closed when the process begins to stop
	stopOnce   sync.Once

	arrivals   gatherer[*arrival]
	departures gatherer[*departure]
	answers    gatherer[*answered]

	hands hands
	lease lease
	float gauge

	inFlight    atomic.Int64          // requests to Latcom under way
	lines       atomic.Pointer[lines] // what waits, by customer
	lastBreaker atomic.Pointer[store.Breaker]
	instances   atomic.Int64 // that live, this one included
	restored    atomic.Bool  // nobody has checked yet what a restore lost: nothing expires
}

// New returns an engine that is not working yet; see Run.
func New(s *store.Store, provider Provider, log *slog.Logger, o Options) *Engine {
	e := &Engine{
		store: s, provider: provider, log: log, options: o,
		instanceID: newInstanceID(),
		stopping:   make(chan struct{}),
	}
	e.gather()
	e.lastBreaker.Store(&store.Breaker{})
	e.lines.Store(&lines{})
	return e
}

// gather says what goes in groups.
func (e *Engine) gather() {
	e.arrivals = gatherer[*arrival]{
		step: "accept", lanes: lanes, grouped: e.options.Grouped, work: e.takeIn, broken: e.refuseBroken, alone: (*arrival).goesAlone,
		of: func(a *arrival) int64 { return a.order.CustomerID },
	}
	e.departures = gatherer[*departure]{
		step: "begin", lanes: lanes, grouped: e.options.Grouped, work: e.depart, broken: e.beginBroken, alone: func(*departure) bool { return false },
		of: func(d *departure) int64 { return d.errand.job.ID }, // the account is not locked
	}
	e.answers = gatherer[*answered]{
		step: "settle", lanes: lanes, grouped: e.options.Grouped, work: e.writeDown, broken: e.settleBroken, alone: func(*answered) bool { return false },
		of: func(a *answered) int64 { return a.topUp.CustomerID },
	}
}

func newInstanceID() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed"
	}
	return fmt.Sprintf("%.40s-%s", host, rand.Text()[:10])
}

// InFlight is how many requests to Latcom are under way in this process.
func (e *Engine) InFlight() int64 { return e.inFlight.Load() }

// Concurrency is how many may be.
func (e *Engine) Concurrency() int { return e.options.Concurrency }

// MaxWait is how long an order that was never sent waits before it expires; 0: for
// ever.
func (e *Engine) MaxWait() time.Duration { return e.options.MaxWait }

// ApprovalLimit is the amount above which an adjustment waits for a second
// operator; zero: none does.
func (e *Engine) ApprovalLimit() billing.USD { return e.options.ApprovalLimit }

// Range is the open range of face values in MXN, inclusive, of who has none of his own.
func (e *Engine) Range() (lowest, highest billing.MXN) { return e.options.Min, e.options.Max }

// CanInquire says whether Latcom answers questions about orders for our account.
func (e *Engine) CanInquire() bool { return e.options.Inquirer != nil }

// Stopping is closed when the process begins to stop: who waits for a top-up
// answers with what is known.
func (e *Engine) Stopping() <-chan struct{} { return e.stopping }

// Stop begins to stop: nobody is kept waiting any longer and no job is begun. An
// order that still comes in is accepted, for whoever works next. Run ends later, when the requests under way have been answered.
func (e *Engine) Stop() { e.stopOnce.Do(func() { close(e.stopping) }) }

func (e *Engine) isStopping() bool {
	select {
	case <-e.stopping:
		return true
	default:
		return false
	}
}
