package views

import (
	"fmt"
	"strconv"
	"time"

	"latcom.example/latcom-billing/views/ui"
)

// How moments and durations are written: in the reader's zone and language. The moment in UTC is the title of each.

var spanishMonths = [...]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"}

var spanishWeekdays = [...]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"}

var spanishLongMonths = [...]string{
	"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
}

func (r Reader) local(t time.Time) time.Time {
	if r.Zone == nil {
		return t.UTC()
	}
	return t.In(r.Zone)
}

// TimeOfDay is "15:42:06".
func (r Reader) TimeOfDay(t time.Time) string { return r.local(t).Format(time.TimeOnly) }

// TimeWithTenths is "15:38:12.1", for the points of a timeline.
func (r Reader) TimeWithTenths(t time.Time) string { return r.local(t).Format("15:04:05.0") }

// Date is "12 Mar 2026", "12 mar 2026".
func (r Reader) Date(t time.Time) string {
	t = r.local(t)
	if r.Language == Spanish {
		return fmt.Sprintf("%d %s %d", t.Day(), spanishMonths[t.Month()-1], t.Year())
	}
	return t.Format("2 Jan 2006")
}

// LongDate is "Thursday, 12 March 2026", "jueves, 12 de marzo de 2026".
func (r Reader) LongDate(t time.Time) string {
	t = r.local(t)
	if r.Language == Spanish {
		return fmt.Sprintf("%s, %d de %s de %d", spanishWeekdays[t.Weekday()], t.Day(), spanishLongMonths[t.Month()-1], t.Year())
	}
	return t.Format("Monday, 2 January 2006")
}

// Month is "November 2026", "noviembre de 2026", of the date itself: a month belongs to no zone.
func (r Reader) Month(month time.Time) string {
	if r.Language == Spanish {
		return fmt.Sprintf("%s de %d", spanishLongMonths[month.Month()-1], month.Year())
	}
	return month.Format("January 2006")
}

// BusinessDate is Date of a date itself, in whatever zone its reader is.
func (r Reader) BusinessDate(day time.Time) string {
	r.Zone = day.Location()
	return r.Date(day)
}

// DateTime is "12 Mar 2026, 15:42", today too.
func (r Reader) DateTime(t time.Time) string { return r.Date(t) + ", " + r.local(t).Format("15:04") }

// When is the time alone for today, date and time for other days, and nothing for no moment.
func (r Reader) When(t time.Time) string {
	if t.IsZero() {
		return Nothing
	}
	if r.Today(t) {
		return r.TimeOfDay(t)
	}
	return r.DateTime(t)
}

// Today says whether t lies on the reader's day.
func (r Reader) Today(t time.Time) bool {
	y, m, d := r.local(t).Date()
	ty, tm, td := r.local(r.Now).Date()
	return y == ty && m == tm && d == td
}

// UTC is the title of a moment: "2026-03-12 21:42:06 UTC".
func UTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// ISO is a moment for machines, with the fraction that it has.
func ISO(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999Z07:00") }

// Duration is how long something took: "0.02 s", "6.4 s", "26 min", "1 h 05 min", "1 d 4 h".
func (r Reader) Duration(d time.Duration) string {
	switch seconds := d.Seconds(); {
	case seconds < 0.995:
		return ui.WithUnit(strconv.FormatFloat(max(seconds, 0), 'f', 2, 64), "s")
	case seconds < 59.95:
		return ui.WithUnit(strconv.FormatFloat(seconds, 'f', 1, 64), "s")
	}
	return r.Age(d)
}

// Age is how old something is, in whole units, cut: "48 s", "26 min", "1 h 05 min", "1 d 4 h", "12 d". app.js writes
// the same, as it goes on.
func (r Reader) Age(d time.Duration) string {
	seconds := max(int(d/time.Second), 0)
	minutes, hours, days := seconds/60, seconds/3600, seconds/86400
	switch {
	case minutes == 0:
		return ui.WithUnit(strconv.Itoa(seconds), "s")
	case hours == 0:
		return ui.WithUnit(strconv.Itoa(minutes), "min")
	case days == 0:
		return ui.WithUnit(strconv.Itoa(hours), "h") + " " + ui.WithUnit(fmt.Sprintf("%02d", minutes%60), "min")
	case days < 10:
		return r.days(days) + " " + ui.WithUnit(strconv.Itoa(hours%24), "h")
	}
	return r.days(days)
}

func (r Reader) days(n int) string {
	word := r.dayWord(n)
	return ui.WithUnit(Integer(n), word)
}

// dayWord is not marked in the pseudo-language: like s, min and h it is a unit.
func (r Reader) dayWord(n int) string {
	if n == 1 {
		return r.lookUp(Term("d|day"))
	}
	return r.lookUp(Term("d|days"))
}

// Ago is "2 s ago", "hace 2 s".
func (r Reader) Ago(t time.Time) string { return r.T("%s ago", r.Age(r.Now.Sub(t))) }

// Runway is how long money lasts at the present rate. Whoever spends nothing has none to tell: pass a negative one.
func (r Reader) Runway(d time.Duration) string {
	if d < 0 {
		return Nothing
	}
	return r.Age(d)
}
