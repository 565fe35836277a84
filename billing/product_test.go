package billing

import (
	"errors"
	"testing"
	"time"
)

func TestAProductsRuleSaysWhatIsSentReceivedAndPaid(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rule                       VATRule
		places                     int32
		adds                       bool
		face, sent, received, cost string
	}{
		{SendFace, 2, true, "30", "30.00", "34.80", "28.20"},
		{SendFaceLessVAT, 2, true, "30", "25.86", "30.00", "28.20"},
		{SendFaceLessVAT, 0, true, "30", "26.00", "30.16", "28.20"},
		{SendFace, 0, true, "37.25", "37.00", "42.92", "35.02"},
		{SendFace, 2, false, "50", "50.00", "50.00", "47.00"},
	} {
		p := Product{VATRule: tt.rule, SentPlaces: tt.places, AddsVAT: tt.adds, CostFraction: MustFraction("0.94")}
		d := p.Deliver(MustMXN(tt.face))
		if d.Sent.String() != tt.sent || d.Expected.String() != tt.received || d.Cost.String() != tt.cost {
			t.Errorf("%+v: %+v", tt, d)
		}
	}
}

func TestAPercentageIsAShareWithTheCommaMoved(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"5.5": "0.055", "0": "0", "100": "1", "2.2525": "0.022525", "200": "2"} {
		if got, err := ParsePercent(text); err != nil || got.Decimal().String() != want {
			t.Errorf("%s: %s, %v", text, got.Decimal(), err)
		}
	}
	for _, text := range []string{"", "-1", "200.01", "1.00001", "5%", "1e1"} {
		if got, err := ParsePercent(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestARateIsPlannedWithinAYear(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 12, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) *time.Time { moment := now.Add(d); return &moment }
	for _, tt := range []struct {
		begins *time.Time
		wrong  bool
	}{{nil, false}, {at(time.Minute), false}, {at(0), true}, {at(-time.Hour), true}, {at(longestPlan), false}, {at(longestPlan + time.Second), true}} {
		if err := (ChangeRequest{BeginsAt: tt.begins}).CheckPlan(now); errors.As(err, &ValidationError{}) != tt.wrong {
			t.Errorf("%v: %v", tt.begins, err)
		}
	}
}
