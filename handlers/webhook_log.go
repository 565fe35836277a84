package handlers

// The log of webhooks: what was sent to an endpoint and what it answered; a test
// event, and what is sent again.

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// webhookRows is how many deliveries a page of the log shows.
const webhookRows = 50

func (s *Site) showWebhook(c echo.Context, b switchboard) error {
	customer, e, err := s.webhookNamed(c, b)
	if err != nil {
		return err
	}
	part, err := webhookLogOf(c, e)
	if err != nil {
		return err
	}
	p := views.WebhookPage{Paths: b.at(customer), Customer: customer, Endpoint: e, State: string(part.State), MayManage: b.manages(c)}
	if p.Deliveries, err = s.Store.WebhookDeliveries(c.Request().Context(), part); err != nil {
		return err
	}
	if len(p.Deliveries) > webhookRows {
		p.Deliveries = p.Deliveries[:webhookRows]
		p.OlderHref = p.Paths.Older(e.ID.String(), p.State, p.Deliveries[webhookRows-1].ID)
	}
	if part.Before > 0 {
		p.NewestHref = p.Paths.In(e.ID.String(), p.State)
	}
	if p.Frame, err = b.frame(c, customer, s.reader(c).T("Webhook"), p.Paths.List); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.WebhookShowPage(p))
}

// webhookLogOf is the part of a log that the address asks for, and one row more.
func webhookLogOf(c echo.Context, e billing.WebhookEndpoint) (store.WebhookLog, error) {
	part := store.WebhookLog{EndpointID: e.ID, Limit: webhookRows + 1}
	switch state := billing.DeliveryState(c.QueryParam("state")); state {
	case "", billing.DeliveryWaiting, billing.DeliveryDelivered, billing.DeliveryFailed, billing.DeliveryEnded:
		part.State = state
	default:
		return part, billing.ErrNotFound
	}
	if before := c.QueryParam("before"); before != "" {
		n, err := strconv.ParseInt(before, 10, 64)
		if err != nil || n < 1 {
			return part, billing.ErrNotFound
		}
		part.Before = n
	}
	return part, nil
}

// deliveryNamed is the delivery that the address names, of the customer's endpoint alone.
func (s *Site) deliveryNamed(c echo.Context, b switchboard) (of billing.Customer, e billing.WebhookEndpoint, d billing.WebhookDelivery, err error) {
	if of, e, err = s.webhookNamed(c, b); err != nil {
		return of, e, d, err
	}
	id, err := strconv.ParseInt(c.Param("delivery"), 10, 64)
	if err != nil {
		return of, e, d, billing.ErrNotFound
	}
	d, err = s.Store.WebhookDelivery(c.Request().Context(), e.ID, id)
	return of, e, d, err
}

func (s *Site) showWebhookDelivery(c echo.Context, b switchboard) error {
	customer, e, d, err := s.deliveryNamed(c, b)
	if err != nil {
		return err
	}
	p := views.WebhookDeliveryPage{Paths: b.at(customer), Customer: customer, Endpoint: e, Delivery: d, MayManage: b.manages(c)}
	if p.Tries, err = s.Store.WebhookTries(c.Request().Context(), d.ID); err != nil {
		return err
	}
	if d.TopUpID != nil {
		p.TopUpHref = views.AdminTopUpPath(d.TopUpID.String())
		if b.own {
			p.TopUpHref = views.DashboardTopUpPath(d.TopUpID.String())
		}
	}
	if p.Frame, err = b.frame(c, customer, s.reader(c).T("Webhook"), p.Paths.List); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.WebhookDeliveryShowPage(p))
}

// testWebhook leads to the test event's own page.
func (s *Site) testWebhook(c echo.Context, b switchboard) error {
	r := s.reader(c)
	customer, e, err := s.webhookNamed(c, b)
	if err != nil {
		return err
	}
	delivery, err := s.Courier.Test(c.Request().Context(), b.actor(c), customer.ID, e.ID)
	if errors.Is(err, billing.ErrIllegalMove) {
		return s.webhookIsOff(c, b.at(customer).One(e.ID.String()))
	}
	if err != nil {
		return err
	}
	return s.saidAt(c, b.at(customer).Delivery(e.ID.String(), strconv.FormatInt(delivery, 10)),
		ui.Toast{Icon: "send", Head: r.T("A test event is on its way"), Text: r.T("Load this page again to see the answer.")})
}

// webhookIsOff says why nothing is sent.
func (s *Site) webhookIsOff(c echo.Context, path string) error {
	r := s.reader(c)
	return s.saidAt(c, path, ui.Toast{Tone: "unknown", Icon: "pause", Head: r.T("Nothing was sent"), Text: r.T("The webhook is not on. Switch it on before.")})
}

func (s *Site) replayWebhook(c echo.Context, b switchboard) error {
	r := s.reader(c)
	customer, e, d, err := s.deliveryNamed(c, b)
	if err != nil {
		return err
	}
	path := b.at(customer).Delivery(e.ID.String(), strconv.FormatInt(d.ID, 10))
	err = s.Courier.Replay(c.Request().Context(), b.actor(c), customer.ID, e.ID, d.ID)
	if errors.Is(err, billing.ErrIllegalMove) {
		return s.webhookIsOff(c, path)
	}
	if err != nil {
		return err
	}
	return s.saidAt(c, path, ui.Toast{Icon: "send", Head: r.T("It is sent again"), Text: r.T("With the same webhook-id. Load this page again to see the answer.")})
}

// longestReplay is how far back what failed is sent again.
const longestReplay = billing.WebhookTriesKept

func (s *Site) replayFailedWebhooks(c echo.Context, b switchboard) error {
	r := s.reader(c)
	customer, e, err := s.webhookNamed(c, b)
	if err != nil {
		return err
	}
	back, err := time.ParseDuration(c.FormValue("since"))
	if err != nil || back <= 0 || back > longestReplay {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	path := b.at(customer).One(e.ID.String())
	replayed, err := s.Courier.ReplayFailed(c.Request().Context(), b.actor(c), customer.ID, e.ID, time.Now().Add(-back))
	if errors.Is(err, billing.ErrIllegalMove) {
		return s.webhookIsOff(c, path)
	}
	if err != nil {
		return err
	}
	if replayed == 0 {
		return s.saidAt(c, path, ui.Toast{Tone: "unknown", Icon: "search", Head: r.T("Nothing was sent"), Text: r.T("Nothing was given up or ended in that time.")})
	}
	return s.saidAt(c, path, ui.Toast{Icon: "send", Head: r.N(replayed, "%s event is sent again", "%s events are sent again"), Text: r.T("Each with its own webhook-id, as before.")})
}
