package main

// Many requests under way at Latcom, which takes its usual time.

import (
	"context"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

const (
	inFlight   = 1000
	usualTime  = 6500 * time.Millisecond
	waitToEnd  = "wait=60"
	mostMemory = 200 // MB
)

// flight lets as many clients wait as there are places at Latcom. They begin one after the other,
// so that orders come evenly and not in waves of a thousand.
func flight(ctx context.Context, b *bench) error {
	if err := b.rig.Simulate(ctx, "6.5s-6.5s"); err != nil {
		return err
	}
	h, err := b.open(ctx, "flight", 1, map[string]string{"LATCOM_CONCURRENCY": "1000", "DB_MAX_CONNS": "20"})
	if err != nil {
		return err
	}
	ours, err := h.measure(ctx, &crowd{clients: inFlight, prefer: waitToEnd, spread: usualTime})
	if err != nil {
		return err
	}
	memory, err := rig.PeakMemory(h.process)
	if err != nil {
		return err
	}
	b.atLeast("throughput over 1,000 / 6.5 s", 100*ours.perSecond*usualTime.Seconds()/inFlight, 95, "%")
	b.atMost("p99 of the answer less Latcom's own time", milliseconds(ours.p99-usualTime), 100, "ms")
	b.atMost("the program's memory at its peak", memory, mostMemory, "MB")
	return h.finish(ctx, &crowd{clients: inFlight, prefer: waitToEnd, spread: usualTime})
}
