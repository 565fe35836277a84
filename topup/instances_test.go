package topup

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestTwoInstancesTogetherKeepToThePlacesAtLatcom(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	const places = 3
	var underWay, most atomic.Int64
	gate := make(chan struct{})
	slow := providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		n := underWay.Add(1)
		defer underWay.Add(-1)
		for {
			seen := most.Load()
			if n <= seen || most.CompareAndSwap(seen, n) {
				break
			}
		}
		<-gate
		return answers(billing.OutcomeDelivered)(ctx, send)
	})
	few := func(o *Options) { o.Concurrency = places }
	first := start(t, s, url, slow, few)
	second := start(t, s, url, slow, few)
	eventually(t, func() bool { return first.instances.Load() == 2 && second.instances.Load() == 2 })

	c := storetest.Customer(t, s, "100")
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			topUp, _, err := first.Accept(t.Context(), order(c, fmt.Sprintf("r%d", i)))
			if err != nil {
				t.Error(err)
				return
			}
			if got := wait(t, second, topUp); got.Status != billing.StatusSucceeded {
				t.Errorf("got %s", got.Status)
			}
		})
	}
	eventually(t, func() bool { return underWay.Load() == places })
	close(gate)
	wg.Wait()
	if most.Load() > places {
		t.Errorf("%d requests were under way at once, want %d at most", most.Load(), places)
	}
}

// One that hears nothing of what others do: every notification is lost to it.
func TestWhoWaitsGetsHisAnswerAlthoughTheNotificationWasLost(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	_, elsewhere := storetest.NewWithURL(t)
	deaf := start(t, s, elsewhere, answers(billing.OutcomeDelivered), func(o *Options) { o.Work = false })
	start(t, s, url, answers(billing.OutcomeDelivered))
	topUp := accept(t, deaf, order(storetest.Customer(t, s, "100"), "lost"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if got, err := deaf.Wait(ctx, topUp); err != nil || got.Status != billing.StatusSucceeded {
		t.Errorf("got %s, %v", got.Status, err)
	}
	if ctx.Err() != nil {
		t.Error("it was not told before it gave up")
	}
}
