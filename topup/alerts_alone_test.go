package topup

import (
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// Approvals are off: what goes above the usual limit is in the week's digest.
func TestWhatOneOperatorDidAloneIsToldForAWeek(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, log := listening(s)
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	c := storetest.Customer(t, s, "100")
	for _, step := range []struct {
		amount, want string
	}{{"1000", ""}, {"2500", "1"}, {"3000", "2"}} {
		_, err := e.Adjust(t.Context(), ana, billing.Adjustment{
			ID: uuid.New(), CustomerID: c.ID, Amount: billing.MustUSD(step.amount), Reason: billing.ReasonDeposit, Note: "SPEI",
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.LookAround(t.Context()); err != nil {
			t.Fatal(err)
		}
		if alert := openAlerts(t, s)[billing.AlertDoneAlone]; alert.Words["count"] != step.want || step.want != "" && alert.Link != "/admin/approvals" {
			t.Errorf("after %s: %+v", step.amount, alert)
		}
	}
	if n := log.count("alert raised"); n != 1 {
		t.Errorf("told %d times", n)
	}
}
