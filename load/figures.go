package load

// What a run's orders add up to.

import (
	"slices"
	"time"
)

// Figures are a run in numbers.
type Figures struct {
	Sent      int
	Accepted  int
	Delivered int
	Failed    map[string]int // by code
	Unknown   int
	Open      int            // accepted, and not settled when patience ended
	Refused   map[string]int // not accepted, by code
	Repeated  int            // sent more than once

	Waited  Waits // until the end was known, of settled orders
	Known   bool  // whether what follows was measured
	Memory  int64 // of the program at its peak, bytes
	Program time.Duration
	Base    time.Duration // of processor, the database's
	Watched time.Duration
}

// Waits are how long something took.
type Waits struct{ P50, P95, P99, Most time.Duration }

// Figures adds the orders up.
func (r *Result) Figures() Figures {
	f := Figures{Sent: len(r.Orders), Failed: map[string]int{}, Refused: map[string]int{}}
	var waited []time.Duration
	for _, o := range r.Orders {
		f.count(o)
		if o.Ended > 0 {
			waited = append(waited, o.Ended-o.At)
		}
	}
	f.Waited = waitsOf(waited)
	f.measure(r.Readings)
	return f
}

func (f *Figures) count(o *Order) {
	if o.Tries > 1 {
		f.Repeated++
	}
	if o.ID == "" {
		f.Refused[o.Refused]++
		return
	}
	f.Accepted++
	switch o.Status {
	case "succeeded", "reversed":
		f.Delivered++
	case "failed":
		f.Failed[o.Failure]++
	case "unknown":
		f.Unknown++
	default:
		f.Open++
	}
}

func (f *Figures) measure(readings []Reading) {
	if len(readings) < 2 {
		return
	}
	first, last := readings[0], readings[len(readings)-1]
	f.Known = true
	f.Program, f.Base, f.Watched = last.Program-first.Program, last.Database-first.Database, last.At-first.At
	for _, reading := range readings {
		f.Memory = max(f.Memory, reading.Memory)
	}
}

func waitsOf(waited []time.Duration) Waits {
	if len(waited) == 0 {
		return Waits{}
	}
	slices.Sort(waited)
	at := func(p float64) time.Duration { return waited[min(len(waited)-1, int(p*float64(len(waited))))] }
	return Waits{P50: at(0.5), P95: at(0.95), P99: at(0.99), Most: waited[len(waited)-1]}
}

// Cost is what 1,000 delivered top-ups cost in USD on a machine of a price a month:
// whole is all of the machine's price at this rate, share is that of the processor time used.
func (f Figures) Cost(perMonth float64, cores int) (whole, share float64) {
	const month = 730 * time.Hour
	if f.Delivered == 0 || f.Watched <= 0 {
		return 0, 0
	}
	thousands := float64(f.Delivered) / 1000
	whole = perMonth * f.Watched.Hours() / month.Hours() / thousands
	return whole, perMonth / float64(cores) * (f.Program + f.Base).Hours() / month.Hours() / thousands
}

// Slice is a part of a run, for a picture.
type Slice struct {
	Ordered, Ended int
	Open           int           // sent, accepted and not settled, at the slice's end
	P50, P95       time.Duration // waited, of those that ended in the slice; 0: none did
}

// Slices cuts a run into n parts of the same length.
func (r *Result) Slices(n int) []Slice {
	slice := make([]Slice, n)
	waited := make([][]time.Duration, n)
	each := max(r.Took/time.Duration(n), 1)
	part := func(at time.Duration) int { return min(n-1, int(at/each)) }
	for _, o := range r.Orders {
		in := part(o.At)
		slice[in].Ordered++
		until := n
		if o.Ended > 0 {
			until = part(o.Ended)
			slice[until].Ended++
			waited[until] = append(waited[until], o.Ended-o.At)
		} else if o.ID == "" {
			until = in
		}
		for i := in; i < until; i++ {
			slice[i].Open++
		}
	}
	for i := range slice {
		w := waitsOf(waited[i])
		slice[i].P50, slice[i].P95 = w.P50, w.P95
	}
	return slice
}
