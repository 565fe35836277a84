package topup

// Fair between customers, with numbers.

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// waited is what the books say about an order's wait: how long, and how many of
// another customer's were sent meanwhile.
type waited struct {
	Seconds float64 `db:"seconds"`
	Before  int     `db:"before"`
}

func waitOf(t *testing.T, s *store.Store, id billing.TopUpID, other int64) (w waited) {
	t.Helper()
	err := s.DB().GetContext(t.Context(), &w, `
		SELECT EXTRACT(EPOCH FROM t.first_sent_at - t.created_at) AS seconds,
		       (SELECT count(*) FROM topups o WHERE o.customer_id = $2 AND o.first_sent_at >= t.created_at AND o.first_sent_at < t.first_sent_at) AS before
		FROM topups t
		WHERE t.id = $1`, id, other)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAThousandOrdersOfOneCustomerDoNotDelayTheNextCustomers(t *testing.T) {
	t.Parallel()
	const places, delivery = 10, 300 * time.Millisecond
	for instances, flood := range map[int]int{1: 1000, 2: 300} {
		t.Run(fmt.Sprintf("%d orders, %d instances", flood, instances), func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewWithURL(t)
			flooder, next := storetest.Customer(t, s, "10000"), storetest.Customer(t, s, "100")
			var gate sync.RWMutex // closed while the flood comes in, however slow the machine is
			slow := providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
				gate.RLock()
				defer gate.RUnlock()
				<-time.After(delivery)
				return answers(billing.OutcomeDelivered)(ctx, send)
			})
			few := func(o *Options) { o.Concurrency = places }
			var e *Engine
			for range instances {
				e = start(t, s, url, slow, few)
			}
			eventually(t, func() bool { return e.instances.Load() == int64(instances) })
			empty := waitOf(t, s, wait(t, e, accept(t, e, order(next, "into an empty queue"))).ID, flooder.ID)

			gate.Lock()
			var wg sync.WaitGroup
			for part := range 8 {
				wg.Go(func() {
					for i := part; i < flood; i += 8 {
						if _, _, err := e.Accept(t.Context(), order(flooder, fmt.Sprintf("flood-%d", i))); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			gate.Unlock()
			var queued int
			if err := s.DB().GetContext(t.Context(), &queued, `SELECT count(*) FROM topups WHERE status = 'queued'`); err != nil {
				t.Fatal(err)
			}
			flooded := waitOf(t, s, wait(t, e, accept(t, e, order(next, "behind the flood"))).ID, flooder.ID)
			t.Logf("into an empty queue: %.3f s; behind %d queued orders of another customer: %.3f s, %d of them sent meanwhile (first come, first served: %.1f s or more)",
				empty.Seconds, queued, flooded.Seconds, flooded.Before, float64(queued)*delivery.Seconds()/places)
			if queued < flood/4 {
				t.Fatalf("only %d were queued: this proves nothing", queued)
			}
			if flooded.Before > 3*places {
				t.Errorf("%d orders of the flood were sent before it, want %d at most", flooded.Before, 3*places)
			}
		})
	}
}

// The queue is worked off by hand here, job by job in its order.
func TestNobodyWaitsForEverThoughOthersKeepComing(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	const places, flood, others = 8, 40, 5
	e := New(s, nil, discard, Options{Concurrency: places, Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	flooder := storetest.Customer(t, s, "1000")
	for i := range flood {
		accept(t, e, order(flooder, fmt.Sprintf("flood-%d", i)))
	}
	busy := make([]billing.Customer, others)
	for i := range busy {
		busy[i] = storetest.Customer(t, s, "1000")
		accept(t, e, order(busy[i], "0"))
	}
	var sent []string
	for step := 1; len(sent) < flood; step++ {
		if step > 2*flood*(others+1) {
			t.Fatalf("after %d jobs only %d of the first customer's were taken up", step, len(sent))
		}
		if err := e.measureWait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := e.shareQueue(t.Context()); err != nil {
			t.Fatal(err)
		}
		var first struct {
			Job       int64           `db:"job"`
			TopUp     billing.TopUpID `db:"topup"`
			Customer  int64           `db:"customer"`
			Reference string          `db:"reference"`
		}
		err := s.DB().GetContext(t.Context(), &first, `
			SELECT j.id AS job, t.id AS topup, t.customer_id AS customer, t.reference
			FROM river_job j JOIN topups t ON CAST(t.id AS text) = j.args ->> 'topup'
			WHERE j.state = 'available'
			ORDER BY j.priority, j.scheduled_at, j.id
			LIMIT 1`)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Cancel(t.Context(), billing.Actor{Kind: billing.ActorSystem, Name: "test"}, first.TopUp); err != nil {
			t.Fatal(err)
		}
		s.DB().MustExecContext(t.Context(), `UPDATE river_job SET state = 'completed', finalized_at = now() WHERE id = $1`, first.Job)
		if first.Customer == flooder.ID {
			sent = append(sent, first.Reference)
			continue
		}
		for _, c := range busy {
			if c.ID == first.Customer {
				accept(t, e, order(c, fmt.Sprint(step)))
			}
		}
	}
	for i, reference := range sent {
		if reference != fmt.Sprintf("flood-%d", i) {
			t.Errorf("its orders went out as %v", sent)
			break
		}
	}
}

func TestAFullLineRefusesItsOwnCustomerAndNoOther(t *testing.T) {
	t.Parallel()
	e := New(nil, nil, discard, Options{Concurrency: 10, MaxWait: time.Minute})
	e.lines.Store(&lines{waiting: map[int64]int{1: 1000, 2: 5}, all: 1005, each: 6})
	for customer, refused := range map[int64]bool{1: true, 2: false, 3: false} {
		if err := e.admit(customer); (err != nil) != refused {
			t.Errorf("customer %d: %v", customer, err)
		}
	}
	for customer, want := range map[int64]int{1: 1005, 2: 11, 3: 2} {
		if got := e.lines.Load().ahead(customer); got != want {
			t.Errorf("before the next order of customer %d are %d, want %d", customer, got, want)
		}
	}
	if got := e.ExpectedWait(); got != 603*time.Second {
		t.Errorf("the whole queue takes %s", got)
	}
}
