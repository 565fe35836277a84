package views_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/views"
)

const nb = "\u00a0"

func TestMoneyAndFigures(t *testing.T) {
	d := decimal.RequireFromString
	for _, c := range []struct{ name, got, want string }{
		{"balance", views.Money2(d("78390.4299")), "78,390.43"},
		{"balance of millions", views.Money2(d("1234567.005")), "1,234,567.01"},
		{"negative balance", views.Money2(d("-12.5")), "−12.50"},
		{"what rounds to zero has no sign", views.Money2(d("-0.001")), "0.00"},
		{"available is cut", views.Floor2(d("1.209")), "1.20"},
		{"available below zero is cut away from zero", views.Floor2(d("-1.201")), "−1.21"},
		{"price", views.Money4(d("2.7778")), "2.7778"},
		{"price of nothing", views.Money4(decimal.Zero), "0.0000"},
		{"signed credit", views.Signed(d("2500"), 2), "+2,500.00"},
		{"signed debit", views.Signed(d("-12.5"), 4), "−12.5000"},
		{"signed zero", views.Signed(d("0.001"), 2), "0.00"},
		{"rate", views.Rate(d("18")), "18.0000"},
		{"rate with more places", views.Rate(d("18.123450")), "18.12345"},
		{"percent", views.Percent(d("0.965"), 1), "96.5" + nb + "%"},
		{"percent with two places", views.Percent(d("0.0168"), 2), "1.68" + nb + "%"},
		{"share", views.Share(11281, 11694), "96.5" + nb + "%"},
		{"share of nothing", views.Share(0, 0), "–"},
		{"whole discount", views.Discount(d("0.05")), "5" + nb + "%"},
		{"fine discount", views.Discount(d("0.0125")), "1.25" + nb + "%"},
		{"no discount", views.Discount(decimal.Zero), "0" + nb + "%"},
		{"hundred percent keeps its zeros", views.Discount(d("1")), "100" + nb + "%"},
		{"count", views.Integer(11694), "11,694"},
		{"small count", views.Integer(999), "999"},
		{"negative count", views.Integer(-1000), "−1,000"},
		{"unit", views.WithUnit("50.00", "MXN"), "50.00" + nb + "MXN"},
		{"phone", views.Phone("+525512345678"), "55 1234 5678"},
		{"foreign phone", views.Phone("+14155550100"), "+14155550100"},
		{"short phone", views.Phone("+5255"), "+5255"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	mexico, err := time.LoadLocation("America/Mexico_City")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 12, 21, 42, 8, 0, time.UTC)
	en := views.Reader{Language: views.English, Zone: mexico, Now: now}
	es := views.Reader{Language: views.Spanish, Zone: mexico, Now: now}
	today := now.Add(-2 * time.Second)
	yesterday := time.Date(2026, 3, 12, 5, 59, 0, 0, time.UTC) // 23:59 the day before in Mexico
	for _, c := range []struct{ name, got, want string }{
		{"time of day", en.TimeOfDay(today), "15:42:06"},
		{"tenths", en.TimeWithTenths(today.Add(140 * time.Millisecond)), "15:42:06.1"},
		{"today", en.When(today), "15:42:06"},
		{"another day", en.When(yesterday), "11 Mar 2026, 23:59"},
		{"another day in Spanish", es.When(yesterday), "11 mar 2026, 23:59"},
		{"no moment", en.When(time.Time{}), "–"},
		{"date and time today", es.DateTime(today), "12 mar 2026, 15:42"},
		{"long date", en.LongDate(today), "Thursday, 12 March 2026"},
		{"long date in Spanish", es.LongDate(today), "jueves, 12 de marzo de 2026"},
		{"UTC", views.UTC(today), "2026-03-12 21:42:06 UTC"},
		{"for machines", views.ISO(today), "2026-03-12T21:42:06Z"},
		{"ago", en.Ago(today), "2" + nb + "s ago"},
		{"ago in Spanish", es.Ago(today), "hace 2" + nb + "s"},
		{"age of the future", en.Age(-time.Second), "0" + nb + "s"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestDurations(t *testing.T) {
	en, es := views.Reader{Language: views.English}, views.Reader{Language: views.Spanish}
	for _, c := range []struct {
		of       time.Duration
		en, es   string
		duration bool
	}{
		{20 * time.Millisecond, "0.02 s", "0.02 s", true},
		{997 * time.Millisecond, "1.0 s", "1.0 s", true},
		{6410 * time.Millisecond, "6.4 s", "6.4 s", true},
		{59990 * time.Millisecond, "59 s", "59 s", true},
		{48900 * time.Millisecond, "48 s", "48 s", false},
		{26*time.Minute + 50*time.Second, "26 min", "26 min", false},
		{65 * time.Minute, "1 h 05 min", "1 h 05 min", false},
		{28 * time.Hour, "1 d 4 h", "1 día 4 h", false},
		{53 * time.Hour, "2 d 5 h", "2 días 5 h", false},
		{30 * 24 * time.Hour, "30 d", "30 días", false},
	} {
		gotEN, gotES := en.Age(c.of), es.Age(c.of)
		if c.duration {
			gotEN, gotES = en.Duration(c.of), es.Duration(c.of)
		}
		if spaced(gotEN) != c.en || spaced(gotES) != c.es {
			t.Errorf("%v: %q and %q, want %q and %q", c.of, gotEN, gotES, c.en, c.es)
		}
	}
	if got := en.Runway(-1); got != views.Nothing {
		t.Errorf("runway of nothing spent: %q", got)
	}
}

func spaced(text string) string {
	out := []rune(text)
	for i, r := range out {
		if r == '\u00a0' {
			out[i] = ' '
		}
	}
	return string(out)
}
