package torture

// The process test: the built program, under load, and what the machines do to it.

import (
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ordeal says how much of it there is.
type ordeal struct {
	kills, databaseKills, badLines int
	every                          time.Duration // between two events
	stands                         time.Duration // one instance stands still, longer than every lease
	workers                        int           // orders at once
}

// short is for make test; long is for make torture.
var (
	short = ordeal{kills: 4, databaseKills: 1, badLines: 6, every: 1500 * time.Millisecond, stands: 22 * time.Second, workers: 12}
	long  = ordeal{kills: 20, databaseKills: 5, badLines: 40, every: 4 * time.Second, stands: 40 * time.Second, workers: 24}
)

func TestNothingIsLostOrDoubledWhateverIsKilled(t *testing.T) {
	o := short
	if os.Getenv("TORTURE") != "" {
		o = long
	}
	counted := &tally{}
	s := newSystem(t, counted)
	s.serve(t)
	resellers := []*reseller{newReseller(t, s, "ENVIA", "100000"), newReseller(t, s, "POBRE", "400")}
	stop := make(chan struct{})
	var load sync.WaitGroup
	for worker := range o.workers {
		load.Go(func() { resellers[worker%len(resellers)].run(worker, stop) })
	}
	o.happens(t, s)
	close(stop)
	load.Wait()
	s.reckon(t, resellers...)
	t.Logf("%s", counted)
	for kind, want := range map[string]int{"servers killed with -9": o.kills, "PostgreSQL killed with -9": o.databaseKills, "lines spoiled": o.badLines} {
		if got := counted.of(kind); got != want {
			t.Errorf("%s: %d times, not %d", kind, got, want)
		}
	}
	if counted.of("deliveries compared") < 50 {
		t.Errorf("only %d deliveries: there was no load", counted.of("deliveries compared"))
	}
}

// happens lets everything happen, in an order that is drawn.
func (o ordeal) happens(t *testing.T, s *system) {
	t.Helper()
	events := []func(){}
	for n := range o.kills {
		events = append(events, func() { s.killAndReplace(t, n%2 == 0) })
	}
	for range o.databaseKills {
		events = append(events, func() { s.killDatabase(t) })
	}
	kinds := []string{"away", "cut", "delayed", "halved", "mute", "sliced"}
	for n := range o.badLines {
		line := s.toLatcom
		if n%2 == 1 {
			line = s.toDatabase
		}
		events = append(events, func() { s.badLine(t, line, kinds[(n/2+n)%len(kinds)]) })
	}
	rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	s.serve(t) // the second instance
	s.standStill(t, o.stands, func() {
		for _, event := range events[:len(events)/2] {
			wait(o.every)
			event()
		}
	})
	for _, event := range events[len(events)/2:] {
		wait(o.every)
		event()
	}
	wait(o.every)
}

func wait(d time.Duration) { <-time.After(d) }

// killAndReplace kills one server; with another one beside it, or alone.
func (s *system) killAndReplace(t *testing.T, alone bool) {
	t.Helper()
	servers := s.free()
	victim := servers[rand.IntN(len(servers))]
	if alone && len(servers) > 1 {
		s.tally.add("killed beside another")
	} else {
		s.tally.add("killed alone")
	}
	s.kill(t, victim)
	wait(time.Duration(rand.IntN(1500)) * time.Millisecond)
	if len(s.free()) == 0 || alone || len(s.addresses()) < 2 {
		s.serve(t)
	}
}

// free are the servers that do not stand still.
func (s *system) free() (addresses []string) {
	for _, address := range s.addresses() {
		if address != s.stopped {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// standStill stops one instance for a while, in which the other goes on.
func (s *system) standStill(t *testing.T, atLeast time.Duration, meanwhile func()) {
	t.Helper()
	s.stopped = s.addresses()[0]
	begun := time.Now()
	s.signal(t, s.stopped, syscall.SIGSTOP)
	s.tally.add("servers stopped and continued")
	meanwhile()
	wait(atLeast - time.Since(begun))
	s.signal(t, s.stopped, syscall.SIGCONT)
	s.stopped = ""
}

// badLine spoils a line for a moment.
func (s *system) badLine(t *testing.T, line *proxy, what string) {
	t.Helper()
	s.tally.add("lines spoiled")
	s.tally.add("line to " + line.name + " " + what)
	line.spoil(t, what)
	wait(time.Second + time.Duration(rand.IntN(1500))*time.Millisecond)
	line.mend(t)
}
