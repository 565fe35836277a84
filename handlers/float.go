package handlers

// The float: how it stands, its days, and what was paid in.

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

const (
	floatDays   = 14
	depositRows = 50
	floatEvery  = 5 * time.Second  // how fresh the overview's figures are
	paceEvery   = 20 * time.Second // how fresh the pace of a whole day is: it is many rows, and moves little
)

// floatRoutes are the float's. Everybody may look; finance and admin record.
func (s *Site) floatRoutes(admin *echo.Group) {
	money := may(billing.Role.MayMoveMoney)
	admin.GET(views.FloatPath, s.showFloat)
	admin.GET(views.NewDepositPath, s.newDeposit, money)
	admin.POST(views.NewDepositPath, s.editDeposit, money)
	admin.POST(views.ReviewDepositPath, s.reviewDeposit, money)
	admin.POST(views.FloatDepositsPath, s.recordDeposit, money)
	admin.GET(views.DepositPath(":id"), s.showDeposit)
	admin.GET(views.UndoDepositPath(":id"), s.askUndoDeposit, money)
	admin.POST(views.UndoDepositPath(":id"), s.undoDeposit, money)
}

func (s *Site) showFloat(c echo.Context) error {
	ctx := c.Request().Context()
	figures, err := s.floatFigures(ctx, time.Now())
	if err != nil {
		return err
	}
	p := views.FloatPage{Figures: figures, MayRecord: operator(c).Role.MayMoveMoney()}
	if swaps(c, "float-now") {
		p.Reader = s.reader(c)
		return render(c, http.StatusOK, views.FloatNow(p))
	}
	if p.Frame, err = s.adminFrame(c, s.reader(c).T("Float"), views.FloatPath); err != nil {
		return err
	}
	if figures.Known {
		if err := s.readFloatDays(ctx, &p); err != nil {
			return err
		}
	}
	if err := s.readDeposits(c, &p); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.FloatMainPage(p))
}

// floatFigures reads how the float stands at a moment.
func (s *Site) floatFigures(ctx context.Context, at time.Time) (f views.FloatFigures, err error) {
	f.Least = s.Engine.SmallestOrder()
	if f.Float, err = s.Store.Float(ctx); err != nil {
		return f, err
	}
	if f.Pace, err = s.floatPace.latest(ctx); err != nil {
		return f, err
	}
	today := s.businessDay(at)
	moves, err := s.floatToday.since(ctx, s.Store, today, at)
	if err != nil {
		return f, err
	}
	f.Today = backFrom(f.Balance, today, moves)
	return f, nil
}

// backFrom is a day that closed with a balance after these moves.
func backFrom(closing billing.MXN, day time.Time, moves []store.FloatMoves) views.FloatDay {
	var all store.FloatMoves
	for _, m := range moves {
		all = all.Add(m)
	}
	return views.FloatDay{
		Day: day, Opened: closing.Sub(all.Net()), Deposited: all.Deposited, Corrected: all.Corrected, Spent: all.Spent, Closing: closing,
	}
}

// readFloatDays adds the days, the newest first, and the balance's way: both told
// backwards from how it stands.
func (s *Site) readFloatDays(ctx context.Context, p *views.FloatPage) error {
	today := s.businessDay(p.Now)
	yesterday := today.AddDate(0, 0, -1)
	moves, err := s.floatPast.since(ctx, s.Store, today.AddDate(0, 0, 1-floatDays), p.Now)
	if err != nil {
		return err
	}
	p.Days = []views.FloatDay{p.Figures.Today}
	for day := yesterday; len(p.Days) < floatDays; day = day.AddDate(0, 0, -1) {
		p.Days = append(p.Days, backFrom(p.Days[len(p.Days)-1].Opened, day, within(moves, day, day.AddDate(0, 0, 1))))
	}
	p.Began = today.AddDate(0, 0, 1-views.FloatDaysBack)
	p.History = floatHistory(within(moves, p.Began, p.Now), p.Figures.Balance)
	return nil
}

// floatHistory is the balance after each move, told backwards from the last one.
func floatHistory(moves []store.FloatMoves, balance billing.MXN) []views.FloatPoint {
	points := make([]views.FloatPoint, 0, 2*len(moves))
	for i := len(moves) - 1; i >= 0; i-- {
		m := moves[i]
		points = append(points, views.FloatPoint{At: m.Began.Add(15 * time.Minute), Balance: balance})
		balance = balance.Sub(m.Net())
		points = append(points, views.FloatPoint{At: m.Began, Balance: balance})
	}
	for i, j := 0, len(points)-1; i < j; i, j = i+1, j-1 {
		points[i], points[j] = points[j], points[i]
	}
	return points
}

// within are the moves that began from (inclusive) to (exclusive).
func within(moves []store.FloatMoves, from, to time.Time) (some []store.FloatMoves) {
	for _, m := range moves {
		if !m.Began.Before(from) && m.Began.Before(to) {
			some = append(some, m)
		}
	}
	return some
}

// readDeposits reads the page of the deposits that the address asks for.
func (s *Site) readDeposits(c echo.Context, p *views.FloatPage) error {
	before := uuid.Nil
	if place := c.QueryParam("before"); place != "" {
		id, err := uuid.Parse(place)
		if err != nil {
			return echo.NewHTTPError(http.StatusBadRequest)
		}
		before, p.Newest = id, views.FloatPath
	}
	deposits, err := s.Store.FloatDeposits(c.Request().Context(), before, depositRows+1)
	if err != nil {
		return err
	}
	if len(deposits) > depositRows {
		deposits = deposits[:depositRows]
		p.Older = views.DepositsBefore(deposits[depositRows-1].ID.String())
	}
	p.Deposits = deposits
	return nil
}
