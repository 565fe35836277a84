package load

// A report: several runs on one machine, and what they were made with. Text and
// Markdown say the same.

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Report is what is said about runs.
type Report struct {
	Made     time.Time
	Command  string // that made it
	Machine  Machine
	Target   string   // what was played against
	Settings []string // of it, as far as they are known
	Hurry    float64  // how many times faster than real; 1: at the real rate
	PerMonth float64  // USD a month that the machine is taken to cost
	Results  []*Result
	Proof    string // what verify said; empty: it is not ours to ask
	Seen     string // what Latcom's side counted; empty: as above
}

// Sound says whether nothing that was accepted is missing.
func (r Report) Sound() bool {
	return !slices.ContainsFunc(r.Results, func(one *Result) bool { return len(one.Lost) > 0 })
}

// preface are the sentences that every reader has to know before the figures.
func (r Report) preface() []string {
	var all []string
	if r.Hurry != 1 {
		all = append(all, fmt.Sprintf("TIME WAS COMPRESSED %g TIMES: orders came %g times faster, and outages were as many times shorter, than the profiles say. "+
			"Latcom's own times and the program's (retries, expiry) were not compressed, so these are not the figures of the real rate.", r.Hurry, r.Hurry))
	} else {
		all = append(all, "Time was not compressed: orders came at the real rate, each profile for as long as its line says. What a day holds is a window of it, not a day.")
	}
	m := r.Machine
	all = append(all,
		fmt.Sprintf("Machine: %d cores (%s), %.1f GB of memory, %s, for everything together: the program, its database, the simulator of Latcom and the resellers. Load average before: %s.",
			m.Cores, unless(m.Processor, "of a kind it does not tell"), m.MemoryGB, m.System, unless(m.LoadedBy, "not known")),
		"Played against "+r.Target+".")
	if len(r.Settings) > 0 {
		all = append(all, "Settings: "+strings.Join(r.Settings, ", ")+".")
	}
	return append(all, fmt.Sprintf("Cost: the machine is taken to cost %g USD a month (--machine-usd); \"alone\" is all of it at the profile's rate, \"share\" the processor time that was used. Latcom's airtime is no part of it.", r.PerMonth))
}

func unless(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// columns are the table's.
var columns = []string{"profile", "lasted", "sent", "accepted", "delivered", "failed", "unknown", "open", "refused", "p50", "p95", "p99", "memory", "CPU", "USD per 1,000"}

// row is a result in the table's columns.
func (r Report) row(one *Result) []string {
	f := one.Figures()
	row := []string{
		one.Profile.Name, short(one.Took), count(f.Sent), count(f.Accepted), count(f.Delivered), byCode(f.Failed),
		count(f.Unknown), count(f.Open), byCode(f.Refused), short(f.Waited.P50), short(f.Waited.P95), short(f.Waited.P99),
	}
	if !f.Known {
		return append(row, "–", "–", "–")
	}
	whole, share := f.Cost(r.PerMonth, r.Machine.Cores)
	return append(row, fmt.Sprintf("%d MB", f.Memory>>20),
		fmt.Sprintf("%.0f %% + %.0f %%", percent(f.Program, f.Watched), percent(f.Base, f.Watched)),
		fmt.Sprintf("%.4f alone, %.5f share", whole, share))
}

func percent(part, of time.Duration) float64 { return 100 * float64(part) / float64(of) }

// remarks are what the table has no column for.
func (r Report) remarks(one *Result) []string {
	f := one.Figures()
	var all []string
	if one.Interrupted {
		all = append(all, "Interrupted: this is what was done until then.")
	}
	if one.Left > 0 {
		all = append(all, count(one.Left)+" orders of the profile were not sent.")
	}
	if f.Repeated > 0 {
		all = append(all, count(f.Repeated)+" orders were repeated with the same reference after a 5xx, a 429 or no answer.")
	}
	if len(one.Lost) > 0 {
		return append(all, "ACCEPTED AND NOT STORED: "+strings.Join(one.Lost, ", "))
	}
	return append(all, fmt.Sprintf("Each of the %s accepted was asked for again: accepted = stored.", count(f.Accepted)))
}

// count writes a number with commas.
func count(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// byCode is "3 (expired 2, refused 1)".
func byCode(counts map[string]int) string {
	sum := 0
	parts := make([]string, 0, len(counts))
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		sum += counts[code]
		parts = append(parts, fmt.Sprintf("%s %s", unless(code, "without a code"), count(counts[code])))
	}
	if sum == 0 {
		return "0"
	}
	return fmt.Sprintf("%s (%s)", count(sum), strings.Join(parts, ", "))
}

// short is a duration as precise as one wants to read it.
func short(d time.Duration) string {
	switch {
	case d == 0:
		return "–"
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return fmt.Sprintf("%.2fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}
