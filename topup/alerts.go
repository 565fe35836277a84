package topup

// Alerts: what somebody has to know about is raised once, whichever instance
// sees it, and ended when it is over.
//
// What can be read from the database at any time is a watch: one function that
// says what is so now (see watches). What only happens, or is known to somebody
// else, is told with Raise and End. Both say it in the log once; who tells people
// in other ways begins where tell is called.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const alertsEvery = 10 * time.Second

// Raise opens an alert, unless it is open already: then it is still so, with new
// words. It may be called as often as one likes.
func (e *Engine) Raise(ctx context.Context, a billing.Alert) error {
	var news []billing.Alert
	err := e.store.InTx(ctx, func(tx *store.Tx) error {
		opened, err := tx.RaiseAlert(ctx, a)
		if opened {
			news = append(news, a)
		}
		return err
	})
	if err != nil {
		return err
	}
	e.tell(ctx, news, nil)
	return nil
}

// End ends the alert of a kind and subject. That none is open is no error.
func (e *Engine) End(ctx context.Context, kind billing.AlertKind, subject string) error {
	var over []billing.Alert
	err := e.store.InTx(ctx, func(tx *store.Tx) (err error) {
		over, err = tx.EndAlert(ctx, kind, subject)
		return err
	})
	if err != nil {
		return err
	}
	e.tell(ctx, nil, over)
	return nil
}

// watch says which alerts of a kind are due now. Those that are open and not
// among them are over.
type watch struct {
	kind billing.AlertKind
	due  func(context.Context, *store.Tx) ([]billing.Alert, error)
}

// watches are what every pass looks at.
func (e *Engine) watches() []watch {
	unknown := func(age time.Duration, kind billing.AlertKind, severity billing.Severity) watch {
		return watch{kind, func(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
			aged, err := tx.UnknownFor(ctx, age.Seconds())
			return onDesk(kind, severity, aged), err
		}}
	}
	return append([]watch{
		unknown(billing.UnknownWaits, billing.AlertUnknownWaits, billing.SeverityWarning),
		unknown(billing.UnknownOld, billing.AlertUnknownOld, billing.SeverityCritical),
		{billing.AlertContradictions, func(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
			open, err := tx.OpenContradictions(ctx)
			return onDesk(billing.AlertContradictions, billing.SeverityCritical, open), err
		}},
		{billing.AlertBooksWrong, booksWrong},
		{billing.AlertBooksUnproven, booksUnproven},
		{billing.AlertBrokenGlass, func(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
			broken, err := tx.BrokenGlass(ctx, billing.GlassLasts)
			return ofGlass(broken), err
		}},
		{billing.AlertDoneAlone, doneAlone},
		{billing.AlertReplica, replicaUnread},
		{billing.AlertFloatBelow, floatBelow},
		{billing.AlertSuccessRate, successRate},
		{billing.AlertLatency, slowDeliveries},
		{billing.AlertQueueAge, oldQueue},
		{billing.AlertLoginRefused, loginRefused},
		{billing.AlertBreakerOpen, breakerOpen},
		{billing.AlertChannelFailing, channelsFailing},
	}, e.floatWatches()...)
}

// casesPage is where cases are seen.
const casesPage = "/admin/unknown"

func onDesk(kind billing.AlertKind, severity billing.Severity, cases store.AgedCases) []billing.Alert {
	if cases.Count == 0 {
		return nil
	}
	return []billing.Alert{{
		Kind: kind, Severity: severity, Link: casesPage,
		Words: map[string]string{"count": strconv.Itoa(cases.Count), "money": cases.Money.String()},
	}}
}

// ofGlass tells of each account once, however often it was reset.
func ofGlass(broken []store.BrokenGlass) []billing.Alert {
	var alerts []billing.Alert
	told := map[string]bool{}
	for _, b := range broken {
		if told[b.SignInName] {
			continue
		}
		told[b.SignInName] = true
		alerts = append(alerts, billing.Alert{
			Kind: billing.AlertBrokenGlass, Subject: b.SignInName, Severity: billing.SeverityCritical, Link: "/admin/operators",
			Words: map[string]string{"name": b.Name, "address": b.Address},
		})
	}
	return alerts
}

// LookAround raises and ends what the watches see. One that fails keeps no other
// from its turn.
func (e *Engine) LookAround(ctx context.Context) error { return e.lookAt(ctx, e.watches()) }

func (e *Engine) lookAt(ctx context.Context, watches []watch) error {
	var failures []error
	for _, w := range watches {
		if err := e.look(ctx, w); err != nil {
			failures = append(failures, fmt.Errorf("look after alerts of %s: %w", w.kind, err))
		}
	}
	return errors.Join(failures...)
}

// look is one watch's turn. Of all instances one does it at a time; the others
// have nothing to do.
func (e *Engine) look(ctx context.Context, w watch) error {
	var news, over []billing.Alert
	err := e.store.InTx(ctx, func(tx *store.Tx) error {
		if mine, err := tx.TryAlerts(ctx); err != nil || !mine {
			return err
		}
		due, err := w.due(ctx, tx)
		if err != nil {
			return err
		}
		news, over, err = settleAlerts(ctx, tx, w.kind, due)
		return err
	})
	if err != nil {
		return err
	}
	e.tell(ctx, news, over)
	return nil
}

func settleAlerts(ctx context.Context, tx *store.Tx, kind billing.AlertKind, due []billing.Alert) (news, over []billing.Alert, err error) {
	still := make([]string, 0, len(due))
	for _, a := range due {
		opened, err := tx.RaiseAlert(ctx, a)
		if err != nil {
			return nil, nil, err
		}
		if opened {
			news = append(news, a)
		}
		still = append(still, a.Subject)
	}
	over, err = tx.EndAlerts(ctx, kind, still)
	return news, over, err
}

// tell says in the log, once, what began and what is over.
func (e *Engine) tell(ctx context.Context, news, over []billing.Alert) {
	for _, a := range news {
		level := slog.LevelWarn
		if a.Severity == billing.SeverityCritical {
			level = slog.LevelError
		}
		e.log.Log(ctx, level, "alert raised", alertFacts(a)...)
	}
	for _, a := range over {
		e.log.InfoContext(ctx, "alert ended", append(alertFacts(a), "since", a.Since)...)
	}
}

func alertFacts(a billing.Alert) []any {
	facts := []any{"kind", string(a.Kind), "subject", a.Subject}
	for _, name := range slices.Sorted(maps.Keys(a.Words)) {
		facts = append(facts, name, a.Words[name])
	}
	return facts
}
