package handlers

// Webhooks: the endpoints of a customer's programs, by its owners on its dashboard
// and by operators on its page.

import (
	"errors"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
	"latcom.example/latcom-billing/webhooks"
)

// switchboard is one of the two places.
type switchboard struct {
	custody
	hooks views.WebhookPaths // with the places of what stands in the address
	inBox bool               // they are the sandbox's
}

// at are the addresses of a customer's own.
func (b switchboard) at(of billing.Customer) views.WebhookPaths {
	switch {
	case b.inBox:
		return views.OwnSandboxWebhooks
	case b.own:
		return views.OwnWebhooks
	}
	return views.CustomerWebhooks(of.Code)
}

// webhookRoutes are the same in both places. Everybody who comes in there may look;
// who manages changes, tries and replays.
func (s *Site) webhookRoutes(g *echo.Group, d custody, paths views.WebhookPaths) {
	b := switchboard{custody: d, hooks: paths}
	mountWebhooks(g, b, func(do func(*Site, echo.Context, switchboard) error) echo.HandlerFunc {
		return func(c echo.Context) error { return do(s, c, b) }
	})
}

// mountWebhooks adds the routes; at says on which books each works.
func mountWebhooks(g *echo.Group, b switchboard, at func(do func(*Site, echo.Context, switchboard) error) echo.HandlerFunc) {
	d, paths := b.custody, b.hooks
	g.GET(paths.List, at((*Site).listWebhooks))
	g.GET(paths.New(), at((*Site).newWebhook), d.manage)
	g.POST(paths.List, at((*Site).makeWebhook), d.manage)
	g.GET(paths.One(":id"), at((*Site).showWebhook))
	g.GET(paths.Edit(":id"), at((*Site).editWebhook), d.manage)
	g.POST(paths.Edit(":id"), at((*Site).changeWebhook), d.manage)
	g.POST(paths.Switch(":id"), at((*Site).switchWebhook), d.manage)
	g.GET(paths.Rotation(":id"), at((*Site).askWebhookRotation), d.manage)
	g.POST(paths.Rotation(":id"), at((*Site).rotateWebhook), d.manage)
	g.GET(paths.Removal(":id"), at((*Site).askWebhookRemoval), d.manage)
	g.POST(paths.Removal(":id"), at((*Site).removeWebhook), d.manage)
	g.POST(paths.Test(":id"), at((*Site).testWebhook), d.manage)
	g.POST(paths.Replays(":id"), at((*Site).replayFailedWebhooks), d.manage)
	g.GET(paths.Delivery(":id", ":delivery"), at((*Site).showWebhookDelivery))
	g.POST(paths.Replay(":id", ":delivery"), at((*Site).replayWebhook), d.manage)
}

// listWebhooks is a page of the dashboard, and a tab of the customer's page.
func (s *Site) listWebhooks(c echo.Context, b switchboard) error {
	if !b.own {
		return s.listCustomerWebhooks(c, b)
	}
	customer, err := b.customer(c)
	if err != nil {
		return err
	}
	list, err := s.webhookList(c, b, customer)
	if err != nil {
		return err
	}
	f := s.dashboardFrame(c, customer, s.reader(c).T("Webhooks"), b.current(views.DashboardWebhooksPath))
	return render(c, http.StatusOK, views.OwnWebhooksPage(views.OwnWebhookList{Frame: f, WebhookList: list, Sandbox: b.inBox}))
}

func (s *Site) listCustomerWebhooks(c echo.Context, b switchboard) error {
	v, err := s.customerView(c, views.WebhooksPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	list, err := s.webhookList(c, b, v.Customer)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.CustomerWebhooksPage(views.CustomerWebhookList{CustomerView: v, WebhookList: list}))
}

func (s *Site) webhookList(c echo.Context, b switchboard, of billing.Customer) (l views.WebhookList, err error) {
	l = views.WebhookList{Paths: b.at(of), MayManage: b.manages(c), Own: b.own}
	l.Endpoints, err = s.Store.WebhookEndpoints(c.Request().Context(), of.ID)
	return l, err
}

// webhookUse is what the sealed secret of a form is for.
func webhookUse(id string) string { return "webhook " + id }

func (s *Site) newWebhook(c echo.Context, b switchboard) error {
	return s.drawNewWebhook(c, b, http.StatusOK, views.WebhookForm{ID: uuid.NewString(), Events: billing.EventTypes()})
}

func (s *Site) drawNewWebhook(c echo.Context, b switchboard, status int, form views.WebhookForm) error {
	form.Once = s.once(c, webhookUse(form.ID), webhooks.NewSecret())
	return s.drawWebhookForm(c, b, status, form)
}

func (s *Site) drawWebhookForm(c echo.Context, b switchboard, status int, form views.WebhookForm) (err error) {
	if form.Customer, err = b.customer(c); err != nil {
		return err
	}
	form.Paths, form.Private = b.at(form.Customer), s.Courier.AllowsPrivate()
	title := s.reader(c).T("Make a webhook")
	if form.Existing {
		title = s.reader(c).T("Change the webhook")
	}
	if form.Frame, err = b.frame(c, form.Customer, title, form.Paths.List); err != nil {
		return err
	}
	return render(c, status, views.WebhookFormPage(form))
}

// typedWebhook is an endpoint as somebody filled it in.
func typedWebhook(c echo.Context) (views.WebhookForm, error) {
	values, err := c.FormParams()
	if err != nil {
		return views.WebhookForm{}, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	form := views.WebhookForm{URL: typedText(c.FormValue("url")), Description: typedText(c.FormValue("description"))}
	for _, event := range values["events"] {
		form.Events = append(form.Events, billing.EventType(event))
	}
	return form, nil
}

// makeWebhook leads to the page that shows the secret, once.
func (s *Site) makeWebhook(c echo.Context, b switchboard) error {
	r := s.reader(c)
	customer, err := b.customer(c)
	if err != nil {
		return err
	}
	form, err := typedWebhook(c)
	if err != nil {
		return err
	}
	form.ID = c.FormValue("id")
	id, broken := uuid.Parse(form.ID)
	secret, fresh := s.reopened(c, webhookUse(form.ID))
	if broken != nil || !fresh {
		form.ID, form.Problems = uuid.NewString(), map[string]string{"": r.T("This form was open for too long. Send it again.")}
		return s.drawNewWebhook(c, b, http.StatusUnprocessableEntity, form)
	}
	e := billing.WebhookEndpoint{ID: id, CustomerID: customer.ID, URL: form.URL, Description: form.Description, Events: form.Events}
	err = s.Courier.Make(c.Request().Context(), b.actor(c), e, secret)
	if form.Problems = webhookProblems(r, err); form.Problems != nil {
		return s.drawNewWebhook(c, b, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return s.showSecret(c, b, customer, views.MadeSecret{Secret: secret, URL: e.URL, Back: b.at(customer).One(form.ID)})
}

// webhookProblems are what was typed wrong, beside their fields; nil: it was not that.
func webhookProblems(r views.Reader, err error) map[string]string {
	var wrong billing.ValidationError
	switch {
	case errors.As(err, &wrong):
		return fieldProblems(r, wrong)
	case errors.Is(err, billing.ErrTooMany):
		return map[string]string{"": r.N(billing.MostEndpoints, "%s webhook is the most. Remove one before.", "%s webhooks are the most. Remove one before.")}
	case errors.Is(err, billing.ErrTaken):
		return map[string]string{"": r.T("This form was open for too long. Send it again.")}
	}
	return nil
}

func (s *Site) showSecret(c echo.Context, b switchboard, of billing.Customer, made views.MadeSecret) error {
	made.Customer, made.Own = of.Name, b.own
	return s.showOnce(c, shown{Back: made.Back, Current: b.current(b.at(of).List), Secret: &made})
}

// webhookNamed is the endpoint that the address names, of this customer alone.
func (s *Site) webhookNamed(c echo.Context, b switchboard) (of billing.Customer, e billing.WebhookEndpoint, err error) {
	if of, err = b.customer(c); err != nil {
		return of, e, err
	}
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return of, e, billing.ErrNotFound
	}
	e, err = s.Store.WebhookEndpoint(c.Request().Context(), of.ID, id)
	return of, e, err
}

func (s *Site) editWebhook(c echo.Context, b switchboard) error {
	_, e, err := s.webhookNamed(c, b)
	if err != nil {
		return err
	}
	return s.drawWebhookForm(c, b, http.StatusOK, views.WebhookForm{
		ID: e.ID.String(), Existing: true, URL: e.URL, Description: e.Description, Events: e.Events,
	})
}

func (s *Site) changeWebhook(c echo.Context, b switchboard) error {
	r := s.reader(c)
	customer, e, err := s.webhookNamed(c, b)
	if err != nil {
		return err
	}
	form, err := typedWebhook(c)
	if err != nil {
		return err
	}
	e.URL, e.Description, e.Events = form.URL, form.Description, form.Events
	err = s.Courier.Change(c.Request().Context(), b.actor(c), e)
	if form.Problems = webhookProblems(r, err); form.Problems != nil {
		form.ID, form.Existing = e.ID.String(), true
		return s.drawWebhookForm(c, b, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return s.saidAt(c, b.at(customer).One(e.ID.String()), ui.Toast{Head: r.T("Saved"), Text: e.URL})
}

// saidAt goes on to a page and says there what was done.
func (s *Site) saidAt(c echo.Context, path string, said ui.Toast) error {
	if err := s.say(c, said); err != nil {
		return err
	}
	return seeOther(c, path)
}

func (s *Site) switchWebhook(c echo.Context, b switchboard) error {
	r := s.reader(c)
	customer, e, err := s.webhookNamed(c, b)
	if err != nil {
		return err
	}
	on := c.FormValue("on") == "true"
	if err := s.Courier.Switch(c.Request().Context(), b.actor(c), customer.ID, e.ID, on); err != nil {
		return err
	}
	said := ui.Toast{Head: r.T("Switched on"), Text: r.T("What happens from now on is sent.")}
	if !on {
		said = ui.Toast{Tone: "unknown", Icon: "pause", Head: r.T("Switched off"), Text: r.T("Nothing more is sent, what waited included.")}
	}
	return s.saidAt(c, b.at(customer).One(e.ID.String()), said)
}

func (s *Site) askWebhookRotation(c echo.Context, b switchboard) error {
	return s.drawWebhookRotation(c, b, http.StatusOK, "")
}

func (s *Site) drawWebhookRotation(c echo.Context, b switchboard, status int, problem string) error {
	a, err := s.webhookAsk(c, b, s.reader(c).T("Make a new secret?"))
	if err != nil {
		return err
	}
	a.Problem, a.Once = problem, s.once(c, rotationOfWebhook(a.Endpoint), webhooks.NewSecret())
	return render(c, status, views.WebhookRotationPage(a))
}

func rotationOfWebhook(e billing.WebhookEndpoint) string {
	return "rotation of webhook " + e.ID.String()
}

func (s *Site) webhookAsk(c echo.Context, b switchboard, title string) (a views.WebhookAsk, err error) {
	customer, e, err := s.webhookNamed(c, b)
	if err != nil {
		return a, err
	}
	a.Paths, a.Endpoint = b.at(customer), e
	a.Frame, err = b.frame(c, customer, title, a.Paths.List)
	return a, err
}

// rotateWebhook leads to the page that shows the new secret, once.
func (s *Site) rotateWebhook(c echo.Context, b switchboard) error {
	ctx := c.Request().Context()
	customer, e, err := s.webhookNamed(c, b)
	if err != nil {
		return err
	}
	secret, fresh := s.reopened(c, rotationOfWebhook(e))
	if !fresh {
		return s.drawWebhookRotation(c, b, http.StatusUnprocessableEntity, s.reader(c).T("This form was open for too long. Send it again."))
	}
	if err := s.Courier.Rotate(ctx, b.actor(c), customer.ID, e.ID, secret); err != nil {
		return err
	}
	if e, err = s.Store.WebhookEndpoint(ctx, customer.ID, e.ID); err != nil {
		return err
	}
	return s.showSecret(c, b, customer, views.MadeSecret{Secret: secret, URL: e.URL, Back: b.at(customer).One(e.ID.String()), OldUntil: e.OldSecretUntil})
}

func (s *Site) askWebhookRemoval(c echo.Context, b switchboard) error {
	a, err := s.webhookAsk(c, b, s.reader(c).T("Remove the webhook?"))
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.WebhookRemovalPage(a))
}

func (s *Site) removeWebhook(c echo.Context, b switchboard) error {
	r := s.reader(c)
	customer, e, err := s.webhookNamed(c, b)
	if errors.Is(err, billing.ErrNotFound) {
		return s.removedBefore(c, b, customer, err)
	}
	if err != nil {
		return err
	}
	if err := s.Courier.Remove(c.Request().Context(), b.actor(c), customer.ID, e.ID); err != nil {
		return err
	}
	return s.saidAt(c, b.at(customer).List, ui.Toast{Tone: "unknown", Icon: "webhook", Head: r.T("The webhook is removed"), Text: e.URL})
}

// removedBefore is where the form of a removal leads that was sent twice.
func (s *Site) removedBefore(c echo.Context, b switchboard, of billing.Customer, missing error) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil || of.ID == 0 {
		return missing
	}
	removed, err := s.Store.WebhookEndpointRemoved(c.Request().Context(), of.ID, id)
	if err != nil {
		return err
	}
	if !removed {
		return missing
	}
	return seeOther(c, b.at(of).List)
}
