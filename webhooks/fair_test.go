package webhooks_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// One customer's receiver hangs, with more waiting for it than there are workers:
// orders go on as before, and the next customer is told at once.
func TestASlowReceiverDelaysNeitherTopUpsNorTheNextCustomer(t *testing.T) {
	t.Parallel()
	let := make(chan struct{})
	slow := newReceiver(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-let:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(let) })
	quick := newReceiver(t, nil)
	w := newWorld(t, says(billing.OutcomeDelivered))
	one, other := storetest.Customer(t, w.store, "50000"), storetest.Customer(t, w.store, "5000")
	e, _ := w.endpoint(one, slow.URL)
	w.endpoint(other, quick.URL, billing.EventTopUpSucceeded)
	const flood = 300
	for range flood {
		_, err := w.courier.Test(t.Context(), w.ana, one.ID, e.ID)
		w.must(err)
	}
	slow.next(t)
	began := time.Now()
	for i := range 20 {
		w.settled(w.order(one, fmt.Sprint("r", i)))
	}
	orders := time.Since(began)
	began = time.Now()
	w.settled(w.order(other, "r1"))
	quick.next(t)
	told := time.Since(began)
	t.Logf("with %d webhooks waiting for a receiver that hangs: 20 orders in %s, the next customer is told after %s", flood, orders, told)
	if orders > 10*time.Second || told > 5*time.Second {
		t.Errorf("20 orders took %s, the next customer's webhook %s", orders, told)
	}
	if n := len(slow.got) + 1; n > 8 {
		t.Errorf("%d requests to a receiver that hangs are under way", n)
	}
}
