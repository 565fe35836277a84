package handlers_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAReferenceTellsEveryRequestThatCameUnderIt(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	key := p.addKey(t, c)
	first := p.order(t, c, "A-1")
	again := billing.Order{CustomerID: c.ID, Reference: "A-1", Phone: "+525512345678", Amount: billing.MustMXN("50"), APIKeyID: &key.ID, FromAddress: "203.0.113.7"}
	if _, replayed, err := p.engine.Accept(t.Context(), again); err != nil || !replayed {
		t.Fatal(replayed, err)
	}
	again.Amount = billing.MustMXN("60")
	if _, _, err := p.engine.Accept(t.Context(), again); !errors.Is(err, billing.ErrReferenceReused) {
		t.Fatal(err)
	}
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	for _, path := range []string{"/dashboard/references?reference=+A-1", "/dashboard/topups/" + first.ID.String()} {
		rows := laura.get(path).Find("section[aria-labelledby=h-requests] li")
		for i, want := range []string{"Accepted: 50.00 MXN for 55 1234 5678", "The same order", "reference_reused: 60.00 MXN instead"} {
			if got := text(rows.Eq(i)); rows.Length() != 3 || !strings.Contains(got, want) {
				t.Errorf("%s, row %d of %d says %q, want %q in it", path, i, rows.Length(), got, want)
			}
		}
		if got := text(rows.Eq(1)); !strings.Contains(got, key.Hint) || !strings.Contains(got, "203.0.113.7") {
			t.Errorf("the repeat says %q: neither who nor from where", got)
		}
	}
	office := p.as(t, billing.RoleViewer).get("/admin/topups/" + first.ID.String())
	if n := office.Find("section[aria-labelledby=h-requests] li").Length(); n != 3 {
		t.Errorf("operators see %d requests, want 3", n)
	}
	if got := text(laura.get("/dashboard/references?reference=a-1").Find("main")); !strings.Contains(got, "No order was accepted under a-1") {
		t.Errorf("a reference that nobody used: %q", got)
	}
}

func TestOfManyRepeatsTheFirstAreKeptAndEachIsAnswered(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "100")
	first := p.order(t, c, "A-1")
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for range billing.MostRepeats / 8 {
				_, replayed, err := p.engine.Accept(t.Context(), billing.Order{CustomerID: c.ID, Reference: "A-1", Phone: "+525512345678", Amount: billing.MustMXN("50")})
				if err != nil || !replayed {
					t.Errorf("answered %t, %v", replayed, err)
				}
			}
		})
	}
	all.Wait()
	kept, err := p.store.Repeats(t.Context(), first.ID)
	if err != nil || len(kept) < billing.MostRepeats || len(kept) > billing.MostRepeats+10 {
		t.Errorf("%d are kept, %v", len(kept), err)
	}
}
