package handlers

// The gauges that come from the database, by the query that gives them.

import (
	"context"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// reads are a group's gauges.
type reads func(context.Context) ([]prometheus.Metric, error)

func newTold(s *Site) *told {
	t := &told{site: s}
	add := func(what string, read reads, descs ...*prometheus.Desc) {
		t.groups = append(t.groups, &group{what, descs, newShared(toldEvery, read)})
		s.Recorder.MayRead(what)
	}
	add("open", s.toldOpen, openTopUps, oldestQueued, unknownHeld)
	add("unknown", s.toldUnknown, unknownByAge)
	add("today", s.toldToday, topUpsToday)
	add("jobs", s.toldJobs, queueJobs)
	add("money", s.toldMoney, customersBalance, customersHeld)
	add("float", s.toldFloat, floatLeft, floatRunway)
	add("alerts", s.toldAlerts, alertsOpen)
	add("messages", s.toldMessages, webhooksWaiting, webhookOldest, noticesWaiting, channelsFailing)
	add("books", s.toldBooks, booksWrong, booksAge)
	add("instances", s.toldInstances, instancesLive)
	return t
}

var (
	openTopUps       = desc("topups_open", "Top-ups that are not final, by status.", "status")
	oldestQueued     = desc("queue_oldest_seconds", "How long the oldest queued top-up waits.")
	unknownHeld      = desc("unknown_held_usd", "Money held by top-ups whose outcome is unknown, in USD.")
	unknownByAge     = desc("unknown_topups", "Top-ups whose outcome is unknown, by how long: up to 15 minutes, up to a day, longer.", "age")
	topUpsToday      = desc("topups_today", "Top-ups accepted since the business day began, by status and, where they failed, whose doing it was.", "status", "cause")
	queueJobs        = desc("queue_jobs", "Jobs of the queue that are not over.", "queue", "state")
	customersBalance = desc("customers_balance_usd", "What all customers have together, in USD.")
	customersHeld    = desc("customers_held_usd", "What is held for orders that are not final, in USD.")
	floatLeft        = desc("float_left_mxn", "What further orders can be made from, in MXN; absent before a first deposit is recorded.")
	floatRunway      = desc("float_runway_seconds", "How long the float lasts; absent while nothing is spent.", "pace")
	alertsOpen       = desc("alerts_open", "Alerts that are open.", "kind", "severity")
	webhooksWaiting  = desc("webhook_deliveries_waiting", "Events on their way to customers' programs.")
	webhookOldest    = desc("webhook_delivery_overdue_seconds", "By how much the oldest of them is late.")
	noticesWaiting   = desc("alert_messages_waiting", "Messages about alerts that nobody has taken yet.")
	channelsFailing  = desc("alert_channels_failing", "Channels of alerts that take nothing.")
	booksWrong       = desc("books_wrong_rows", "Rows that the last proof of the books found wrong.")
	booksAge         = desc("books_proof_age_seconds", "How old that proof is; absent before the first.")
	instancesLive    = desc("instances_live", "Processes that work on this database.")
)

// onScreen is an amount as a figure of a chart; nothing is reckoned with it.
func onScreen(d decimal.Decimal) float64 {
	f, _ := d.Float64()
	return f
}

func (s *Site) toldOpen(ctx context.Context) ([]prometheus.Metric, error) {
	open, err := s.Store.OpenNow(ctx, 0)
	return []prometheus.Metric{
		is(openTopUps, float64(open.Queued), "queued"), is(openTopUps, float64(open.Sending), "sending"), is(openTopUps, float64(open.Unknown), "unknown"),
		is(oldestQueued, open.OldestQueued), is(unknownHeld, onScreen(open.UnknownHeld.Decimal())),
	}, err
}

func (s *Site) toldUnknown(ctx context.Context) ([]prometheus.Metric, error) {
	ages, err := s.Store.UnknownAges(ctx)
	return []prometheus.Metric{
		is(unknownByAge, float64(ages.Fresh), "up_to_15m"), is(unknownByAge, float64(ages.Waits), "up_to_24h"), is(unknownByAge, float64(ages.Old), "over_24h"),
	}, err
}

func (s *Site) toldToday(ctx context.Context) (metrics []prometheus.Metric, err error) {
	now, err := s.Store.Now(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.Store.TopUpsByCause(ctx, s.businessDay(now))
	for _, c := range counts {
		metrics = append(metrics, is(topUpsToday, float64(c.Count), c.Status, c.Cause))
	}
	return metrics, err
}

func (s *Site) toldJobs(ctx context.Context) (metrics []prometheus.Metric, err error) {
	counts, err := s.Store.JobCounts(ctx)
	if !slices.ContainsFunc(counts, func(c store.JobCount) bool { return c.Queue == river.QueueDefault && c.State == "available" }) {
		metrics = append(metrics, is(queueJobs, 0, river.QueueDefault, "available")) // nothing waits: that is a figure, too
	}
	for _, c := range counts {
		metrics = append(metrics, is(queueJobs, float64(c.Jobs), c.Queue, c.State))
	}
	return metrics, err
}

func (s *Site) toldMoney(ctx context.Context) ([]prometheus.Metric, error) {
	m, err := s.Store.CustomersMoney(ctx)
	return []prometheus.Metric{is(customersBalance, onScreen(m.Balance.Decimal())), is(customersHeld, onScreen(m.Held.Decimal()))}, err
}

func (s *Site) toldFloat(ctx context.Context) (metrics []prometheus.Metric, err error) {
	float, err := s.Store.Float(ctx)
	if err != nil || !float.Known {
		return nil, err
	}
	pace, err := s.floatPace.latest(ctx)
	if err != nil {
		return nil, err
	}
	metrics = append(metrics, is(floatLeft, onScreen(float.Left().Decimal())))
	if lasts := pace.Present(float.Left()); lasts != billing.NoRunway {
		metrics = append(metrics, is(floatRunway, lasts.Seconds(), "present"))
	}
	if lasts := pace.Usual(float.Left()); lasts != billing.NoRunway {
		metrics = append(metrics, is(floatRunway, lasts.Seconds(), "usual"))
	}
	return metrics, nil
}

func (s *Site) toldAlerts(ctx context.Context) (metrics []prometheus.Metric, err error) {
	counts, err := s.Store.AlertCounts(ctx)
	for _, c := range counts {
		metrics = append(metrics, is(alertsOpen, float64(c.Open), string(c.Kind), string(c.Severity)))
	}
	return metrics, err
}

func (s *Site) toldMessages(ctx context.Context) ([]prometheus.Metric, error) {
	m, err := s.Store.MessagesWaiting(ctx)
	return []prometheus.Metric{
		is(webhooksWaiting, float64(m.Webhooks)), is(webhookOldest, m.OldestWebhook), is(noticesWaiting, float64(m.Notices)), is(channelsFailing, float64(m.Failing)),
	}, err
}

func (s *Site) toldBooks(ctx context.Context) ([]prometheus.Metric, error) {
	p, err := s.Store.ProofState(ctx)
	if p.AgeSeconds == 0 {
		return nil, err
	}
	return []prometheus.Metric{is(booksWrong, float64(p.Wrong)), is(booksAge, p.AgeSeconds)}, err
}

func (s *Site) toldInstances(ctx context.Context) ([]prometheus.Metric, error) {
	n, err := s.Store.LiveInstances(ctx)
	return []prometheus.Metric{is(instancesLive, float64(n))}, err
}
