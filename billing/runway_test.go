package billing_test

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

func TestRunwayIsWhatIsLeftOverWhatIsSpent(t *testing.T) {
	for _, c := range []struct {
		name, available, spent string
		period, want           time.Duration
	}{
		{"an hour's spending lasts an hour", "60", "60", time.Hour, time.Hour},
		{"half of it half an hour", "30.0000", "60", time.Hour, 30 * time.Minute},
		{"a day's spending", "24", "12", 24 * time.Hour, 48 * time.Hour},
		{"cut to seconds", "1", "3", 10 * time.Second, 3 * time.Second},
		{"nothing available", "0", "5", time.Hour, 0},
		{"overdrawn", "-1", "5", time.Hour, 0},
		{"nothing spent", "100", "0", time.Hour, billing.NoRunway},
		{"no time passed", "100", "5", 0, billing.NoRunway},
		{"for ever is ten years", "99999999", "0.0001", time.Hour, billing.LongestRunway},
	} {
		got := billing.Runway(billing.MustUSD(c.available), billing.Spending{Amount: billing.MustUSD(c.spent), Period: c.period})
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTheLowerOfTwoLevelsCounts(t *testing.T) {
	customer := func(posted string) billing.Customer {
		return billing.Customer{
			LowBelow: billing.MustUSD("100"), MediumBelow: billing.MustUSD("500"),
			Balance: billing.Balance{Posted: billing.MustUSD(posted)},
		}
	}
	for _, c := range []struct {
		posted string
		runway time.Duration
		want   billing.Level
	}{
		{"99.9999", billing.NoRunway, billing.LevelLow},
		{"99.9999", 90 * 24 * time.Hour, billing.LevelLow},
		{"100", 90 * 24 * time.Hour, billing.LevelMedium},
		{"500", 90 * 24 * time.Hour, billing.LevelGood},
		{"500", billing.NoRunway, billing.LevelGood},
		{"500", billing.LowRunway - 1, billing.LevelLow},
		{"500", billing.LowRunway, billing.LevelMedium},
		{"500", billing.MediumRunway, billing.LevelGood},
		{"100", billing.LowRunway, billing.LevelMedium},
	} {
		if got := customer(c.posted).LevelWith(c.runway); got != c.want {
			t.Errorf("%s USD for %s: %s, want %s", c.posted, c.runway, got, c.want)
		}
	}
}

func TestThresholdsAreInOrder(t *testing.T) {
	for _, c := range []struct{ low, medium, wrong string }{
		{"0", "0", ""}, {"5", "5", ""}, {"5", "20", ""}, {"-1", "5", "low"}, {"20", "5", "medium"},
	} {
		err := billing.CheckLevels(billing.MustUSD(c.low), billing.MustUSD(c.medium))
		problems, _ := err.(billing.ValidationError) //nolint:errorlint // it is returned bare
		if (c.wrong == "") != (err == nil) || c.wrong != "" && problems[c.wrong] == "" {
			t.Errorf("%s and %s: %v, want %q", c.low, c.medium, err, c.wrong)
		}
	}
}
