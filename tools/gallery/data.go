package main

// What the pictures show: the day of the mocks.

import (
	"fmt"
	"math"

	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

var (
	okByHour     = []int{205, 114, 71, 49, 61, 135, 389, 706, 934, 1066, 1146, 1201, 1342, 1402, 1451, 1003}
	failedByHour = []int{7, 4, 3, 2, 2, 5, 13, 25, 34, 38, 41, 42, 49, 63, 50, 35}
	lastThursday = []int{190, 110, 70, 55, 60, 120, 350, 640, 870, 990, 1050, 1120, 1260, 1330, 1345, 1310, 1290, 1340, 1455, 1380, 1120, 860, 610, 380}
	p50          = []float64{6.3, 6.3, 6.2, 6.2, 6.2, 6.3, 6.3, 6.4, 6.4, 6.5, 6.5, 6.5, 6.7, 7.4, 6.8, 6.5}
	p95          = []float64{7.0, 6.9, 6.9, 6.8, 6.9, 7.0, 7.1, 7.3, 7.4, 7.6, 7.7, 7.9, 9.8, 19.6, 11.2, 8.1}
	yesterday    = []float64{96.4, 96.1, 95.8, 96.2, 96.6, 96.3, 96.2, 96.0, 95.9, 96.1, 96.0, 95.7, 95.2, 95.4, 96.0, 96.1}
)

func hour(i int) string { return fmt.Sprintf("%02d", i) }

func span(i int) string { return fmt.Sprintf("%02d:00–%02d:00", i, i+1) }

func volume(f views.Frame) ui.Volume {
	chart := ui.Volume{
		Caption: "Top-ups by hour", Head: "Hour", Foot: "Success", Ghost: lastThursday, Height: 224,
		Series: []ui.Series{
			{Name: views.StatusWordMany(f.Reader, "succeeded"), Tone: "succeeded"},
			{Name: views.StatusWordMany(f.Reader, "failed"), Tone: "failed", Least: 2},
			{Name: views.StatusWordMany(f.Reader, "unknown"), Tone: "unknown", Least: 5},
			{Name: views.StatusWordMany(f.Reader, "sending"), Tone: "sending", Least: 3},
		},
	}
	for i := range 24 {
		column := ui.Column{Tick: hour(i), Span: span(i)}
		if i < len(okByHour) {
			column.Values = []int{okByHour[i], failedByHour[i], 0, 0}
			column.Foot = views.Share(okByHour[i], okByHour[i]+failedByHour[i])
		}
		if i == 15 {
			column.Values[2], column.Values[3] = 3, 3
		}
		chart.Columns = append(chart.Columns, column)
	}
	return chart
}

func ticks() (spans, ticks []string) {
	for i := range 24 {
		spans, ticks = append(spans, span(i)), append(ticks, hour(i))
	}
	return spans, ticks
}

func latency() ui.Lines {
	spans, ticks := ticks()
	return ui.Lines{
		Caption: "Latcom latency by hour, seconds", Head: "Hour", Unit: "s", Places: 1, Spans: spans, Ticks: ticks, Band: true,
		TicksAt: []float64{0, 10, 20}, Limit: 30, LimitName: "timeout",
		Lines: []ui.Line{{Name: "p95", Tone: "accent", Points: p95, EndLabel: true}, {Name: "p50", Tone: "ink", Points: p50, EndLabel: true}},
	}
}

func success() ui.Lines {
	spans, ticks := ticks()
	today := make([]float64, 24)
	for i := range today {
		today[i] = math.NaN()
		if i < len(okByHour) {
			today[i] = 100 * float64(okByHour[i]) / float64(okByHour[i]+failedByHour[i])
		}
	}
	return ui.Lines{
		Caption: "Success rate by hour, percent; the axis starts at 92", Head: "Hour", Unit: "%", Places: 1, Spans: spans, Ticks: ticks,
		Low: 92, TicksAt: []float64{92, 96, 100},
		Lines: []ui.Line{{Name: "Today", Tone: "ink", Points: today, EndLabel: true}, {Name: "Yesterday", Tone: "ghost", Points: yesterday}},
	}
}

func depletion() ui.Depletion {
	hours := [][2]float64{{0, 60569}, {3, 59796}, {6, 59321}, {7, 58562}, {8, 57180}, {9, 55336}, {9.22, 54876}, {9.24, 94876}, {10, 93244}, {11, 90997}, {12, 88629}, {13, 85998}, {14, 83237}, {15, 80390}, {15.7, 78390}}
	chart := ui.Depletion{
		Said: "Available today, and at the present rate: 20,000.00 is reached tomorrow at 12:25", EmptyAt: 43.5 / 48, Now: "now",
		Threshold: 20000, ThresholdName: "alert at 20,000", Ticks: []ui.Tick{{At: 0, Text: "today"}, {At: 0.5, Text: "tomorrow"}, {At: 43.5 / 48, Text: "19:30"}},
	}
	for _, at := range hours {
		chart.Past = append(chart.Past, ui.Point{At: at[0] / 48, Level: at[1]})
	}
	return chart
}

type row struct{ time, phone, mxn, usd, status, reference, why string }

var rows = []row{
	{"15:42:06", "55 2046 7713", "100.00", "5.5556", "queued", "ED-20260312-009102", ""},
	{"15:42:01", "55 8830 1264", "50.00", "2.7778", "sending", "ED-20260312-009101", ""},
	{"15:41:52", "55 3017 9948", "50.00", "2.7778", "succeeded", "ED-20260312-009100", ""},
	{"15:41:49", "22 2871 0056", "30.00", "0.0000", "failed", "ED-20260312-009099", "Not a number of this carrier"},
	{"15:41:38", "55 6120 8841", "50.00", "2.7778", "succeeded", "ED-20260312-009098", ""},
	{"15:31:18", "81 8350 2246", "50.00", "2.7778", "reversed", "RN.55084", ""},
	{"15:16:04", "55 4471 2093", "100.00", "5.5556", "unknown", "ED-20260312-008602", "Being confirmed; it is not charged twice"},
}
