package billing

// How fast the float goes, how long it lasts, and when somebody is told.

import "time"

// FloatPace is what Latcom took from the float lately, in MXN.
type FloatPace struct {
	LastHour MXN `db:"last_hour"`
	LastDay  MXN `db:"last_day"` // the last 24 hours
}

// Present is how long left lasts as the last 60 minutes went; as the last 24 hours
// did when nothing was taken within them. NoRunway: nothing was taken at all.
func (p FloatPace) Present(left MXN) time.Duration {
	if p.LastHour.Sign() > 0 {
		return FloatRunway(left, p.LastHour)
	}
	return p.Usual(left)
}

// Usual is how long left lasts as the last 24 hours went, nights included.
func (p FloatPace) Usual(left MXN) time.Duration {
	switch {
	case left.Sign() <= 0:
		return 0
	case p.LastDay.Sign() <= 0:
		return NoRunway
	}
	return lasts(left.amount, p.LastDay.amount, 24*time.Hour)
}

// Shortest is the shorter of the two: a night's pace does not make a morning safe,
// and a day's average no rush. NoRunway when nothing was taken.
func (p FloatPace) Shortest(left MXN) time.Duration {
	present, usual := p.Present(left), p.Usual(left)
	if usual < 0 {
		return present // an hour is within the day: it is NoRunway too
	}
	return min(present, usual)
}

// FloatLevel says whether somebody has to pay in.
type FloatLevel string

// The levels of the float.
const (
	FloatGood  FloatLevel = "good"
	FloatLow   FloatLevel = "low"   // lasts for less than FloatLowTime: pay in today
	FloatShort FloatLevel = "short" // for less than FloatShortTime: now
	FloatEmpty FloatLevel = "empty" // not even the smallest order can be made from it
)

// Runways below which somebody is told.
const (
	FloatLowTime   = 24 * time.Hour
	FloatShortTime = 4 * time.Hour
)

// Level is how the float stands at a pace; least is the face value of the smallest
// order. Of a float that is not known nothing is said: it is FloatGood.
//
// told is the level that somebody was told of last: it ends only a quarter above
// where it began, so that a pace that swings around it does not tell him ten times.
func (f Float) Level(pace FloatPace, least MXN, told FloatLevel) FloatLevel {
	if !f.Known {
		return FloatGood
	}
	left := f.Left()
	if left.Cmp(least) < 0 {
		return FloatEmpty
	}
	runway := pace.Shortest(left)
	for _, level := range []struct {
		name  FloatLevel
		below time.Duration
	}{{FloatShort, FloatShortTime}, {FloatLow, FloatLowTime}} {
		if told == level.name {
			level.below += level.below / 4
		}
		if runway >= 0 && runway < level.below {
			return level.name
		}
	}
	return FloatGood
}
