package topup

import (
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// 50 MXN are spent within the hour: 200 last for 4 hours, 1,200 for a day.
func TestSomebodyIsToldBeforeTheFloatRunsOut(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, log := listening(s)
	s.DB().MustExecContext(t.Context(), `UPDATE alert_thresholds SET float_below = 0`) // it has a test of its own
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	settled(t, e, order(storetest.Customer(t, s, "100"), "r1"), billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"})
	for i, step := range []struct {
		name, pay string // paid in, or what was undone
		want      billing.AlertKind
		lasts     string
	}{
		{"nothing is known", "", "", ""},
		{"15 are left", "65", billing.AlertFloatEmpty, "1080"},
		{"115 are left", "100", billing.AlertFloatShort, "8280"},
		{"215 are left: not a quarter above yet", "100", billing.AlertFloatShort, "15480"},
		{"265 are left", "50", billing.AlertFloatLow, "19080"},
		{"1,265 are left: not a quarter above yet", "1000", billing.AlertFloatLow, "91080"},
		{"2,265 are left", "1000", "", ""},
		{"undone", "-1000", "", ""},
		{"undone twice", "-1000", billing.AlertFloatLow, "19080"},
	} {
		if step.pay != "" && step.pay[0] != '-' {
			if err := e.RecordFloatDeposit(t.Context(), ana, deposit(step.pay, string(rune('a'+i)))); err != nil {
				t.Fatal(err)
			}
		} else if step.pay != "" {
			undoGreatest(t, e, ana)
		}
		if err := e.LookAround(t.Context()); err != nil {
			t.Fatal(err)
		}
		open := openAlerts(t, s)
		if step.want == "" && len(open) != 0 || step.want != "" && len(open) != 1 {
			t.Errorf("%s: %v", step.name, open)
			continue
		}
		if alert := open[step.want]; step.want != "" && (alert.Link != "/admin/float" || alert.Words["seconds"] != step.lasts) {
			t.Errorf("%s: %+v", step.name, alert)
		}
	}
	if n := log.count("alert raised"); n != 4 {
		t.Errorf("told %d times, want 4", n)
	}
}

// undoGreatest undoes one of the greatest deposits that stand.
func undoGreatest(t *testing.T, e *Engine, who billing.Actor) {
	t.Helper()
	deposits, err := e.store.FloatDeposits(t.Context(), [16]byte{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	greatest := billing.FloatDeposit{}
	for _, d := range deposits {
		if d.CorrectedBy == nil && d.Amount.Cmp(greatest.Amount) > 0 {
			greatest = d
		}
	}
	if err := e.CorrectFloatDeposit(t.Context(), who, greatest, deposit("1", "x")); err != nil {
		t.Fatal(err)
	}
}
