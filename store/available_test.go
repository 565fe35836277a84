package store_test

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/store/storetest"
)

func TestAvailableSinceStepsAtADeposit(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "100")
	line, err := s.AvailableSince(t.Context(), c.ID, time.Now().Add(-time.Hour), 15*time.Minute)
	if err != nil || len(line) != 1 {
		t.Fatalf("%+v, %v", line, err)
	}
	if p := line[0]; !p.Deposit || p.Before.Sign() != 0 || p.After.String() != "100.0000" {
		t.Errorf("%+v", p)
	}
	if d, err := s.LastDeposit(t.Context(), c.ID); err != nil || d.Amount.String() != "100.0000" || time.Since(d.At) > time.Minute {
		t.Errorf("%+v, %v", d, err)
	}
	nobody := storetest.Customer(t, s, "0")
	if line, err := s.AvailableSince(t.Context(), nobody.ID, time.Now().Add(-time.Hour), 15*time.Minute); err != nil || len(line) != 0 {
		t.Errorf("%+v, %v", line, err)
	}
}
