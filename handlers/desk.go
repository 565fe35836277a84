package handlers

// The unknown desk: the list of cases, and one case with all its evidence.

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// deskRoutes are the desk's. Everybody may look; finance and admin decide.
func (s *Site) deskRoutes(admin *echo.Group) {
	money := may(billing.Role.MayMoveMoney)
	admin.GET(views.DeskPath, s.showDesk)
	admin.GET(views.CasePath(":id"), s.showCase)
	admin.POST(views.CasePath(":id"), s.proposeAtDesk, money)
	admin.POST(views.ConfirmPath(":id"), s.confirmCase, money)
	admin.POST(views.DisagreePath(":id"), s.disagreeCase, money)
	admin.GET(views.NewListPath, s.newList, money)
	admin.POST(views.ReviewListPath, s.reviewList, money)
	admin.POST(views.ListsPath, s.proposeList, money)
	admin.GET(views.OpenCasesCSV, s.openCases)
	admin.GET(views.ListPath(":id"), s.showList)
	admin.POST(views.ConfirmListPath(":id"), s.confirmList, money)
	admin.POST(views.DisagreeListPath(":id"), s.disagreeList, money)
	admin.GET(views.ReversalPath(":id"), s.showReversal)
	admin.POST(views.ReversalPath(":id"), s.proposeReversal, money)
}

// showDesk opens the first case beside the list.
func (s *Site) showDesk(c echo.Context) error {
	d, err := s.desk(c)
	if err != nil {
		return err
	}
	if len(d.Cases) > 0 {
		if d.Case, err = s.caseDetail(c, d.Cases[0].TopUp.ID); err != nil {
			return err
		}
	}
	return s.renderDesk(c, http.StatusOK, d)
}

// showCase opens the case that the address names, also one that is closed.
func (s *Site) showCase(c echo.Context) error {
	return s.renderCase(c, http.StatusOK, func(*views.CaseDetail) {})
}

// renderCase shows the case of the address, as change left it.
func (s *Site) renderCase(c echo.Context, status int, change func(*views.CaseDetail)) error {
	id, err := billing.ParseTopUpID(c.Param("id"))
	if err != nil {
		return err
	}
	d, err := s.desk(c)
	if err != nil {
		return err
	}
	d.Chosen = true
	if d.Case, err = s.caseDetail(c, id); err != nil {
		return err
	}
	change(d.Case)
	return s.renderDesk(c, status, d)
}

func (s *Site) renderDesk(c echo.Context, status int, d views.Desk) (err error) {
	if d.Frame, err = s.adminFrame(c, s.reader(c).T("Unknown desk"), views.DeskPath); err != nil {
		return err
	}
	if d.Case != nil {
		d.Case.Frame = d.Frame
		if only := d.Case.Decision.Choices; len(only) == 1 && only[0] == billing.VerdictReverse {
			d.Case.Decision.Choices = nil // nothing speaks against it: who wants that asks on the top-up's page
		}
	}
	switch {
	case d.Case != nil && swaps(c, "cases"):
		return render(c, status, views.CaseList(d))
	case d.Case != nil && swaps(c, "evidence"):
		return render(c, status, views.CaseEvidence(*d.Case))
	}
	return render(c, status, views.DeskPage(d))
}

// desk reads the list.
func (s *Site) desk(c echo.Context) (d views.Desk, err error) {
	ctx, me := c.Request().Context(), operator(c)
	cases, err := s.Store.Cases(ctx)
	if err != nil {
		return d, err
	}
	unknown, err := s.Store.UnknownFor(ctx, 0)
	if err != nil {
		return d, err
	}
	d.Unknown, d.Held = unknown.Count, unknown.Money
	lists, err := s.Store.WaitingLists(ctx)
	if err != nil {
		return d, err
	}
	for _, l := range lists {
		d.Lists = append(d.Lists, views.WaitingList{List: l.DecisionList, Waiting: l.Waiting, Money: l.Money})
	}
	for _, one := range cases {
		d.Cases = append(d.Cases, views.Case{
			TopUp: one.TopUp, Age: time.Duration(one.AgeSeconds * float64(time.Second)), Waiting: one.Waiting,
			Own: s.twoDecide() && one.ProposedBy == me.ID, Reopened: one.Reopened, Against: one.Against,
		})
	}
	return d, nil
}

// caseDetail reads one case. Its frame is the page's.
func (s *Site) caseDetail(c echo.Context, id billing.TopUpID) (*views.CaseDetail, error) {
	d := &views.CaseDetail{CanInquire: s.Engine.CanInquire()}
	var err error
	if d.TopUpDetail, err = s.topUpDetail(c, id.String()); err != nil {
		return nil, err
	}
	if d.Customer, err = s.Store.Customer(c.Request().Context(), d.TopUp.CustomerID); err != nil {
		return nil, err
	}
	if err := s.readSimilar(c, d); err != nil {
		return nil, err
	}
	return d, s.readDecision(c, d)
}

// readSimilar finds how cases with the same last answer ended.
func (s *Site) readSimilar(c echo.Context, d *views.CaseDetail) error {
	ctx := c.Request().Context()
	if len(d.Attempts) == 0 {
		return nil
	}
	last := d.Attempts[len(d.Attempts)-1]
	if last.Outcome != billing.OutcomeUnknown || last.FinishedAt == nil {
		return nil
	}
	d.Since = *last.FinishedAt
	counted, err := s.Store.SimilarCases(ctx, last.Row, d.TopUp.ID)
	if err != nil {
		return err
	}
	latest, err := s.Store.LatestSimilar(ctx, last.Row, d.TopUp.ID, similarRows)
	if err != nil {
		return err
	}
	d.Similar = views.SimilarCases{Because: d.Explained[last.Row], Delivered: counted.Delivered, NotDelivered: counted.NotDelivered}
	if d.Similar.Because == "" {
		d.Similar.Because = last.Row
	}
	for _, one := range latest {
		d.Similar.Latest = append(d.Similar.Latest, views.SimilarCase{
			ID: one.TopUpID.String(), Phone: string(one.Phone), Customer: one.CustomerName, Verdict: one.Verdict, At: one.DecidedAt,
		})
	}
	return nil
}

const similarRows = 10

// readDecision finds what can be proposed, or what waits, and what it would do to
// the account as it stands now.
func (s *Site) readDecision(c echo.Context, d *views.CaseDetail) error {
	me := operator(c)
	panel := &d.Decision
	panel.May, panel.Place = me.Role.MayMoveMoney(), views.CasePath(d.TopUp.ID.String())
	panel.Form.ID = uuid.NewString()
	panel.Effects = map[billing.Verdict]views.VerdictEffect{}
	for i := range d.Decisions {
		if d.Decisions[i].State == billing.DecisionWaiting {
			panel.Waiting, panel.Own = &d.Decisions[i], s.twoDecide() && d.Decisions[i].ProposedBy == me.ID
		}
	}
	for _, verdict := range billing.Verdicts() {
		if verdict.Decidable(d.TopUp, d.Contradictions) != nil {
			continue
		}
		panel.Choices = append(panel.Choices, verdict)
		effect, err := s.effectOf(c, d, verdict)
		if err != nil {
			return err
		}
		panel.Effects[verdict] = effect
	}
	others, err := s.Store.SecondOperators(c.Request().Context(), me.ID)
	panel.Others = others
	return err
}

func (s *Site) effectOf(c echo.Context, d *views.CaseDetail, verdict billing.Verdict) (views.VerdictEffect, error) {
	effect, err := verdict.Effect(d.TopUp, d.Customer.Balance)
	var short billing.InsufficientBalanceError
	if errors.As(err, &short) {
		return views.VerdictEffect{Effect: effect, Short: shortOfCredit(s.reader(c), err)}, nil
	}
	return views.VerdictEffect{Effect: effect}, err
}
