package main

// Pages of both databases, asked for in turn.

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

// ratioGoal is how many times as long a page may take with a thousand times as many.
const ratioGoal = 2

type both struct{ few, many *world }

// desk is where lists are looked at.
type desk struct {
	name, path string
	client     func(*world) *http.Client
	takes      func(list) bool
}

func (b both) desks() []desk {
	return []desk{
		{"back office", "/admin/topups", func(w *world) *http.Client { return w.operator }, func(list) bool { return true }},
		{"dashboard", "/dashboard/topups", func(w *world) *http.Client { return w.member }, func(l list) bool { return !strings.Contains(l.path, "customer=") }},
	}
}

// took is how long a page takes with few and with many: p95, and the median, which
// tells more where the machine has other work.
type took struct {
	name                  string
	few, many             time.Duration
	fewMedian, manyMedian time.Duration
}

func (t took) ratio() float64 { return float64(t.many) / float64(t.few) }

func (t took) String() string {
	round := func(d time.Duration) string { return d.Round(100 * time.Microsecond).String() }
	verdict := "ok"
	if t.ratio() > ratioGoal {
		verdict = "MISSED"
	}
	return fmt.Sprintf("%-52s %9s %9s %5.1f  %-6s   %9s %9s %5.1f", t.name, round(t.few), round(t.many), t.ratio(), verdict,
		round(t.fewMedian), round(t.manyMedian), float64(t.manyMedian)/float64(t.fewMedian))
}

func (b both) pages(ctx context.Context, o options) (good bool, err error) {
	fmt.Printf("server time on loopback, p95, with %d top-ups and with %d, asked for in turn (goal: at most %d times as long); behind it the medians\n", o.few, o.topUps, ratioGoal)
	good = true
	for _, d := range b.desks() {
		kept, err := b.desk(ctx, d, o)
		if err != nil {
			return false, err
		}
		good = good && kept
	}
	kept, err := b.api(ctx, o)
	return good && kept, err
}

func (b both) desk(ctx context.Context, d desk, o options) (good bool, err error) {
	fmt.Printf("\n%s: first pages\n", d.name)
	good = true
	for _, l := range b.many.sample.alone() {
		if !d.takes(l) {
			continue
		}
		t, err := b.time(ctx, d, l, l, o.times)
		if err != nil {
			return false, err
		}
		good = good && t.ratio() <= ratioGoal
		fmt.Println(t)
	}
	for _, part := range []func(context.Context, desk, options) (bool, error){b.deep, b.totals, b.pairs} {
		kept, err := part(ctx, d, o)
		if err != nil {
			return false, err
		}
		good = good && kept
	}
	return good, nil
}

// pairs asks for each two filters together, and prints the ten that lose most.
func (b both) pairs(ctx context.Context, d desk, o options) (good bool, err error) {
	if o.together == 0 {
		return true, nil
	}
	var all []took
	for _, l := range b.many.sample.together() {
		if !d.takes(l) {
			continue
		}
		t, err := b.time(ctx, d, l, l, o.together)
		if err != nil {
			return false, err
		}
		if t.ratio() > ratioGoal { // few times: whatever else happened meanwhile weighs much
			if t, err = b.time(ctx, d, l, l, o.times); err != nil {
				return false, err
			}
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b took) int { return int(1000 * (b.ratio() - a.ratio())) })
	missed := 0
	for _, t := range all {
		if t.ratio() > ratioGoal {
			missed++
		}
	}
	fmt.Printf("\n%s: first pages of two filters together: %d of %d keep the goal; those that lose most\n", d.name, len(all)-missed, len(all))
	for _, t := range all[:min(15, len(all))] {
		fmt.Println(t)
	}
	return missed == 0, nil
}

// older is the link to what is older than a page.
var older = regexp.MustCompile(`href="[^"]*[?&;]older=([^"&]+)`)

// deep asks for pages in the middle of a list.
func (b both) deep(ctx context.Context, d desk, o options) (good bool, err error) {
	fmt.Printf("\n%s: a page in the middle, by its cursor\n", d.name)
	good = true
	for _, l := range []list{{"no filter", ""}, {"status:failed", "?status=failed"}, {"customer:C020", "?customer=C020"}, {"amount:50", "?amount=50"}} {
		if !d.takes(l) {
			continue
		}
		few, err := b.few.middle(ctx, d, l)
		if err != nil {
			return false, err
		}
		many, err := b.many.middle(ctx, d, l)
		if err != nil {
			return false, err
		}
		t, err := b.time(ctx, d, few, many, o.times)
		if err != nil {
			return false, err
		}
		good = good && t.ratio() <= ratioGoal
		fmt.Println(t)
	}
	return good, nil
}

// middle is the second page of what is older than the middle of all top-ups.
func (w *world) middle(ctx context.Context, d desk, l list) (list, error) {
	sign := "?"
	if l.path != "" {
		sign = "&"
	}
	text, _, err := get(ctx, d.client(w), w.address+d.path+l.path+sign+"from="+w.sample.firstDay+"&to="+w.sample.lastDay, "")
	if err != nil {
		return l, err
	}
	found := older.FindStringSubmatch(text)
	if found == nil {
		return l, nil // all of them are on one page
	}
	place, err := url.QueryUnescape(html.UnescapeString(found[1]))
	if err != nil {
		return l, fmt.Errorf("read a cursor: %w", err)
	}
	return list{l.name, l.path + sign + "older=" + url.QueryEscape(place)}, nil
}

const totalsGoal = time.Second

// totals asks for what filters add up to: those of customers, states and days come
// from sums, of which there are more when there are more days; the others are counted
// up to a limit.
func (b both) totals(ctx context.Context, d desk, o options) (good bool, err error) {
	fmt.Printf("\n%s: totals, on a request of their own (goal: under %v)\n", d.name, totalsGoal)
	d.path += "/totals"
	good = true
	for _, l := range []list{
		{"no filter", ""},
		{"status:failed", "?status=failed"},
		{"date:lastmonth", "?date=lastmonth"},
		{"customer:C020", "?customer=C020"},
		{"amount:50 (counted)", "?amount=50"},
		{"amount:50.5 (counted)", "?amount=50.5"},
		{"phone:55* (counted)", "?phone=" + url.QueryEscape("55*")},
	} {
		if !d.takes(l) {
			continue
		}
		t, err := b.time(ctx, d, l, l, o.times/2)
		if err != nil {
			return false, err
		}
		good = good && t.many < totalsGoal
		fmt.Printf("%-52s %9s %9s        %s\n", t.name, t.few.Round(100*time.Microsecond), t.many.Round(100*time.Microsecond), verdict(t.many < totalsGoal))
	}
	return good, nil
}

// api asks for the lists that programs read.
func (b both) api(ctx context.Context, o options) (good bool, err error) {
	fmt.Printf("\nthe API: first pages\n")
	good = true
	bare := func(*world) *http.Client { return http.DefaultClient }
	d := desk{name: "API", path: "/api/v1/topups", client: bare}
	s := b.many.sample
	for _, l := range []list{
		{"no filter", ""},
		{"status", "?status=failed"},
		{"status, succeeded", "?status=succeeded"},
		{"phone", "?phone=" + s.phone},
		{"reference", "?reference=" + s.reference},
		{"days", "?from=" + s.firstDay + "T00:00:00Z&to=" + s.lastDay + "T00:00:00Z"},
		{"days and status", "?status=failed&from=" + s.firstDay + "T00:00:00Z&to=" + s.lastDay + "T00:00:00Z"},
	} {
		t, err := b.time(ctx, d, l, l, o.times)
		if err != nil {
			return false, err
		}
		good = good && t.ratio() <= ratioGoal
		fmt.Println(t)
	}
	return good, nil
}

// time asks both in turn; the first time of each, which finds nothing in memory,
// counts as well.
func (b both) time(ctx context.Context, d desk, few, many list, times int) (took, error) {
	var one, other []time.Duration
	for range times {
		for _, ask := range []struct {
			w    *world
			path string
			to   *[]time.Duration
		}{{b.few, few.path, &one}, {b.many, many.path, &other}} {
			key := ""
			if d.name == "API" {
				key = ask.w.key
			}
			_, t, err := get(ctx, d.client(ask.w), ask.w.address+d.path+ask.path, key)
			if err != nil {
				return took{}, err
			}
			*ask.to = append(*ask.to, t)
		}
	}
	return took{many.name, rig.Percentile(one, 0.95), rig.Percentile(other, 0.95), rig.Percentile(one, 0.5), rig.Percentile(other, 0.5)}, nil
}
