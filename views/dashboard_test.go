package views_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var (
	afternoon = time.Date(2026, 3, 12, 21, 42, 8, 0, time.UTC)
	english   = views.Reader{Language: views.English, Zone: time.FixedZone("CST", -6*3600), Now: afternoon}
)

func drawn(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var page strings.Builder
	if err := c.Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	document, err := goquery.NewDocumentFromReader(strings.NewReader(page.String()))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func said(s *goquery.Selection) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s.Text(), "\u00a0", " ")), " ")
}

func entry(kind billing.EntryKind, from, to billing.Account) billing.Entry {
	return billing.Entry{Kind: kind, From: from, To: to, Currency: billing.CurrencyUSD, Amount: decimal.RequireFromString("2.7778"), CreatedAt: afternoon}
}

// A final answer stands, but money may move after it: the page says what was
// charged in the end, never "nothing" beside a charge.
func TestATopUpsPageSaysWhatWasChargedInTheEnd(t *testing.T) {
	hold := entry(billing.EntryHold, billing.AccountAvailable, billing.AccountHeld)
	capture := entry(billing.EntryCapture, billing.AccountHeld, billing.AccountRevenue)
	release := entry(billing.EntryRelease, billing.AccountHeld, billing.AccountAvailable)
	charge := entry(billing.EntryCharge, billing.AccountAvailable, billing.AccountRevenue)
	reversal := entry(billing.EntryReversal, billing.AccountRevenue, billing.AccountAvailable)
	for _, c := range []struct {
		name    string
		status  billing.Status
		entries []billing.Entry
		charged string
		heads   string
		verdict string
	}{
		{"delivered", billing.StatusSucceeded, []billing.Entry{hold, capture}, "2.7778", "Accepted, 2.7778 USD held|Delivered|Charged, 2.7778 USD", ""},
		{"failed", billing.StatusFailed, []billing.Entry{hold, release}, "0", "Accepted, 2.7778 USD held|Not delivered|Hold given back, 2.7778 USD", "Nothing was charged."},
		{"charged later", billing.StatusFailed, []billing.Entry{hold, release, charge}, "2.7778", "Accepted, 2.7778 USD held|Not delivered|Hold given back, 2.7778 USD|Charged after all, 2.7778 USD", "It was charged after all."},
		{"reversed", billing.StatusReversed, []billing.Entry{hold, capture, reversal}, "0", "Accepted, 2.7778 USD held|Delivered|Charged, 2.7778 USD|Reversed, 2.7778 USD given back", ""},
		{"unknown", billing.StatusUnknown, []billing.Entry{hold}, "0", "Accepted, 2.7778 USD held|Nobody knows yet", "Nobody knows yet."},
		{"queued", billing.StatusQueued, []billing.Entry{hold}, "0", "Accepted, 2.7778 USD held|In the queue", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := drawn(t, views.OwnTopUpParts(english, views.OwnTopUp{
				TopUp:   billing.TopUp{Status: c.status, Phone: "+525512345678", Reference: "r1", Price: billing.MustUSD("2.7778"), FailureCode: billing.FailureRefused, CreatedAt: afternoon},
				Entries: c.entries, Charged: billing.MustUSD(c.charged),
			}))
			var heads []string
			page.Find(".tl-head").Each(func(_ int, head *goquery.Selection) { heads = append(heads, said(head)) })
			if got := strings.Join(heads, "|"); got != c.heads {
				t.Errorf("the story is %q, want %q", got, c.heads)
			}
			if got := said(page.Find(".note b")); got != c.verdict {
				t.Errorf("the verdict is %q, want %q", got, c.verdict)
			}
		})
	}
}

func TestTheDashboardTellsARunwayOnlyFromWhatWasSpent(t *testing.T) {
	for _, c := range []struct {
		name, want string
		runway     views.Runway
	}{
		{"an hour's pace", "Lasts for 1 d 4 h Good at the pace of the last 60 minutes: 2,795.02 USD", views.Runway{Usual: -1, Lasts: 28 * time.Hour, Hour: true, Spent: billing.MustUSD("2795.02"), Left: billing.MustUSD("78390.43")}},
		{"the day's pace", "Lasts for 2 h 00 min Good at the pace of today: 100.00 USD so far", views.Runway{Usual: -1, Lasts: 2 * time.Hour, Spent: billing.MustUSD("100"), Left: billing.MustUSD("10")}},
		{"nothing spent", "Lasts for – Good Nothing was spent today, so there is no pace to tell it from.", views.Runway{Usual: -1, Lasts: -1, Left: billing.MustUSD("10")}},
		{"as usual", "Lasts for 4 h 00 min Good Nothing was spent today yet; this is how a usual Thursday goes.", views.Runway{DayBegan: afternoon, Lasts: -1, Usual: 4 * time.Hour, Left: billing.MustUSD("10")}},
		{"both", "Lasts for 1 h 00 min Good at the pace of the last 60 minutes: 1.00 USD On a usual Thursday: 4 h 00 min", views.Runway{DayBegan: afternoon, Lasts: time.Hour, Hour: true, Spent: billing.MustUSD("1"), Usual: 4 * time.Hour, Left: billing.MustUSD("10")}},
		{"nothing left", "Lasts for Nothing available Good No top-up is accepted before a deposit arrives.", views.Runway{Hour: true, Spent: billing.MustUSD("1")}},
		{"far away", "Lasts for more than 60 d Good at the pace of the last 60 minutes: 0.01 USD", views.Runway{Usual: -1, Lasts: 9999 * time.Hour, Hour: true, Spent: billing.MustUSD("0.01"), Left: billing.MustUSD("10")}},
	} {
		parts := drawn(t, views.DashboardParts(english, views.DashboardNow{Runway: c.runway}))
		var words []string
		parts.Find("#runway p, #runway .st").Each(func(_ int, s *goquery.Selection) { words = append(words, said(s)) })
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if parts.Find("#runway svg.chart").Length() != 0 {
			t.Errorf("%s: a line is drawn from nothing", c.name)
		}
	}
}

func TestTheDashboardComparesWithYesterdayAtTheSameTime(t *testing.T) {
	rate := billing.MustRate("18")
	for _, c := range []struct {
		name string
		day  views.CustomerSums
		want string
	}{
		{"more", views.CustomerSums{Count: 6455, Yesterday: 6010}, "+7.4 % on yesterday at this time"},
		{"less", views.CustomerSums{Count: 90, Yesterday: 100}, "\u221210.0 % on yesterday at this time"},
		{"none", views.CustomerSums{Count: 3}, "none yesterday by this time"},
		{"exceptions", views.CustomerSums{Succeeded: 968, Failed: 32, Unknown: 1}, "96.8% 32 failed, 1 unknown"},
		{"average", views.CustomerSums{Succeeded: 3, Delivered: billing.MustMXN("200")}, "66.67 on average"},
		{"terms", views.CustomerSums{Rate: &rate, Discount: billing.MustFraction("0.05")}, "now 18.0000 MXN per USD, 5 % off"},
		{"no rate", views.CustomerSums{}, "no exchange rate is set"},
	} {
		band := drawn(t, views.DashboardParts(english, views.DashboardNow{Today: c.day}))
		var words []string
		band.Find("#today p").Each(func(_ int, p *goquery.Selection) { words = append(words, said(p)) })
		if got := strings.Join(words, " "); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q in it", c.name, got, c.want)
		}
	}
}

func TestTheBalanceIsDrawnOfItsParts(t *testing.T) {
	for _, c := range []struct {
		name, balance, held, limit string
		widths                     string
	}{
		{"settled and held", "100", "25", "0", "100% 75.000% 25.000%"},
		{"nothing at all", "0", "0", "0", "100%"},
		{"credit not used", "50", "0", "50", "100% 50.000%"},
		{"credit in use", "-25", "25", "100", "100% 25.000% 25.000%"},
	} {
		now := views.DashboardNow{Customer: billing.Customer{Balance: billing.Balance{
			Posted: billing.MustUSD(c.balance), Held: billing.MustUSD(c.held), CreditLimit: billing.MustUSD(c.limit),
		}}}
		var widths []string
		drawn(t, views.DashboardParts(english, now)).Find("#balance svg rect").Each(func(_ int, bar *goquery.Selection) {
			widths = append(widths, bar.AttrOr("width", ""))
		})
		if got := strings.Join(widths, " "); got != c.widths {
			t.Errorf("%s: %s, want %s", c.name, got, c.widths)
		}
	}
}
