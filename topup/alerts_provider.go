package topup

// Somebody has to know when Latcom does not do what it should: it lets us not in,
// delivers too little, or takes too long.

import (
	"context"
	"slices"
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Where it is seen how Latcom does, and what waits.
const (
	overviewPage = "/admin"
	queuePage    = "/admin/queue"
	channelsPage = "/admin/alerts/channels"
)

// loginRows are the rows of the outcome policy that say that we are not let in.
var loginRows = []string{"login.address_refused", "login.refused", "answer.unauthorized_twice"}

func loginRefused(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	b, err := tx.Breaker(ctx)
	if err != nil || !b.Open || !slices.Contains(loginRows, b.Row) {
		return nil, err
	}
	return []billing.Alert{ofBreaker(billing.AlertLoginRefused, b)}, nil
}

// breakerOpen is about every other reason for which nothing is sent.
func breakerOpen(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	b, err := tx.Breaker(ctx)
	if err != nil || !b.Open || slices.Contains(loginRows, b.Row) {
		return nil, err
	}
	return []billing.Alert{ofBreaker(billing.AlertBreakerOpen, b)}, nil
}

func ofBreaker(kind billing.AlertKind, b store.Breaker) billing.Alert {
	return billing.Alert{Kind: kind, Severity: billing.SeverityCritical, Link: queuePage, Words: map[string]string{"row": b.Row, "reason": b.Reason}}
}

// lately is how Latcom did, and the thresholds; ok says that enough ended to judge by.
func lately(ctx context.Context, tx *store.Tx) (p store.ProviderLately, t billing.AlertThresholds, ok bool, err error) {
	if t, err = tx.AlertThresholds(ctx); err != nil {
		return p, t, false, err
	}
	p, err = tx.ProviderLately(ctx, billing.ProviderWindow.Seconds())
	return p, t, err == nil && p.Delivered+p.Missed >= billing.ProviderLeast, err
}

func successRate(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	p, t, ok, err := lately(ctx, tx)
	if err != nil || !ok || p.Percent() >= t.SuccessPercent {
		return nil, err
	}
	return []billing.Alert{{
		Kind: billing.AlertSuccessRate, Severity: billing.SeverityCritical, Link: overviewPage,
		Words: map[string]string{"percent": strconv.Itoa(p.Percent()), "count": strconv.Itoa(p.Missed), "level": strconv.Itoa(t.SuccessPercent)},
	}}, nil
}

func slowDeliveries(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	p, t, _, err := lately(ctx, tx)
	if err != nil || t.LatencySeconds == 0 || p.Delivered < billing.ProviderLeast || p.P95 <= float64(t.LatencySeconds) {
		return nil, err
	}
	return []billing.Alert{{
		Kind: billing.AlertLatency, Severity: billing.SeverityWarning, Link: overviewPage,
		Words: map[string]string{"seconds": strconv.FormatFloat(p.P95, 'f', 1, 64), "count": strconv.Itoa(p.Delivered), "level": strconv.Itoa(t.LatencySeconds)},
	}}, nil
}

func oldQueue(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	t, err := tx.AlertThresholds(ctx)
	if err != nil || t.QueueSeconds == 0 {
		return nil, err
	}
	open, err := tx.OpenNow(ctx, 0)
	if err != nil || open.OldestQueued <= float64(t.QueueSeconds) {
		return nil, err
	}
	return []billing.Alert{{
		Kind: billing.AlertQueueAge, Severity: billing.SeverityCritical, Link: queuePage,
		Words: map[string]string{"seconds": strconv.FormatInt(int64(open.OldestQueued), 10), "count": strconv.FormatInt(open.Queued, 10)},
	}}, nil
}

// channelFails is how long a channel takes nothing before the others are told.
const channelFails = 5 * time.Minute

func channelsFailing(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	failing, err := tx.FailingChannels(ctx, channelFails.Seconds())
	if err != nil {
		return nil, err
	}
	var due []billing.Alert
	for _, c := range failing {
		due = append(due, billing.Alert{
			Kind: billing.AlertChannelFailing, Subject: c.ID.String(), Severity: billing.SeverityWarning, Link: channelsPage,
			Words: map[string]string{"name": c.Name},
		})
	}
	return due, nil
}
