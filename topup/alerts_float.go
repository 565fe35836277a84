package topup

// Somebody has to know in time that the float runs out: a transfer takes hours.

import (
	"context"
	"slices"
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// floatPage is where deposits are recorded.
const floatPage = "/admin/float"

// floatAlerts are the kinds, by the level that they tell of.
var floatAlerts = []struct {
	level    billing.FloatLevel
	kind     billing.AlertKind
	severity billing.Severity
}{
	{billing.FloatLow, billing.AlertFloatLow, billing.SeverityWarning},
	{billing.FloatShort, billing.AlertFloatShort, billing.SeverityCritical},
	{billing.FloatEmpty, billing.AlertFloatEmpty, billing.SeverityCritical},
}

// floatWatches are one for each level: one of them is due at a time.
func (e *Engine) floatWatches() []watch {
	watches := make([]watch, len(floatAlerts))
	for i, alert := range floatAlerts {
		watches[i] = watch{alert.kind, func(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
			float, err := tx.Float(ctx)
			if err != nil || !float.Known {
				return nil, err
			}
			pace, err := tx.FloatPace(ctx)
			if err != nil {
				return nil, err
			}
			told, err := toldOfFloat(ctx, tx)
			if err != nil || float.Level(pace, e.options.Min, told) != alert.level {
				return nil, err
			}
			lasts := pace.Shortest(float.Left())
			return []billing.Alert{{
				Kind: alert.kind, Severity: alert.severity, Link: floatPage,
				Words: map[string]string{"left": float.Left().String(), "seconds": strconv.FormatInt(int64(lasts/time.Second), 10)},
			}}, nil
		}}
	}
	return watches
}

// toldOfFloat is the level that an open alert tells of; "" when none is open.
func toldOfFloat(ctx context.Context, tx *store.Tx) (billing.FloatLevel, error) {
	open, err := tx.OpenAlerts(ctx)
	for _, alert := range floatAlerts {
		if slices.ContainsFunc(open, func(a billing.Alert) bool { return a.Kind == alert.kind }) {
			return alert.level, err
		}
	}
	return "", err
}

// floatBelow tells of a float below the level that was set, however slowly it goes.
func floatBelow(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	t, err := tx.AlertThresholds(ctx)
	if err != nil || t.FloatBelow.Sign() == 0 {
		return nil, err
	}
	float, err := tx.Float(ctx)
	if err != nil || !float.Known || float.Left().Cmp(t.FloatBelow) >= 0 {
		return nil, err
	}
	return []billing.Alert{{
		Kind: billing.AlertFloatBelow, Severity: billing.SeverityWarning, Link: floatPage,
		Words: map[string]string{"left": float.Left().String(), "level": t.FloatBelow.String()},
	}}, nil
}
