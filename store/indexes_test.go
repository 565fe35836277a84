package store_test

// Every index serves something: a constraint, or a statement that the store sends.

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// servesNoConstraint are the indexes that no constraint needs: neither do they keep
// rows apart, nor are they read when a row is removed that others refer to.
const servesNoConstraint = `
	SELECT CAST(CAST(i.indexrelid AS regclass) AS text)
	FROM pg_index i
	JOIN pg_class c ON c.oid = i.indrelid
	WHERE c.relnamespace = CAST('public' AS regnamespace) AND c.relname NOT LIKE 'river%' AND NOT i.indisunique
	  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = i.indrelid AND k.conkey[1] = i.indkey[0])
	ORDER BY 1`

// everyIndexServes asks all that pages, calls and periodic work ask, and looks which
// indexes PostgreSQL would read if it could not read whole tables instead: tables are
// small here that are not in life.
func everyIndexServes(t *testing.T, crowded, s *store.Store, heard *eaves) {
	used := map[string]bool{}
	frugal := crowded.DB().MustBegin()
	defer frugal.Rollback()
	frugal.MustExec(`SET LOCAL enable_seqscan = off`)
	for _, q := range append(oftenAsked(t, crowded), alsoAsked(t)...) {
		heard.heard = nil
		_ = q.ask(t.Context(), s) // what is not there was asked for all the same
		for _, one := range heard.heard {
			if asked.MatchString(one.query) && !strings.Contains(one.query, "set_config") {
				wrong := []string{}
				explain(t, frugal, one).look(used, &wrong)
				explain(t, crowded.DB(), one).look(used, &wrong)
			}
		}
	}
	var all []string
	if err := crowded.DB().Select(&all, servesNoConstraint); err != nil {
		t.Fatal(err)
	}
	for _, index := range all {
		if !used[index] {
			t.Errorf("nothing reads %s: drop it, or say here who asks for it", index)
		}
	}
	if len(all) < 20 {
		t.Errorf("only %v are looked at; used are %v", all, slices.Sorted(maps.Keys(used)))
	}
}

func alsoAsked(t *testing.T) []question {
	t.Helper()
	ask := func(fn func(context.Context, *store.Store) error) question { return question{ask: fn} }
	now, operator := time.Now(), int64(1)
	audit := func(f store.AuditFilter) question {
		return ask(func(ctx context.Context, s *store.Store) error { return with(s.AuditLog(ctx, f, nil, 50)) })
	}
	inTx := func(fn func(context.Context, *store.Tx) error) question {
		return ask(func(ctx context.Context, s *store.Store) error {
			return s.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) })
		})
	}
	return []question{
		audit(store.AuditFilter{Who: "operator 7"}), audit(store.AuditFilter{Subject: "subject 7"}), audit(store.AuditFilter{Address: "192.0.2.7"}),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.OperatorsSeen(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.OperatorSeen(ctx, operator)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.MembersSeen(ctx, 1)) }),
		ask(func(ctx context.Context, s *store.Store) error { return s.ForgetSessions(ctx) }),
		ask(func(ctx context.Context, s *store.Store) error { return s.ForgetQuotes(ctx) }),
		ask(func(ctx context.Context, s *store.Store) error { return s.ForgetWebhookTries(ctx) }),
		ask(func(ctx context.Context, s *store.Store) error { return s.ForgetSandboxRequests(ctx, time.Hour) }),
		ask(func(ctx context.Context, s *store.Store) error { return s.ExpireExports(ctx) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.RequeueLostExports(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.Exports(ctx, 0, 20)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.RateAt(ctx, &now)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.Rates(ctx, 20)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.RateChanges(ctx, 20)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.WaitingAdjustments(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.DecidedAdjustments(ctx, now, 20)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.WaitingAdjustmentLists(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.DecidedAdjustmentLists(ctx, now, 20)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.DecidedChanges(ctx, now, 20)) }),
		ask(func(ctx context.Context, s *store.Store) error {
			return with(s.Adjustments(ctx, store.AdjustmentFilter{}, nil, 20))
		}),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.DoneAlone(ctx, now)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.CountDoneAlone(ctx, 3600)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.Waiting(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.Cases(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.WaitingLists(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.Unclassified(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.TopUpsOfShape(ctx, "a", 20)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.WaitingClassification(ctx, "a")) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.ClassificationsInForce(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.OpenAttempts(ctx, "here")) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.FloatDeposits(ctx, uuid.Nil, 20)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.StandingDeposit(ctx, "SPEI-1")) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.FloatPace(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error {
			return with(s.FloatMoves(ctx, now.Add(-time.Hour), now))
		}),
		ask(func(ctx context.Context, s *store.Store) error {
			return with(s.Quarters(ctx, 0, now.Add(-time.Hour), now))
		}),
		ask(func(ctx context.Context, s *store.Store) error {
			return with(s.Between(ctx, 0, now.Add(-time.Hour), now))
		}),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.ProductChanges(ctx, "XOOM_50_MXN", 20)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.LatestDelivery(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.CountDeliveryTimes(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error { return with(s.ClaimNotices(ctx, 10)) }),
		ask(func(ctx context.Context, s *store.Store) error {
			return with(s.LostAlerts(ctx, billing.AlertUnknownOld, 3600))
		}),
		inTx(func(ctx context.Context, tx *store.Tx) error { return with(tx.PlanNotices(ctx)) }),
		inTx(func(ctx context.Context, tx *store.Tx) error { return with(tx.ExpireRequests(ctx)) }),
		ask(func(ctx context.Context, s *store.Store) error {
			from, to := now.Add(-72*time.Hour), now.Add(-time.Hour)
			return with(s.TopUpTotals(ctx, billing.TopUpFilter{From: &from, To: &to}))
		}),
	}
}
