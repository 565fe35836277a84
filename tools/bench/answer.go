package main

// What we add to Latcom's own time, as a waiting reseller sees it.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

const shortTime = 200 * time.Millisecond

func answer(ctx context.Context, b *bench) error {
	if err := b.rig.Simulate(ctx, "200ms-200ms"); err != nil {
		return err
	}
	h, err := b.open(ctx, "answer", 1, map[string]string{"LATCOM_CONCURRENCY": "100"})
	if err != nil {
		return err
	}
	for _, clients := range []int{1, 16, 64} {
		ours, err := h.measure(ctx, &crowd{clients: clients, prefer: waitToEnd, spread: shortTime})
		if err != nil {
			return err
		}
		b.note(fmt.Sprintf("%d waiting, less Latcom's %v", clients, shortTime), "%s/s, p50 %s, p95 %s", number(ours.perSecond), short(ours.p50-shortTime), short(ours.p95-shortTime))
		b.atMost(fmt.Sprintf("%d waiting: p99 of the answer less Latcom's", clients), milliseconds(ours.p99-shortTime), 100, "ms")
	}
	memory, err := rig.PeakMemory(h.process)
	if err != nil {
		return err
	}
	b.atMost("the program's memory at its peak", memory, 128, "MB")
	return h.finish(ctx, &crowd{clients: 64, prefer: waitToEnd})
}
