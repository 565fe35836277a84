package load

// A report for a terminal, with pictures made of blocks.

import (
	"fmt"
	"strings"
	"time"
)

// Text is the whole report.
func (r Report) Text() string {
	var b strings.Builder
	for _, sentence := range r.preface() {
		b.WriteString(sentence + "\n")
	}
	for _, one := range r.Results {
		b.WriteString("\n" + r.TextOf(one))
	}
	for _, end := range r.ends() {
		b.WriteString("\n" + end)
	}
	return b.String()
}

// ends are what is said once, after all runs.
func (r Report) ends() []string {
	var all []string
	for _, said := range []string{r.Seen, r.Proof} {
		if said != "" {
			all = append(all, strings.TrimSpace(said)+"\n")
		}
	}
	return all
}

// TextOf is one run: its figures a line each, and its picture.
func (r Report) TextOf(one *Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", one.Profile.Name, one.Profile.About)
	for i, value := range r.row(one)[1:] {
		fmt.Fprintf(&b, "  %-14s %s\n", columns[i+1], value)
	}
	b.WriteString(one.blocks())
	for _, remark := range r.remarks(one) {
		b.WriteString("  " + remark + "\n")
	}
	return b.String()
}

const wide = 60 // characters of a picture

// blocks are four lines: what came, what ended, how long it waited, and what was open.
func (r *Result) blocks() string {
	slices := r.Slices(wide)
	each := (r.Took / wide).Seconds()
	line := func(name, unit string, of func(Slice) float64) string {
		values := make([]float64, len(slices))
		most := 0.0
		for i, s := range slices {
			values[i] = of(s)
			most = max(most, values[i])
		}
		return fmt.Sprintf("  %-14s %s most %s%s\n", name, bars(values, most), figure(most), unit)
	}
	return line("ordered", "/s", func(s Slice) float64 { return float64(s.Ordered) / each }) +
		line("ended", "/s", func(s Slice) float64 { return float64(s.Ended) / each }) +
		line("waited (p95)", "s", func(s Slice) float64 { return s.P95.Seconds() }) +
		line("open", "", func(s Slice) float64 { return float64(s.Open) }) +
		r.sky()
}

// figure is a number as one reads it.
func figure(f float64) string {
	if f >= 100 {
		return count(int(f + 0.5))
	}
	return fmt.Sprintf("%.3g", f)
}

// bars draws values up to most.
func bars(values []float64, most float64) string {
	steps := []rune("▁▂▃▄▅▆▇█")
	drawn := make([]rune, len(values))
	for i, v := range values {
		switch {
		case v <= 0 || most <= 0:
			drawn[i] = ' '
		default:
			drawn[i] = steps[min(len(steps)-1, int(v/most*float64(len(steps))))]
		}
	}
	return string(drawn)
}

// sky marks when Latcom was slow (~) or away (x); empty when it never was.
func (r *Result) sky() string {
	if !r.Profile.Needs() {
		return ""
	}
	drawn := strings.Repeat(" ", wide)
	for _, band := range r.bands() {
		mark := "~"
		if band.away {
			mark = "x"
		}
		from, to := place(band.from, r.Took), place(band.to, r.Took)
		drawn = drawn[:from] + strings.Repeat(mark, to-from) + drawn[to:]
	}
	return fmt.Sprintf("  %-14s %s x: cannot be reached, ~: slow\n", "Latcom", drawn)
}

func place(at, of time.Duration) int {
	return min(wide, max(0, int(float64(wide)*float64(at)/float64(max(of, 1)))))
}

// band is a stretch of unusual weather.
type band struct {
	from, to time.Duration
	away     bool
}

func (r *Result) bands() (all []band) {
	for i, w := range r.Profile.Weather {
		until := r.Took
		if i+1 < len(r.Profile.Weather) {
			until = r.Profile.Weather[i+1].At
		}
		if w.Away || w.Most > 0 {
			all = append(all, band{from: min(w.At, r.Took), to: min(until, r.Took), away: w.Away})
		}
	}
	return all
}
