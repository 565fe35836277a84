package topup

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"latcom.example/latcom-billing/store"
)

const (
	heartbeatEvery = 3 * time.Second
	heartbeatLimit = 4 * time.Second // so that several are tried before the lease ends
	sweepEvery     = 5 * time.Second
	admissionEvery = time.Second
	classifyEvery  = 2 * time.Second
	turnLimit      = 10 * time.Second      // a turn of periodic work may take
	sendPoll       = 20 * time.Millisecond // how long a committed order waits for a worker, at most
)

// Run works until ctx ends; then it lets the requests to Latcom that are under
// way end, for grace at most, and leaves. What had to be left has an attempt
// without an answer, and is found by the sweep of whoever lives.
func (e *Engine) Run(ctx context.Context, grace time.Duration) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed"
	}
	if !e.arrive(ctx, host) {
		return nil
	}
	// The heartbeat goes on until the last request has ended: until then this
	// instance lives.
	alive, died := context.WithCancel(context.WithoutCancel(ctx))
	defer died()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		e.every(alive, heartbeatEvery, "heartbeat", func(ctx context.Context) error { return e.heartbeat(ctx, host) })
		return nil
	})
	g.Go(func() error {
		return store.Listen(alive, e.options.ListenURL, func(c store.Change) {
			e.store.Hear(c) // first who keeps what it changes, then who is woken and looks
			e.changes.tell(c)
		})
	})
	g.Go(func() error {
		e.every(ctx, admissionEvery, "admission", func(ctx context.Context) error {
			return errors.Join(e.lookAtBreaker(ctx), e.countInstances(ctx), e.measureWait(ctx))
		})
		return nil
	})
	g.Go(func() error {
		e.every(ctx, floatEvery, "float", e.lookAtFloat)
		return nil
	})
	g.Go(func() error {
		e.every(ctx, rollUpEvery, "sum of the float", e.rollUpFloat)
		return nil
	})
	g.Go(func() error {
		e.every(ctx, classifyEvery, "classifications", e.refreshClassifications)
		return nil
	})
	g.Go(func() error {
		if e.options.Sandbox == nil { // of play money nobody has to know anything
			e.every(ctx, alertsEvery, "alerts", e.LookAround)
		}
		return nil
	})
	g.Go(func() error {
		if e.options.Sandbox == nil {
			e.every(ctx, customersEvery, "alerts about customers", e.LookAtCustomers)
		}
		return nil
	})
	g.Go(func() error {
		if e.options.Sandbox == nil && e.options.Disk != nil {
			e.every(ctx, diskEvery, "the disk", e.LookAtDisk)
		}
		return nil
	})
	g.Go(func() error {
		if e.options.Work {
			e.every(ctx, housekeepingEvery, "housekeeping", e.keepHouse)
		}
		return nil
	})
	g.Go(func() error {
		if e.options.Work {
			e.every(ctx, shareEvery, "sharing the queue out", e.shareQueue)
		}
		return nil
	})
	g.Go(func() error {
		defer died()
		if !e.options.Work {
			<-ctx.Done()
			return nil
		}
		return e.work(ctx, grace)
	})
	err = g.Wait()
	e.leave(context.WithoutCancel(ctx))
	return err
}

// arrive writes the first heartbeat and learns how things stand, for as long as
// it takes: a database that is away at the start comes back. It returns false
// when ctx ended first; nothing was begun then.
func (e *Engine) arrive(ctx context.Context, host string) bool {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		turn, cancel := context.WithTimeout(ctx, turnLimit)
		err := e.heartbeat(turn, host)
		if err == nil {
			err = errors.Join(e.countInstances(turn), e.lookAtBreaker(turn), e.refreshClassifications(turn), e.lookAtFloat(turn))
		}
		cancel()
		if err == nil {
			return true
		}
		if ctx.Err() == nil {
			e.log.ErrorContext(ctx, "could not join the other instances; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
}

// heartbeat says that this instance lives, and renews its lease.
func (e *Engine) heartbeat(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeatLimit)
	defer cancel()
	if err := e.lookForRestore(ctx); err != nil {
		return err
	}
	began := time.Now()
	missed, err := e.store.Heartbeat(ctx, e.instanceID, host)
	if err != nil {
		return err
	}
	e.lease.renew(began, missed)
	return nil
}

// leave tells the others that what this instance left can be taken up at once.
// Without a database they find it by its silence. Nothing is sent after it.
func (e *Engine) leave(ctx context.Context) {
	e.lease.end()
	ctx, cancel := context.WithTimeout(ctx, heartbeatLimit)
	defer cancel()
	if err := e.store.Leave(ctx, e.instanceID); err != nil {
		e.log.WarnContext(ctx, "could not say good-bye to the other instances", "error", err)
	}
}

// every calls fn at once and then at intervals until ctx ends. A failure is
// logged, and tried again at the next turn.
func (e *Engine) every(ctx context.Context, interval time.Duration, what string, fn func(context.Context) error) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		turn, cancel := context.WithTimeout(ctx, turnLimit)
		if err := fn(turn); err != nil && ctx.Err() == nil {
			e.log.ErrorContext(ctx, "periodic work failed", "work", what, "error", err)
		}
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (e *Engine) countInstances(ctx context.Context) error {
	n, err := e.store.LiveInstances(ctx)
	if err == nil {
		e.instances.Store(int64(n))
	}
	return err
}
