package billing

import (
	"errors"
	"testing"
)

func TestLimitsSayWhatIsWrongWithThem(t *testing.T) {
	t.Parallel()
	mxn := func(s string) *MXN { a := MustMXN(s); return &a }
	usd := func(s string) *USD { a := MustUSD(s); return &a }
	for _, tt := range []struct {
		limits Limits
		wrong  string
	}{
		{Limits{}, ""},
		{Limits{Min: mxn("20"), Max: mxn("200")}, ""},
		{Limits{Min: mxn("50"), Max: mxn("50")}, ""},
		{Limits{Min: mxn("19.99")}, "min"},
		{Limits{Min: mxn("200.01")}, "min"},
		{Limits{Max: mxn("200.01")}, "max"},
		{Limits{Max: mxn("10")}, "max"},
		{Limits{Min: mxn("60"), Max: mxn("50")}, "max"},
		{Limits{DailyCap: usd("0")}, "daily_cap"},
		{Limits{DailyCap: usd("0.0001"), RequestLimit: RequestLimit{PerMinute: 1}}, ""},
		{Limits{RequestLimit: RequestLimit{PerMinute: -1}}, "requests"},
		{Limits{RequestLimit: RequestLimit{PerMinute: MostRequestsPerMinute + 1}}, "requests"},
	} {
		err := tt.limits.Check(MustMXN("20"), MustMXN("200"))
		var wrong ValidationError
		if errors.As(err, &wrong) != (tt.wrong != "") || tt.wrong != "" && wrong[tt.wrong] == "" {
			t.Errorf("%v: %v", tt.limits.Facts(), err)
		}
	}
}

func TestNetworksAreReadAndAskedForAnAddress(t *testing.T) {
	t.Parallel()
	networks, wrong := ParseNetworks("203.0.113.7, 198.51.100.9/24\n2001:db8::1/32 203.0.113.7")
	if wrong != "" || JoinNetworks(networks, " ") != "203.0.113.7 198.51.100.0/24 2001:db8::/32" {
		t.Fatalf("%v, %q", networks, wrong)
	}
	l := Limits{Networks: networks}
	for address, want := range map[string]bool{
		"203.0.113.7": true, "203.0.113.8": false, "198.51.100.255": true, "::ffff:198.51.100.1": true, "2001:db8:1::5": true, "2001:db9::5": false, "": false, "x": false,
	} {
		if l.AllowsFrom(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
	if !(Limits{}).AllowsFrom("") {
		t.Error("without networks every address is allowed")
	}
	for _, text := range []string{"203.0.113", "203.0.113.7/33", "example.com", "fe80::1%eth0"} {
		if _, wrong := ParseNetworks("10.0.0.1 " + text); wrong != text {
			t.Errorf("%q is read, or %q is blamed", text, wrong)
		}
	}
}

func TestADayEndsAtItsCap(t *testing.T) {
	t.Parallel()
	limit := MustUSD("10")
	l := Limits{DailyCap: &limit}
	if err := l.WithinCap(MustUSD("7.5"), MustUSD("2.5"), 60); err != nil {
		t.Errorf("up to the cap: %v", err)
	}
	var over DailyCapError
	if err := l.WithinCap(MustUSD("7.5"), MustUSD("2.5001"), 0); !errors.As(err, &over) || over.RetryAfter != 1 || over.Spent.String() != "7.5000" {
		t.Errorf("beyond it: %v", err)
	}
	if err := (Limits{}).WithinCap(MustUSD("1000000"), MustUSD("1"), 0); err != nil {
		t.Errorf("without one: %v", err)
	}
}
