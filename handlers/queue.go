package handlers

// The queue: what waits and why, what is paused, and who works.

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// brakeRoutes are the queue's page and what stops or cancels.
func (s *Site) brakeRoutes(admin *echo.Group) {
	money, manage := may(billing.Role.MayMoveMoney), may(billing.Role.MayManage)
	admin.GET(views.QueuePath, s.showQueue)
	admin.POST(views.PausesPath, s.pause, manage)
	admin.POST(views.ResumePath(":id"), s.resume, manage)
	admin.GET(views.CancelPath(":id"), s.askCancel, money)
	admin.POST(views.CancelPath(":id"), s.cancel, money)
	admin.GET(views.RestorePath, s.showRestore)
	admin.POST(views.RestorePath, s.checkRestore, manage)
	s.jobRoutes(admin)
}

const pastPauses = 10

func (s *Site) showQueue(c echo.Context) error {
	return s.renderQueue(c, http.StatusOK, views.PauseForm{Scope: c.QueryParam("scope")})
}

func (s *Site) renderQueue(c echo.Context, status int, form views.PauseForm) (err error) {
	ctx := c.Request().Context()
	q := views.Queue{MayStop: operator(c).Role.MayManage(), Browsable: s.jobs != nil, Form: form}
	if q.Now, err = s.queueNow(ctx, s.reader(c)); err != nil {
		return err
	}
	if q.Frame, err = s.adminFrame(c, s.reader(c).T("Queue"), views.QueuePath); err != nil {
		return err
	}
	q.Here = views.QueuePath
	if swaps(c, "queue") {
		return render(c, status, views.QueueParts(q))
	}
	if q.Past, err = s.Store.EndedPauses(ctx, pastPauses); err != nil {
		return err
	}
	if q.Products, err = s.Store.ProductCodes(ctx); err != nil {
		return err
	}
	if q.Customers, err = s.Store.Customers(ctx, ""); err != nil {
		return err
	}
	return render(c, status, views.QueuePage(q))
}

// queueNow reads what changes by itself.
func (s *Site) queueNow(ctx context.Context, r views.Reader) (q views.QueueNow, err error) {
	q.Places, q.Expected, q.MaxWait = s.Engine.Concurrency(), s.Engine.ExpectedWait(), s.Engine.MaxWait()
	if q.Pauses, err = s.Store.Pauses(ctx); err != nil {
		return q, err
	}
	breaker, err := s.Store.Breaker(ctx)
	if err != nil {
		return q, err
	}
	q.Failures, q.TripAfter, q.Stopped = breaker.Failures, store.TripAfter, s.stopped(r, breaker)
	orders, err := s.Store.OpenOrders(ctx)
	if err != nil {
		return q, err
	}
	for _, o := range orders {
		q.Add(views.QueueOrders{
			CustomerID: o.CustomerID, Code: o.CustomerCode, Name: o.CustomerName, Product: o.Product,
			Waiting: o.Waiting, Again: o.Again, Sending: o.Sending, Oldest: inSeconds(o.Oldest),
		})
	}
	return q, s.readWorkers(ctx, &q)
}

// readWorkers adds who works, and on what.
func (s *Site) readWorkers(ctx context.Context, q *views.QueueNow) error {
	instances, err := s.Store.Instances(ctx)
	if err != nil {
		return err
	}
	for _, i := range instances {
		q.Instances = append(q.Instances, views.Instance{
			ID: i.ID, Host: i.Host, StartedAt: i.StartedAt, Silent: inSeconds(i.Silent), Dead: i.Dead, UnderWay: i.UnderWay,
		})
	}
	lines, err := s.Store.QueueLines(ctx)
	for _, line := range lines {
		q.Jobs = append(q.Jobs, views.QueueJobs{Kind: line.Kind, State: line.State, Jobs: line.Jobs, Due: inSeconds(line.Seconds)})
	}
	return err
}

// stopped says why nothing goes out; nil when it does.
func (s *Site) stopped(r views.Reader, b store.Breaker) *views.Stopped {
	if !b.Open {
		return nil
	}
	return &views.Stopped{Since: inSeconds(b.OpenSeconds), Retry: max(time.Duration(0), inSeconds(b.RetrySeconds)), Reason: s.because(r, b.Row, b.Reason), Trying: b.Probing}
}

// pausesOf are the pauses that hold back a customer's orders.
func (s *Site) pausesOf(ctx context.Context, customerID int64) ([]billing.Pause, error) {
	account, err := s.Store.Account(ctx, customerID)
	if err != nil {
		return nil, err
	}
	product := ""
	if billing.MayOrderOpen(account.Products) {
		product = account.Product.Code
	}
	return s.Store.PausesFor(ctx, customerID, product)
}
