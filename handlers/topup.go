package handlers

// One top-up for operators, with all its evidence.

import (
	"context"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

func (s *Site) showTopUp(c echo.Context) error {
	d, err := s.topUpDetail(c, c.Param("id"))
	if err != nil {
		return err
	}
	if d.Frame, err = s.adminFrame(c, s.reader(c).T("Top-up %s", d.TopUp.ID.String()), views.AdminTopUpsPath); err != nil {
		return err
	}
	if swaps(c, "topup") {
		return render(c, http.StatusOK, views.TopUpParts(d))
	}
	return render(c, http.StatusOK, views.TopUpPage(d))
}

// topUpDetail reads one top-up with its evidence, for its page and for the drawer.
func (s *Site) topUpDetail(c echo.Context, name string) (d views.TopUpDetail, err error) {
	ctx := c.Request().Context()
	id, err := billing.ParseTopUpID(name)
	if err != nil {
		return d, err
	}
	if d.TopUp, err = s.Store.TopUp(ctx, id, 0); err != nil {
		return d, err
	}
	if d.Attempts, err = s.Store.Attempts(ctx, id); err != nil {
		return d, err
	}
	if d.Entries, err = s.Store.TopUpEntries(ctx, id); err != nil {
		return d, err
	}
	if d.Repeats, err = s.Store.Repeats(ctx, id); err != nil {
		return d, err
	}
	if d.Webhooks, err = s.Store.TopUpWebhooks(ctx, id); err != nil {
		return d, err
	}
	d.Held, d.MayClassify = stillHeld(d.Entries), operator(c).Role.MayMoveMoney()
	if d.Looked, err = s.look(c, id); err != nil {
		return d, err
	}
	return d, s.readEvidence(ctx, s.reader(c), &d)
}

// looksShown is how many looks at a top-up its page tells of.
const looksShown = 10

// look keeps that somebody looks at a top-up, and tells who did lately.
func (s *Site) look(c echo.Context, id billing.TopUpID) (templ.Component, error) {
	ctx := c.Request().Context()
	if err := s.Store.NoteTopUpView(ctx, id, operator(c).ID, c.RealIP()); err != nil {
		return nil, err
	}
	seen, err := s.Store.TopUpViews(ctx, id, looksShown)
	looks := make([]views.Look, len(seen))
	for i, v := range seen {
		looks[i] = views.Look{Name: v.Name, Address: v.Address, At: v.At}
	}
	return views.TopUpLooked(s.reader(c), looks), err
}

// readEvidence adds what came after the attempts: inquiries, decisions, what
// speaks against an answer that stands.
func (s *Site) readEvidence(ctx context.Context, r views.Reader, d *views.TopUpDetail) (err error) {
	if d.Decisions, err = s.Store.Decisions(ctx, d.TopUp.ID); err != nil {
		return err
	}
	if d.Contradictions, err = s.Store.Contradictions(ctx, d.TopUp.ID); err != nil {
		return err
	}
	inquiries, err := s.Store.Inquiries(ctx, d.TopUp.ID)
	if err != nil {
		return err
	}
	if d.Unclassified, err = s.Store.UnclassifiedAmong(ctx, d.TopUp.ID); err != nil {
		return err
	}
	d.Explained = map[string]string{}
	for _, a := range d.Attempts {
		d.Explained[a.Row] = s.explain(r, a.Row)
	}
	for _, inquiry := range inquiries {
		d.Inquiries = append(d.Inquiries, views.Inquiry{At: inquiry.At, Row: inquiry.Row, Reason: inquiry.Reason})
		d.Explained[inquiry.Row] = s.explain(r, inquiry.Row)
	}
	return nil
}

// explain is the operator's sentence about a row of the outcome policy; "" for a
// row that it no longer has.
func (s *Site) explain(r views.Reader, row string) string {
	if text := views.EngineRowWord(r, row); text != "" {
		return text
	}
	if s.Explain == nil {
		return ""
	}
	explanation, _ := s.Explain(row)
	return r.Either(explanation.OperatorEnglish, explanation.OperatorSpanish)
}

// stillHeld is what a top-up's entries leave held.
func stillHeld(entries []billing.Entry) billing.USD {
	var held billing.USD
	for _, e := range entries {
		if e.Currency != billing.CurrencyUSD {
			continue
		}
		amount := billing.MustUSD(e.Amount.String())
		if e.To == billing.AccountHeld {
			held = held.Add(amount)
		}
		if e.From == billing.AccountHeld {
			held = held.Sub(amount)
		}
	}
	return held
}
