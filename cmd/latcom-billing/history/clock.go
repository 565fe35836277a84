package history

// When top-ups are ordered: the curve of a day in Mexico City, of a week, and
// the days on which wages are paid.

import (
	"iter"
	"math/rand/v2"
	"slices"
	"time"
)

// byHour is how many top-ups an ordinary day has in each hour.
var byHour = [24]float64{
	190, 110, 70, 55, 60, 120, 350, 640, 870, 990, 1050, 1120, 1260, 1330, 1345, 1310, 1290, 1340, 1455, 1380, 1120, 860, 610, 380,
}

var byWeekday = [7]float64{0.85, 0.95, 0.95, 1, 1.05, 1.2, 1.15}

// weight is how busy the hour is that begins at a moment.
func weight(at time.Time, zone *time.Location) float64 {
	local := at.In(zone)
	w := byHour[local.Hour()] * byWeekday[local.Weekday()]
	if day := local.Day(); day == 15 || day >= 30 { // wages
		w *= 1.35
	}
	return w
}

// businessHours yields n moments between begin and end in their order; the last
// one is end itself.
func businessHours(n int, begin, end time.Time, zone *time.Location, random *rand.Rand) iter.Seq[time.Time] {
	total := 0.0
	for from, until := range hours(begin, end) {
		total += weight(from, zone) * until.Sub(from).Hours()
	}
	return func(yield func(time.Time) bool) {
		sum, done := 0.0, 0
		for from, until := range hours(begin, end) {
			sum += weight(from, zone) * until.Sub(from).Hours()
			due := int(sum / total * float64(n))
			if until.Equal(end) {
				due = n // whatever rounding says
			}
			moments := scatter(due-done, from, until, random)
			if until.Equal(end) && len(moments) > 0 {
				moments[len(moments)-1] = end
			}
			for _, at := range moments {
				if !yield(at) {
					return
				}
			}
			done = due
		}
	}
}

// hours cuts a span at the full hours.
func hours(begin, end time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, until time.Time) bool) {
		for from := begin; from.Before(end); {
			until := from.Truncate(time.Hour).Add(time.Hour)
			if until.After(end) {
				until = end
			}
			if !yield(from, until) {
				return
			}
			from = until
		}
	}
}

func scatter(n int, from, until time.Time, random *rand.Rand) []time.Time {
	moments := make([]time.Time, n)
	for i := range moments {
		moments[i] = from.Add(time.Duration(random.Int64N(int64(until.Sub(from))))).Truncate(time.Microsecond)
	}
	slices.SortFunc(moments, time.Time.Compare)
	return moments
}
