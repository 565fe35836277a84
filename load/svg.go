package load

// A run's picture: orders a second, waiting times and open orders, one above the
// other on the same axis of time.

import (
	"fmt"
	"strings"
	"time"
)

const (
	points     = 120
	left       = 64  // of the panels
	panelWide  = 640 // pixels
	panelTall  = 96
	panelEvery = 132
	top        = 48
)

// style follows the reader's light or dark; the colours differ in lightness too.
const style = `text{font:12px system-ui,sans-serif;fill:#1c1f24}.t{font-weight:600;font-size:14px}.m{fill:#5b6470}` +
	`.a{stroke:#c9ced6;fill:none}.b{fill:#f3e3c3}.o{fill:#b9c7dd}.l{fill:none;stroke:#1f5fbf;stroke-width:1.6}.h{fill:none;stroke:#a3430b;stroke-width:1.6;stroke-dasharray:5 3}` +
	`@media(prefers-color-scheme:dark){text{fill:#e6e8eb}.m{fill:#a4adb8}.a{stroke:#444d58}.b{fill:#4a3b1a}.o{fill:#3a4a63}.l{stroke:#7fb0ff}.h{stroke:#ffae73}}`

// SVG is the picture.
func (r *Result) SVG() string {
	slices := r.Slices(points)
	each := max((r.Took / points).Seconds(), 1e-9)
	var b strings.Builder
	tall := top + 3*panelEvery + 24
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s: %s"><style>%s</style>`+"\n",
		left+panelWide+16, tall, escape(r.Profile.Name), escape(r.Profile.About), style)
	fmt.Fprintf(&b, `<text class="t" x="%d" y="20">%s</text>`+"\n", left, escape(r.Profile.Name+": "+r.Profile.About))
	first := panel{at: 0, name: "orders a second: bars sent, line ended", result: r}
	sent, ended := series(slices, func(s Slice) float64 { return float64(s.Ordered) / each }), series(slices, func(s Slice) float64 { return float64(s.Ended) / each })
	first.most = most(sent, ended)
	b.WriteString(first.frame() + first.area(sent) + first.line("l", ended, true))
	second := panel{at: 1, name: "seconds waited: line p50, dashes p95", result: r}
	p50, p95 := series(slices, func(s Slice) float64 { return s.P50.Seconds() }), series(slices, func(s Slice) float64 { return s.P95.Seconds() })
	second.most = most(p50, p95)
	b.WriteString(second.frame() + second.line("l", p50, false) + second.line("h", p95, false))
	third := panel{at: 2, name: "open orders", result: r}
	open := series(slices, func(s Slice) float64 { return float64(s.Open) })
	third.most = most(open)
	b.WriteString(third.frame() + third.area(open) + r.axis(tall) + "</svg>\n")
	return b.String()
}

func series(slices []Slice, of func(Slice) float64) []float64 {
	values := make([]float64, len(slices))
	for i, s := range slices {
		values[i] = of(s)
	}
	return values
}

func most(all ...[]float64) (m float64) {
	for _, values := range all {
		for _, v := range values {
			m = max(m, v)
		}
	}
	return m
}

// panel is one of the three.
type panel struct {
	at     int
	name   string
	most   float64
	result *Result
}

func (p panel) base() int { return top + p.at*panelEvery + panelTall }

func (p panel) x(i float64) float64 { return left + i/points*panelWide }

func (p panel) y(v float64) float64 {
	if p.most == 0 {
		return float64(p.base())
	}
	return float64(p.base()) - v/p.most*panelTall
}

// frame is its name, its greatest value, its line at zero, and bands where Latcom was not as usual.
func (p panel) frame() string {
	var b strings.Builder
	for _, band := range p.result.bands() {
		of := float64(max(p.result.Took, 1))
		from, to := p.x(points*float64(band.from)/of), p.x(points*float64(band.to)/of)
		fmt.Fprintf(&b, `<rect class="b" x="%.1f" y="%d" width="%.1f" height="%d"/>`, from, p.base()-panelTall, max(to-from, 0), panelTall)
	}
	fmt.Fprintf(&b, `<text class="m" x="%d" y="%d">%s</text>`, left, p.base()-panelTall-6, escape(p.name))
	fmt.Fprintf(&b, `<text class="m" x="%d" y="%d" text-anchor="end">%s</text><text class="m" x="%d" y="%d" text-anchor="end">0</text>`,
		left-8, p.base()-panelTall+10, figure(p.most), left-8, p.base())
	fmt.Fprintf(&b, `<path class="a" d="M%d %dH%d"/>`+"\n", left, p.base(), left+panelWide)
	return b.String()
}

func (p panel) area(values []float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<path class="o" d="M%d %d`, left, p.base())
	for i, v := range values {
		fmt.Fprintf(&b, "L%.1f %.1fH%.1f", p.x(float64(i)), p.y(v), p.x(float64(i+1)))
	}
	fmt.Fprintf(&b, `V%dZ"/>`+"\n", p.base())
	return b.String()
}

// line leaves out zeros unless they are values: where nothing ended, nobody waited
// for no time.
func (p panel) line(class string, values []float64, zeros bool) string {
	var b strings.Builder
	command := "M"
	for i, v := range values {
		if v == 0 && !zeros {
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", command, p.x(float64(i)+0.5), p.y(v))
		command = "L"
	}
	return fmt.Sprintf(`<path class="%s" d="%s"/>`+"\n", class, b.String())
}

// axis says the time under the last panel, and what the bands are.
func (r *Result) axis(tall int) string {
	end := r.Took.Round(time.Second)
	text := fmt.Sprintf(`<text class="m" x="%d" y="%d">0</text><text class="m" x="%d" y="%d" text-anchor="end">%v</text>`,
		left, tall-8, left+panelWide, tall-8, end)
	if r.Profile.Needs() {
		text += fmt.Sprintf(`<text class="m" x="%d" y="%d" text-anchor="middle">shaded: %s</text>`, left+panelWide/2, tall-8, escape(r.unusual()))
	}
	return text + "\n"
}

// unusual says what the bands are.
func (r *Result) unusual() string {
	for _, w := range r.Profile.Weather {
		if w.Away || w.Most > 0 {
			return "Latcom " + w.String()
		}
	}
	return ""
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(text)
}
