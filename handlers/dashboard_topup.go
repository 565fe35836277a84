package handlers

// One top-up as its customer sees it: with the customer's own entries, without
// what is between us and the provider.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

func (s *Site) showOwnTopUp(c echo.Context) error {
	ctx, customerID := c.Request().Context(), member(c).CustomerID
	id, err := billing.ParseTopUpID(c.Param("id"))
	if err != nil {
		return err
	}
	o := views.OwnTopUp{}
	if o.TopUp, err = s.Store.TopUp(ctx, id, customerID); err != nil {
		return err
	}
	entries, err := s.Store.TopUpEntries(ctx, id)
	if err != nil {
		return err
	}
	o.Entries = ownEntries(entries, customerID)
	if o.Repeats, err = s.Store.Repeats(ctx, id); err != nil {
		return err
	}
	if o.Webhooks, err = s.Store.TopUpWebhooks(ctx, id); err != nil {
		return err
	}
	o.Held, o.Charged = stillHeld(o.Entries), charged(o.Entries)
	if swaps(c, "topup") {
		return render(c, http.StatusOK, views.OwnTopUpParts(s.reader(c), o))
	}
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	f := s.dashboardFrame(c, customer, s.reader(c).T("Top-up to %s", views.Phone(string(o.TopUp.Phone))), views.DashboardTopUpsPath)
	return render(c, http.StatusOK, views.OwnTopUpPage(f, o))
}

// ownEntries leaves out what moved between accounts of the house.
func ownEntries(entries []billing.Entry, customerID int64) []billing.Entry {
	own := []billing.Entry{}
	for _, e := range entries {
		if e.CustomerID != nil && *e.CustomerID == customerID {
			own = append(own, e)
		}
	}
	return own
}

// charged is what a top-up's entries took from its customer, less what they gave
// back: a failed one may have been charged later, a reversed one is not.
func charged(entries []billing.Entry) billing.USD {
	var sum billing.USD
	for _, e := range entries {
		amount := billing.MustUSD(e.Amount.String())
		if e.To == billing.AccountRevenue {
			sum = sum.Add(amount)
		}
		if e.From == billing.AccountRevenue {
			sum = sum.Sub(amount)
		}
	}
	return sum
}
