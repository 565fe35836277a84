package torture

// The process test: the built program, under load, and what machines do to it.

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// ordeal says how much of it there is.
type ordeal struct {
	kills, stops, databaseKills, backendKills, fullDisks int
	rounds                                               int           // of each fault on each line
	outages                                              int           // of each line, away or mute in turns
	outage                                               time.Duration // how long each is
	stands                                               time.Duration // one instance stands still, longer than leases last
	orders                                               int           // at once
	patience                                             time.Duration // with a load that does not go on, between two events
}

// shortOrdeal is for make test: an instance counts as dead after 20 s. longOrdeal
// is for make torture: there it stands still for longer than the probe's 3 minutes.
var (
	shortOrdeal = ordeal{
		kills: 4, stops: 1, databaseKills: 1, backendKills: 1, fullDisks: 1, rounds: 1, outages: 1, outage: 3 * time.Second,
		stands: 25 * time.Second, orders: 16, patience: 1500 * time.Millisecond,
	}
	longOrdeal = ordeal{
		kills: 20, stops: 4, databaseKills: 5, backendKills: 5, fullDisks: 4, rounds: 4, outages: 2, outage: 30 * time.Second,
		stands: 200 * time.Second, orders: 32, patience: 20 * time.Second,
	}
)

// seedOfProcesses is another each time, unless it is told. It repeats what happens and
// in which order; when each thing meets which order is the machine's affair.
func seedOfProcesses(t *testing.T) uint64 {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("TORTURE_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano() % 1_000_000_000)
	}
	return seed
}

func TestNothingIsLostOrDoubledWhateverIsKilled(t *testing.T) {
	t.Parallel() // with the histories: most of its time is spent waiting
	o := shortOrdeal
	if os.Getenv("TORTURE") == "long" {
		o = longOrdeal
	}
	seed := seedOfProcesses(t)
	t.Logf("seed %d: TORTURE_SEED=%d repeats what happens", seed, seed)
	s := newSystem(t, seed)
	s.serve(t)
	resellers := []*reseller{
		newReseller(t, s, "ENVIA", 100_000_0000), newReseller(t, s, "BODEGA", 100_000_0000), newReseller(t, s, "POBRE", 300_0000),
	}
	stop := make(chan struct{})
	var load sync.WaitGroup
	for n := range o.orders {
		rng := rand.New(rand.NewPCG(seed, uint64(n)+2))
		load.Go(func() { resellers[n%len(resellers)].run(n, rng, stop) })
	}
	func() {
		defer load.Wait() // whatever ends it
		defer close(stop)
		o.happens(t, s)
	}()
	s.reckon(t, resellers...)
	t.Logf("%s differences: %d\n%s", time.Since(s.begun).Round(time.Second), s.tally.of("differences"), s.tally)
	s.demandOf(t, o)
}

// demandOf fails when less happened than was meant to: a proof by nothing.
func (s *system) demandOf(t *testing.T, o ordeal) {
	t.Helper()
	want := map[string]int{
		"servers killed with -9": o.kills, "PostgreSQL killed with -9": o.databaseKills, "servers stopped and continued": 1,
		"connections of PostgreSQL killed with -9": o.backendKills, "servers told to stop": o.stops,
		"outages of the database": o.outages, "outages of Latcom": o.outages,
	}
	for _, line := range []*proxy{s.toDatabase, s.toLatcom} {
		for _, fault := range lineFaultKinds {
			want["line to "+line.name+" "+fault] = o.rounds
		}
	}
	for kind, times := range want {
		if got := s.tally.of(kind); got != times {
			t.Errorf("%s: %d times, not %d", kind, got, times)
		}
	}
	if got, least := s.tally.of("deliveries compared"), 10*o.kills; got < least {
		t.Errorf("only %d deliveries: there was no load", got)
	}
}

// happens lets everything happen, in an order that is drawn: first to one server
// alone, then to one of two, while another of them stands still, and after.
func (o ordeal) happens(t *testing.T, s *system) {
	t.Helper()
	events := o.events(t, s)
	third := len(events) / 3
	o.pace(s, events[:third])
	s.serve(t)
	s.standStill(t, o.stands, func() { o.pace(s, events[third:2*third]) })
	o.pace(s, events[2*third:])
	o.workOn(s)
}

func (o ordeal) events(t *testing.T, s *system) (events []func()) {
	t.Helper()
	for range o.kills {
		events = append(events, func() { s.killAndReplace(t) })
	}
	for range o.stops {
		events = append(events, func() { s.stopAndReplace(t) })
	}
	for range o.databaseKills {
		events = append(events, func() { s.killDatabase(t) })
	}
	for range o.backendKills {
		events = append(events, func() { s.killBackend(t) })
	}
	for range o.fullDisks {
		events = append(events, func() { s.fillDisk(t) })
	}
	first := s.rng.IntN(2)
	for n := range o.outages {
		for i, line := range []*proxy{s.toDatabase, s.toLatcom} {
			fault := []string{"away", "mute"}[(first+n+i)%2]
			events = append(events, func() { s.outage(t, line, fault, o.outage) })
		}
	}
	for range o.rounds {
		for _, fault := range lineFaultKinds {
			events = append(events, func() { s.badLine(t, s.toLatcom, fault) }, func() { s.badLine(t, s.toDatabase, fault) })
		}
	}
	s.rng.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	return events
}

// pace lets the load work on between two events.
func (o ordeal) pace(s *system, events []func()) {
	for _, event := range events {
		o.workOn(s)
		event()
	}
}

// workOn waits for some answers more, and then for a moment that falls anywhere.
func (o ordeal) workOn(s *system) {
	s.answered(1+s.rng.IntN(o.orders), o.patience)
	wait(time.Duration(s.rng.IntN(300)) * time.Millisecond)
}

// wait lets the world go on for a while: how long it takes is what is tested.
func wait(d time.Duration) { <-time.After(d) }
