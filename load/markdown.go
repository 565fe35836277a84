package load

// A report for the documentation.

import (
	"fmt"
	"strings"
)

// Markdown is the whole report; the pictures are files of their own, <folder>/<profile>.svg.
func (r Report) Markdown(folder string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# The load test\n\nMade on %s by\n\n```\n%s\n```\n\n", r.Made.UTC().Format("2006-01-02 15:04 MST"), r.Command)
	for _, sentence := range r.preface() {
		fmt.Fprintf(&b, "- %s\n", sentence)
	}
	b.WriteString("\nWaiting times are a reseller's: from sending an order (`Prefer: wait=60`) until its end is known, Latcom's own time included. " +
		"CPU is of one core: the program's, then PostgreSQL's. *Open* orders were accepted and had no end when the test stopped asking.\n\n")
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, one := range r.Results {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(r.row(one), " | "))
	}
	for _, one := range r.Results {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n![%s: orders, waiting times and what is open, over time](%s/%s.svg)\n\n", one.Profile.Name, sentence(one.Profile.About), one.Profile.Name, folder, one.Profile.Name)
		b.WriteString(strings.Join(r.remarks(one), " ") + "\n")
	}
	if ends := r.ends(); len(ends) > 0 {
		fmt.Fprintf(&b, "\n## After everything\n\n```\n%s```\n", strings.Join(ends, ""))
	}
	return b.String()
}

// sentence begins with a capital.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
