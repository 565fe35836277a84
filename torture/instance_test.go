package torture

// An instance: a store, an engine and a client of Latcom that live and die
// together, as in a process.

import (
	"context"
	"database/sql/driver"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertest"
	"github.com/riverqueue/river/rivertype"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
)

type instance struct {
	name   string
	tally  *tally
	plant  *plant
	store  *store.Store
	queue  *store.Queue // for the context of its workers
	engine *topup.Engine
	way    *way
	paused bool // stands still: no heartbeat, no step

	died chan struct{}
	once sync.Once
	busy sync.WaitGroup // goroutines that are in it
}

var (
	named   int
	namedMu sync.Mutex
)

// launch makes the process; settle gives it an engine for one history.
func launch(d *database, counted *tally, p *plant) *instance {
	namedMu.Lock()
	named++
	i := &instance{name: fmt.Sprintf("instance-%d", named), tally: counted, plant: p, died: make(chan struct{})}
	namedMu.Unlock()
	var err error
	i.store, err = store.Open(context.Background(), store.Options{
		URL: d.as(i.name), MaxConns: 6,
		Through: func(c driver.Connector) driver.Connector { return faulty{c, i} },
	})
	fine(err)
	i.queue, err = i.store.NewQueue(&river.Config{})
	fine(err)
	return i
}

// begin gives it a fresh engine and a client of the history's Latcom.
func (i *instance) begin(latcom *witness, inquires bool) {
	i.way = newWay(i, latcom)
	o := topup.Options{
		Concurrency: 20, RetryWindow: 2 * time.Minute, MaxWait: 15 * time.Minute,
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), ApprovalLimit: billing.MustUSD(usd(approvalLimit)),
	}
	if inquires {
		o.Inquirer = i.way
	}
	i.engine = topup.New(i.store, i.way, slog.New(slog.DiscardHandler), o)
	fine(i.engine.Turn(context.Background()))
}

// die ends it at once, as kill -9 does: none of its statements is heard any more.
func (i *instance) die() { i.once.Do(func() { close(i.died) }) }

func (i *instance) dead() bool {
	select {
	case <-i.died:
		return true
	default:
		return false
	}
}

// bury lets the database see that it is dead.
func (i *instance) bury(d *database) {
	i.die()
	d.end(i.name)
	i.way.close()
	go func() {
		i.busy.Wait()
		_ = i.store.Close() // its connections are gone already
	}()
}

// work works a job as a worker of its own.
func (i *instance) work(ctx context.Context, row *rivertype.JobRow) error {
	return i.engine.Work(rivertest.WorkContext(ctx, i.queue), row)
}

// planted is a statement as a planted bug has it.
func (i *instance) planted(ctx context.Context, query string) string {
	if i.plant == nil || i.plant.rewrite == nil {
		return query
	}
	name := ""
	if o := operationOf(ctx); o != nil {
		name = o.name
	}
	return i.plant.rewrite(name, query)
}

// plantsLate: the attempt is committed after the request is sent.
func (i *instance) plantsLate() bool { return i.plant != nil && i.plant.late }
