package handlers

// An order by hand, its second half: the review, which holds nothing, and the
// order itself.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// reviewHandOrder shows what an order does before it does it.
func (s *Site) reviewHandOrder(c echo.Context, k counter) error {
	r := s.reader(c)
	o, err := readHandOrder(c, &k)
	if err != nil {
		return err
	}
	if readHandFields(r, &k, &o); len(k.form.Problems) == 0 {
		err = s.weighHandOrder(c, &k, o)
	}
	if err := whyNotOrdered(r, k.form.Problems, err); err != nil {
		return err
	}
	if len(k.form.Problems) > 0 {
		return s.renderHandOrder(c, http.StatusUnprocessableEntity, k)
	}
	if k.form.Frame, err = k.frame(r.T("Review the order")); err != nil {
		return err
	}
	k.form.Here = k.form.Path
	return render(c, http.StatusOK, views.HandOrderReview(k.form))
}

// weighHandOrder prices an order and reckons what it leaves, or says why it would
// be refused.
func (s *Site) weighHandOrder(c echo.Context, k *counter, o billing.Order) (err error) {
	ctx := c.Request().Context()
	k.form.Customer, k.form.To = k.customer, o.Phone
	if k.customer.Suspended {
		return billing.ErrSuspended
	}
	if k.form.Quote, err = s.Engine.Quote(ctx, k.customer.ID, o.Amount); err != nil {
		return err
	}
	pauses, err := s.Store.PausesFor(ctx, k.customer.ID, k.form.Quote.Product)
	if err != nil {
		return err
	}
	if len(pauses) > 0 {
		return billing.UnavailableError{Reason: pauses[0].Reason, Paused: true}
	}
	k.form.Entry, k.form.After, err = k.customer.Hold(billing.NewTopUpID(), k.form.Quote.Price)
	return err
}

// postHandOrder orders. Sent again, it leads to what it ordered the first time.
func (s *Site) postHandOrder(c echo.Context, k counter) error {
	r := s.reader(c)
	o, err := readHandOrder(c, &k)
	if err != nil {
		return err
	}
	var t billing.TopUp
	if readHandFields(r, &k, &o); len(k.form.Problems) == 0 {
		t, _, err = s.Engine.OrderByHand(c.Request().Context(), k.by, o)
	}
	if err := whyNotOrdered(r, k.form.Problems, err); err != nil {
		return err
	}
	if len(k.form.Problems) > 0 {
		return s.renderHandOrder(c, http.StatusUnprocessableEntity, k)
	}
	said := ui.Toast{Head: r.T("Accepted"), Text: r.T("%s MXN to %s", t.Amount.String(), views.Phone(string(t.Phone)))}
	if err := s.say(c, said); err != nil {
		return err
	}
	return seeOther(c, k.done(t))
}
