// Package load plays resellers against a running instance over its API, at the rate
// that a profile gives, and reports what became of every order. It knows the API
// from outside and nothing of the program behind it: no store, no engine.
package load

// Profiles: how many orders come when, and what Latcom does meanwhile.

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Profile is a stretch of traffic.
type Profile struct {
	Name    string // a word, for the command line and for files
	About   string // what it stands for
	Phases  []Phase
	Weather []Weather // in order of time
}

// Phase is a part of a profile: orders that come at a rate, and some at once at its beginning.
type Phase struct {
	For      time.Duration
	From, To float64 // orders an hour; the rate goes evenly from one to the other
	AtOnce   int     // orders at the phase's beginning, beside the rate
}

// Weather is what Latcom does from a moment on.
type Weather struct {
	At    time.Duration
	Least time.Duration // that a delivery takes; both 0: as usual
	Most  time.Duration
	Away  bool // nobody listens: connections are refused, and those under way are cut
}

// peak is the report's: 10,000 top-ups a day, most of them in 8 hours, as orders an hour.
const peak = 10_000.0 / 8

// Profiles lists every profile; each steady one lasts as long as each. An outage lasts 10 minutes
// whatever each is, for that is what was asked about.
func Profiles(each time.Duration) []Profile {
	steady := func(name, about string, from, to float64) Profile {
		return Profile{Name: name, About: about, Phases: []Phase{{For: each, From: from, To: to}}}
	}
	slow := steady("slow", "ten times the peak while Latcom takes 20 to 30 s in the middle half", 10*peak, 10*peak)
	slow.Weather = []Weather{{At: each / 4, Least: 20 * time.Second, Most: 30 * time.Second}, {At: each * 3 / 4}}
	return []Profile{
		steady("50-100", "the report's first step: 50 to 100 orders an hour", 50, 100),
		steady("200", "the report's second step: 200 orders an hour", 200, 200),
		steady("500", "the report's third step: 500 orders an hour", 500, 500),
		steady("day", "10,000 a day in the 8-hour peak: 1,250 orders an hour", peak, peak),
		steady("day-10x", "ten times that: 12,500 orders an hour", 10*peak, 10*peak),
		steady("day-100x", "a hundred times that: 125,000 orders an hour", 100*peak, 100*peak),
		{Name: "burst", About: "1,000 orders at once", Phases: []Phase{{For: time.Second, AtOnce: 1000}}},
		slow,
		{
			Name: "outage", About: "Latcom cannot be reached for 10 minutes at the 8-hour peak",
			Phases:  []Phase{{For: 14 * time.Minute, From: peak, To: peak}},
			Weather: []Weather{{At: time.Minute, Away: true}, {At: 11 * time.Minute}},
		},
	}
}

// Choose finds profiles by their names; unknown is the first that there is none of.
func Choose(names []string, each time.Duration) (chosen []Profile, unknown string) {
	all := Profiles(each)
	if len(names) == 0 {
		return all, ""
	}
	for _, name := range names {
		at := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
		if at < 0 {
			return nil, name
		}
		chosen = append(chosen, all[at])
	}
	return chosen, ""
}

// Lasts is how long orders come.
func (p Profile) Lasts() (d time.Duration) {
	for _, phase := range p.Phases {
		d += phase.For
	}
	return d
}

// Needs says whether Latcom must be told what to do.
func (p Profile) Needs() bool { return len(p.Weather) > 0 }

// Hurried is the profile with its times divided: the same orders in less time.
// Latcom's own times stay as they are.
func (p Profile) Hurried(by float64) Profile {
	phases, weather := slices.Clone(p.Phases), slices.Clone(p.Weather)
	for i := range phases {
		phases[i].For = divided(phases[i].For, by)
		phases[i].From *= by
		phases[i].To *= by
	}
	for i := range weather {
		weather[i].At = divided(weather[i].At, by)
	}
	p.Phases, p.Weather = phases, weather
	return p
}

func divided(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) / by) }

// Arrivals is when each order comes, in order: at random, as customers who know
// nothing of each other order, and the same for the same seed. Their number is the
// rate's, rounded.
func (p Profile) Arrivals(seed uint64) []time.Duration {
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // repeatable, not secret
	var all []time.Duration
	var begun time.Duration
	for _, phase := range p.Phases {
		for _, at := range phase.arrivals(random) {
			all = append(all, begun+at)
		}
		begun += phase.For
	}
	return all
}

// arrivals spreads the phase's orders as a Poisson process would, its number being known.
func (p Phase) arrivals(random *rand.Rand) []time.Duration {
	hours := p.For.Hours()
	all := make([]time.Duration, p.AtOnce, p.AtOnce+p.orders())
	for range p.orders() {
		all = append(all, time.Duration(p.fraction(random.Float64())*hours*float64(time.Hour)))
	}
	slices.Sort(all)
	return all
}

// orders is how many the rate makes.
func (p Phase) orders() int { return int(math.Round((p.From + p.To) / 2 * p.For.Hours())) }

// fraction is the part of the phase in which a share of its orders has come.
func (p Phase) fraction(share float64) float64 {
	if p.From == p.To {
		return share
	}
	// The share that has come at x is (from·x + (to−from)·x²/2) / ((from+to)/2).
	a, b, c := (p.To-p.From)/2, p.From, -share*(p.From+p.To)/2
	return (-b + math.Sqrt(b*b-4*a*c)) / (2 * a)
}
