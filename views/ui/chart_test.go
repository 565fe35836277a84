package ui

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestRoundTicksReachTheGreatest(t *testing.T) {
	for _, c := range []struct {
		greatest  float64
		whole     bool
		step, top float64
	}{
		{1501, true, 400, 1600},
		{828, true, 250, 1000},
		{0, true, 1, 4},
		{1, true, 1, 1},
		{3, true, 1, 3},
		{7, true, 2, 8},
		{19.6, false, 5, 20},
		{0.8, false, 0.2, 0.8},
		{12345678, true, 4000000, 16000000},
	} {
		step, top := roundTicks(c.greatest, c.whole)
		if math.Abs(step-c.step) > 1e-9 || math.Abs(top-c.top) > 1e-9 {
			t.Errorf("roundTicks(%v) = %v, %v, want %v, %v", c.greatest, step, top, c.step, c.top)
		}
		if n := len(ticksTo(step, top)); n < 2 || n > 6 {
			t.Errorf("%v gives %d ticks", c.greatest, n)
		}
	}
}

func TestBlocksShowWhatIsRare(t *testing.T) {
	chart := Volume{
		Series:  []Series{{Name: "Succeeded", Tone: "succeeded"}, {Name: "Unknown", Tone: "unknown", Least: 5}},
		Columns: []Column{{Values: []int{1000, 1}}},
	}
	stack := chart.blocks(chart.Columns[0])
	if len(stack) != 2 || stack[1].height != 5 || stack[1].y+stack[1].height >= stack[0].y {
		t.Errorf("blocks = %+v", stack)
	}
	if empty := chart.blocks(Column{Values: []int{0, 0}}); empty != nil {
		t.Errorf("an hour without top-ups draws %+v", empty)
	}
}

func TestPathLeavesGaps(t *testing.T) {
	got := path([]float64{math.NaN(), 1, 2, math.NaN(), 3}, func(v float64) float64 { return v })
	if want := "M1.5 1.0L2.5 2.0M4.5 3.0"; got != want {
		t.Errorf("path = %q, want %q", got, want)
	}
}

func TestChartsWithoutValuesAreStillCharts(t *testing.T) {
	lines := Lines{Spans: []string{"00:00–01:00"}, Lines: []Line{{Name: "p50", Tone: "ink", Points: []float64{math.NaN()}}}, Band: true}
	if lines.bandPath() != "" || len(lines.ends()) != 0 || lines.reached(0) {
		t.Error("a line without points draws something")
	}
	empty := Depletion{}
	if empty.past() != "" || empty.area() != "" || empty.ahead() != "" {
		t.Error("a balance without a past draws something")
	}
}

func TestDepletionEndsAtTheEdge(t *testing.T) {
	chart := Depletion{Past: []Point{{At: 0, Level: 100}, {At: 0.5, Level: 100}}, EmptyAt: 1.5}
	if got, half := chart.ahead(), px(chart.scale().y(50)); !strings.HasSuffix(got, "L1000.0 "+half) {
		t.Errorf("ahead = %q, want it to leave the picture at %s", got, half)
	}
}

func TestWireMarksMembersAndBars(t *testing.T) {
	parts := wireParts("Bearer " + Redacted + "\n{\"amount\":50, \"note\":\"a\"}")
	var keys, text []string
	bars := 0
	for _, part := range parts {
		text = append(text, part.text)
		if part.key {
			keys = append(keys, part.text)
		}
		if part.redacted {
			bars++
		}
	}
	if !slices.Equal(keys, []string{`"amount"`, `"note"`}) || bars != 1 {
		t.Errorf("keys %q, %d bars", keys, bars)
	}
	if whole := strings.Join(text, ""); whole != "Bearer \n{\"amount\":50, \"note\":\"a\"}" {
		t.Errorf("the text changed: %q", whole)
	}
}

func TestFieldDescribesItself(t *testing.T) {
	for _, c := range []struct {
		field Field
		want  string
	}{
		{Field{Name: "phone"}, ""},
		{Field{Name: "phone", Hint: "10 digits"}, "f-phone-hint"},
		{Field{Name: "phone", Hint: "10 digits", Error: "One is missing"}, "f-phone-error"},
	} {
		if got := c.field.describedBy(); got != c.want {
			t.Errorf("describedBy = %q, want %q", got, c.want)
		}
	}
}
