package handlers

// The books: the last proof, the days that are closed, and a proof when somebody
// asks for one.

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

const (
	daysShown   = 14
	proofsShown = 8
)

func (s *Site) showBooks(c echo.Context) error {
	b, err := s.lastProof(c)
	if err != nil {
		return err
	}
	if swaps(c, "proof") {
		b.Reader = s.reader(c)
		return render(c, http.StatusOK, views.BooksProof(b))
	}
	days, err := s.Store.ClosedDays(c.Request().Context(), daysShown)
	if err != nil {
		return err
	}
	for _, d := range days {
		b.Days = append(b.Days, s.closedDay(d))
	}
	if b.Frame, err = s.adminFrame(c, s.reader(c).T("The books"), views.BooksPath); err != nil {
		return err
	}
	if b.Standing, err = s.standing(c); err != nil {
		return err
	}
	b.MayProve = operator(c).Role.MayMoveMoney()
	return render(c, http.StatusOK, views.BooksPage(b))
}

// lastProof reads what was proven last, and what became of later attempts.
func (s *Site) lastProof(c echo.Context) (b views.Books, err error) {
	ctx := c.Request().Context()
	if b.UnderWay, err = s.Store.ProofUnderWay(ctx); err != nil {
		return b, err
	}
	if b.Proofs, err = s.Store.Proofs(ctx, proofsShown); err != nil {
		return b, err
	}
	if len(b.Proofs) > 0 && b.Proofs[0].Problem != "" {
		b.Failed = &b.Proofs[0]
	}
	last, err := s.Store.LastProof(ctx)
	if errors.Is(err, billing.ErrNotFound) {
		return b, nil
	}
	if err != nil {
		return b, err
	}
	b.Proof = &last
	places, err := s.Store.Places(ctx, last.Report.Differences)
	if err != nil {
		return b, err
	}
	for i, d := range last.Report.Differences {
		b.Differences = append(b.Differences, views.BooksDifference{Difference: d, Customer: places[i].Customer, Href: placeOf(d, places[i])})
	}
	return b, nil
}

// placeOf is the page on which a wrong row can be seen.
func placeOf(d billing.Difference, at store.Place) string {
	switch {
	case d.Table == "adjustments":
		return views.ApprovalPath(d.Row)
	case d.Table == "business_days":
		return "#panel-days"
	case at.Number > 0 && at.Customer != "":
		return views.LedgerBefore(at.Customer, at.Number+1)
	case at.TopUp != nil:
		return views.AdminTopUpPath(at.TopUp.String())
	case d.Table == "checkpoints" && at.Customer != "":
		return views.LedgerPath(at.Customer)
	case at.Customer != "":
		return views.CustomerPath(at.Customer)
	}
	return ""
}

func (s *Site) closedDay(d store.ClosedDay) views.ClosedDay {
	y, m, day := d.Day.Date()
	return views.ClosedDay{
		Day: time.Date(y, m, day, 12, 0, 0, 0, s.Zone), ClosedAt: d.ClosedAt,
		Accounts: int(d.Accounts), Entries: int(d.Entries), Balance: d.Balance, Held: d.Held,
	}
}

// proveBooks has the books proven now. Asked twice, it is done once.
func (s *Site) proveBooks(c echo.Context) error {
	r := s.reader(c)
	toast := ui.Toast{Head: r.T("Proven just now"), Text: r.T("What came of it stands on this page.")}
	ended, err := s.Books.Ask(c.Request().Context(), actor(c))
	switch {
	case errors.Is(err, bookkeeper.ErrUnderWay), err == nil && !ended:
		toast = ui.Toast{Icon: "loader-circle", Head: r.T("The books are being proven."), Text: r.T("It goes on beside the work, and stands here as soon as it ends.")}
	case err != nil:
		return err
	}
	if err := s.say(c, toast); err != nil {
		return err
	}
	return seeOther(c, views.BooksPath)
}
