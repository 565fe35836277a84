package load

// Profiles: how many orders come, and when.

import (
	"slices"
	"testing"
	"time"
)

func TestAProfileSendsAsManyOrdersAsItsRateSays(t *testing.T) {
	for name, want := range map[string]int{"50-100": 75, "200": 200, "500": 500, "day": 1250, "day-10x": 12_500, "day-100x": 125_000, "burst": 1000, "slow": 12_500, "outage": 292} {
		chosen, unknown := Choose([]string{name}, time.Hour)
		if unknown != "" {
			t.Fatalf("there is no profile %s", name)
		}
		if got := len(chosen[0].Arrivals(1)); got != want {
			t.Errorf("%s: %d orders, want %d", name, got, want)
		}
	}
}

func TestOrdersComeInOrderWithinTheirProfileAndTheSameForTheSameSeed(t *testing.T) {
	for _, p := range Profiles(2 * time.Minute) {
		arrivals := p.Arrivals(7)
		if !slices.IsSorted(arrivals) || arrivals[0] < 0 || arrivals[len(arrivals)-1] > p.Lasts() {
			t.Errorf("%s: %v", p.Name, arrivals)
		}
		if !slices.Equal(arrivals, p.Arrivals(7)) {
			t.Errorf("%s: the same seed gave other times", p.Name)
		}
	}
}

func TestARisingRateSendsMoreOfItsOrdersLater(t *testing.T) {
	p := Phase{For: time.Hour, From: 0, To: 1000}
	for share, want := range map[float64]float64{0: 0, 0.25: 0.5, 1: 1} { // a quarter has come at half of the time
		if got := p.fraction(share); got < want-1e-9 || got > want+1e-9 {
			t.Errorf("share %v has come at %v, want %v", share, got, want)
		}
	}
}

func TestHurryingSendsTheSameOrdersInLessTime(t *testing.T) {
	for _, p := range Profiles(time.Hour) {
		fast := p.Hurried(10)
		if got, want := fast.Lasts(), p.Lasts()/10; got != want {
			t.Errorf("%s lasts %v, want %v", p.Name, got, want)
		}
		if got, want := len(fast.Arrivals(1)), len(p.Arrivals(1)); got != want {
			t.Errorf("%s: %d orders, want %d", p.Name, got, want)
		}
		for i, w := range fast.Weather {
			if w.At != p.Weather[i].At/10 {
				t.Errorf("%s: the weather changes at %v, want %v", p.Name, w.At, p.Weather[i].At/10)
			}
		}
	}
}

func TestAProfileThatNobodyKnowsIsNamed(t *testing.T) {
	if _, unknown := Choose([]string{"day", "night"}, time.Minute); unknown != "night" {
		t.Errorf("unknown %q", unknown)
	}
}
