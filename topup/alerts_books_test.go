package topup

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestBooksThatAreWrongOrUnprovenAlertUntilTheyAreProven(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, log := listening(s)
	for _, step := range []struct {
		name  string
		proof billing.Proof
		want  []billing.AlertKind
	}{
		{"proven", billing.Proof{CheckedAt: time.Now()}, nil},
		{"only a top-up without a worker", billing.Proof{CheckedAt: time.Now(), Wrong: 2, Waiting: 2}, nil},
		{"wrong", billing.Proof{CheckedAt: time.Now(), Wrong: 5, Waiting: 2}, []billing.AlertKind{billing.AlertBooksWrong}},
		{"and then not even readable", billing.Proof{Problem: "no answer"}, []billing.AlertKind{billing.AlertBooksWrong, billing.AlertBooksUnproven}},
		{"proven again", billing.Proof{CheckedAt: time.Now()}, nil},
		{"three hours ago", billing.Proof{CheckedAt: time.Now().Add(-181 * time.Minute)}, []billing.AlertKind{billing.AlertBooksUnproven}},
		{"and again", billing.Proof{CheckedAt: time.Now()}, nil},
	} {
		if err := s.InsertProof(t.Context(), step.proof); err != nil {
			t.Fatal(err)
		}
		if err := e.LookAround(t.Context()); err != nil {
			t.Fatal(err)
		}
		open := openAlerts(t, s)
		if len(open) != len(step.want) {
			t.Errorf("%s: %+v is open, want %v", step.name, open, step.want)
		}
		for _, kind := range step.want {
			if open[kind].Severity != billing.SeverityCritical || open[kind].Link != "/admin/books" {
				t.Errorf("%s: %+v", step.name, open[kind])
			}
		}
		if kind := billing.AlertBooksWrong; len(step.want) == 1 && step.want[0] == kind && open[kind].Words["count"] != "3" {
			t.Errorf("%s: %+v", step.name, open[kind].Words)
		}
	}
	if n := log.count("alert raised"); n != 3 {
		t.Errorf("told %d times, want 3", n)
	}
}

func TestBooksThatNobodyLookedAtYetAreNoAlert(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, _ := listening(s)
	if err := e.LookAround(t.Context()); err != nil || len(openAlerts(t, s)) != 0 {
		t.Errorf("%v, %v", openAlerts(t, s), err)
	}
}
