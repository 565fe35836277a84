package ui

import (
	"math"
	"strconv"
	"strings"
)

// A chart is an SVG without viewBox: x in percent, y in pixels. So it is crisp at any width and needs no style
// attribute. Floats are places in a picture here, never money.

const (
	belowAxis = 22 // pixels under the base line, for the hours
	aboveTop  = 8
)

func px(y float64) string { return strconv.FormatFloat(y, 'f', 1, 64) }

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) + "%" }

// scale puts a value at its height: low on the base line, high under the top.
type scale struct {
	low, high float64
	height    int
}

func (s scale) base() float64 { return float64(s.height - belowAxis) }

func (s scale) length(value float64) float64 {
	if s.high <= s.low {
		return 0
	}
	return (value - s.low) / (s.high - s.low) * (s.base() - aboveTop)
}

func (s scale) y(value float64) float64 { return s.base() - s.length(value) }

// roundTicks finds two to five steps of 1, 2, 2.5 or 5 times a power of ten that reach the greatest value.
func roundTicks(greatest float64, whole bool) (step, top float64) {
	if greatest <= 0 {
		greatest = 4
	}
	power := math.Pow(10, math.Floor(math.Log10(greatest/4)))
	for _, factor := range []float64{1, 2, 2.5, 4, 5, 10} {
		step = factor * power
		if whole && step != math.Trunc(step) {
			continue
		}
		if step*4 >= greatest {
			break
		}
	}
	if whole && step < 1 {
		step = 1
	}
	return step, step * math.Ceil(greatest/step)
}

func ticksTo(step, top float64) []float64 {
	var ticks []float64
	for i := 0; float64(i)*step <= top+step/1000; i++ {
		ticks = append(ticks, float64(i)*step)
	}
	return ticks
}

// slots divide the width of a chart: one an hour.
type slots int

func (n slots) width() float64 { return 100 / float64(n) }

func (n slots) middle(i int) string { return percent((float64(i) + 0.5) * n.width()) }

// hitClass opens the tip to the left where it would leave the picture at the right.
func (n slots) hitClass(i int) string {
	switch {
	case i*24 > 17*int(n):
		return "hit tip-l"
	case i*24 > 9*int(n):
		return "hit tip-l-sm"
	}
	return "hit"
}

// columns is the grid over the chart that carries the hits; the class must be one that Tailwind can find here.
func (n slots) columns() string {
	switch n {
	case 24:
		return "hits grid-cols-[repeat(24,minmax(0,1fr))]"
	case 7:
		return "hits grid-cols-7"
	case 30:
		return "hits grid-cols-[repeat(30,minmax(0,1fr))]"
	case 31:
		return "hits grid-cols-[repeat(31,minmax(0,1fr))]"
	}
	return "hits grid-flow-col auto-cols-fr"
}

// path draws a line through the middles of the slots, in a picture one unit a slot wide. NaN leaves a gap.
func path(points []float64, y func(float64) float64) string {
	var line strings.Builder
	pen := "M"
	for i, value := range points {
		if math.IsNaN(value) {
			pen = "M"
			continue
		}
		line.WriteString(pen + strconv.FormatFloat(float64(i)+0.5, 'f', -1, 64) + " " + px(y(value)))
		pen = "L"
	}
	return line.String()
}

// last finds the newest point that is there.
func last(points []float64) (int, bool) {
	for i := len(points) - 1; i >= 0; i-- {
		if !math.IsNaN(points[i]) {
			return i, true
		}
	}
	return 0, false
}
