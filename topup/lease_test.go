package topup

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestALeaseHoldsFromHeartbeatToHeartbeatAndNotAcrossAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l lease
		if _, holds := l.current(); holds {
			t.Error("without a heartbeat it holds")
		}
		l.renew(time.Now(), true)
		begun, holds := l.current()
		if !holds {
			t.Fatal("it does not hold after the first")
		}
		for range 10 { // as long as they come
			time.Sleep(heartbeatEvery + heartbeatLimit) //nolint:forbidigo // virtual time
			l.renew(time.Now(), false)
		}
		if !l.still(begun) {
			t.Error("it ended though heartbeats came")
		}
		time.Sleep(leaseTime) //nolint:forbidigo // virtual time
		if l.still(begun) {
			t.Error("it holds without heartbeats")
		}
		l.renew(time.Now(), false)
		if now, holds := l.current(); !holds || l.still(begun) || now == begun {
			t.Error("what was begun before the gap may be sent after it")
		}
		begun, _ = l.current()
		l.renew(time.Now(), true) // the database saw a gap that this process did not
		if l.still(begun) {
			t.Error("it holds though the others took us for dead")
		}
		begun, _ = l.current()
		if l.end(); l.still(begun) {
			t.Error("it holds after it was given up")
		}
		if l.still(noTerm) {
			t.Error("no lease holds")
		}
	})
}

// A heartbeat that was under way when the process was stopped begins before the
// gap: it proves nothing about the time after.
func TestAHeartbeatCountsFromItsBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l lease
		l.renew(time.Now(), true)
		begun, _ := l.current()
		began := time.Now()
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time: a SIGSTOP
		l.renew(began, false)
		if l.still(begun) {
			t.Error("it holds after a minute of standing still")
		}
	})
}

// A clock set forward by an hour ends the lease until the next heartbeat, for it may
// be that the machine slept; one set back leaves it as it is.
func TestAStepOfTheClockLetsNothingBeSentThatOthersMayHaveTakenUp(t *testing.T) {
	for step, holds := range map[time.Duration]bool{time.Hour: false, -time.Hour: true} {
		var l lease
		l.renew(time.Now(), true)
		begun, _ := l.current()
		l.beat = l.beat.Round(0).Add(-step) // by the wall clock it was that long ago
		if l.still(begun) != holds {
			t.Errorf("after a step of %s it holds: %v", step, !holds)
		}
		l.renew(time.Now(), false)
		if _, again := l.current(); !again {
			t.Errorf("after a step of %s no heartbeat mends it", step)
		}
	}
}
