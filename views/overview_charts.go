package views

// The charts of the overview: volume, latency and success by hour of the business day.

import (
	"fmt"
	"math"

	"latcom.example/latcom-billing/views/ui"
)

func hourTick(i int) string { return fmt.Sprintf("%02d", i) }

func hourSpan(i int) string { return fmt.Sprintf("%02d:00–%02d:00", i, i+1) }

func (o Overview) volume() ui.Volume {
	chart := ui.Volume{
		Caption: o.T("Top-ups by hour"), Head: o.T("Hour"), Foot: o.T("Success"), Height: 224,
		Series: []ui.Series{
			{Name: StatusWordMany(o.Reader, "succeeded"), Tone: "succeeded"},
			{Name: StatusWordMany(o.Reader, "failed"), Tone: "failed", Least: 2},
			{Name: StatusWordMany(o.Reader, "unknown"), Tone: "unknown", Least: 5},
			{Name: StatusWordMany(o.Reader, "sending"), Tone: "sending", Least: 3},
		},
	}
	before := 0
	for i, hour := range o.Day.Hours {
		column := ui.Column{Tick: hourTick(i), Span: hourSpan(i)}
		if i <= o.Day.Hour {
			column.Values = []int{hour.Succeeded, hour.Failed, hour.Unknown, hour.Open}
			column.Foot = Share(hour.Succeeded, hour.Succeeded+hour.Failed)
		}
		chart.Columns = append(chart.Columns, column)
		chart.Ghost = append(chart.Ghost, o.Day.Before[i].total())
		before += o.Day.Before[i].total()
	}
	if before == 0 {
		chart.Ghost = nil
	}
	return chart
}

func (o Overview) latency() ui.Lines {
	p50, p95 := blank(), blank()
	for i, hour := range o.Day.Latencies {
		if hour.P95 > 0 {
			p50[i], p95[i] = hour.P50, hour.P95
		}
	}
	chart := byHour(ui.Line{Name: "p95", Tone: "accent", Points: p95, EndLabel: true}, ui.Line{Name: "p50", Tone: "ink", Points: p50, EndLabel: true})
	chart.Caption, chart.Head, chart.Unit, chart.Band = o.T("Latcom latency by hour, seconds"), o.T("Hour"), "s", true
	return chart
}

// latencyFact is a percentile of the day so far, with what it was on the other day.
type latencyFact struct{ name, now, was string }

func (o Overview) latencyFacts() []latencyFact {
	seconds := func(s float64) string {
		if s == 0 {
			return Nothing
		}
		return WithUnit(fmt.Sprintf("%.1f", s), "s")
	}
	now, was := o.Day.Latency, o.Day.LatencyBefore
	return []latencyFact{
		{"p50", seconds(now.P50), o.T("was %s", seconds(was.P50))},
		{"p95", seconds(now.P95), o.T("was %s", seconds(was.P95))},
	}
}

func (o Overview) success() ui.Lines {
	today, before := blank(), blank()
	lowest := 100.0
	for i := range 24 {
		today[i], before[i] = o.Day.Hours[i].successPercent(), o.Day.Before[i].successPercent()
		for _, value := range []float64{today[i], before[i]} {
			if !math.IsNaN(value) {
				lowest = math.Min(lowest, value)
			}
		}
	}
	chart := byHour(ui.Line{Name: o.T("Today"), Tone: "ink", Points: today, EndLabel: true}, ui.Line{Name: o.comparedDay(), Tone: "ghost", Points: before})
	chart.Low, chart.Height = axisBelow(lowest), 226 // as high as the latencies with their figures
	chart.TicksAt = []float64{chart.Low, (chart.Low + 100) / 2, 100}
	chart.Caption, chart.Head, chart.Unit = o.T("Success rate by hour, percent; the axis starts at %s", fmt.Sprint(chart.Low)), o.T("Hour"), "%"
	return chart
}

func (h HourCount) successPercent() float64 {
	if h.Succeeded+h.Failed == 0 {
		return math.NaN()
	}
	return 100 * float64(h.Succeeded) / float64(h.Succeeded+h.Failed)
}

// axisBelow is where an axis of percentages starts, so that the lowest is seen and small changes are not flat.
func axisBelow(lowest float64) float64 {
	for _, low := range []float64{92, 90, 80, 60} {
		if lowest >= low {
			return low
		}
	}
	return 0
}

func byHour(lines ...ui.Line) ui.Lines {
	chart := ui.Lines{Places: 1, Lines: lines}
	for i := range 24 {
		chart.Spans, chart.Ticks = append(chart.Spans, hourSpan(i)), append(chart.Ticks, hourTick(i))
	}
	return chart
}

func blank() []float64 {
	points := make([]float64, 24)
	for i := range points {
		points[i] = math.NaN()
	}
	return points
}

// hasLatency says whether anything was delivered today.
func (o Overview) hasLatency() bool {
	for _, hour := range o.Day.Latencies {
		if hour.P95 > 0 {
			return true
		}
	}
	return false
}
