package main

// Whole lives: accepted, sent to a Latcom of 5 ms, settled, the job done.

import (
	"context"
	"time"
)

func life(ctx context.Context, b *bench) error {
	script, err := b.yardstick(ctx, "hot_row.sql", 64)
	if err != nil {
		return err
	}
	if err := b.rig.Simulate(ctx, "5ms-5ms"); err != nil {
		return err
	}
	h, err := b.open(ctx, "life", 1, map[string]string{"LATCOM_CONCURRENCY": "200", "TOPUP_MAX_WAIT": "0"})
	if err != nil {
		return err
	}
	if _, err := h.measure(ctx, &crowd{clients: 64, prefer: waitToEnd}); err != nil {
		return err
	}
	perSecond, err := h.liveThrough(ctx, 500*int64(b.each.Seconds()))
	if err != nil {
		return err
	}
	b.atLeast("64 clients that order at once: lives over the script's", perSecond/script.perSecond, 3, "×")
	return h.finish(ctx, &crowd{clients: 64, prefer: waitToEnd})
}

// liveThrough has n orders accepted as fast as 64 clients can, and counts the time
// until the last job is done.
func (h *house) liveThrough(ctx context.Context, n int64) (perSecond float64, err error) {
	c := &crowd{address: h.address, keys: h.keys, clients: 64, prefer: acceptAtOnce, limit: n}
	h.crowds = append(h.crowds, c)
	begun := time.Now()
	if err := c.start(ctx); err != nil {
		return 0, err
	}
	if err := c.wait(); err != nil {
		return 0, err
	}
	accepted := time.Since(begun)
	if err := h.settle(ctx); err != nil {
		return 0, err
	}
	took := time.Since(begun)
	perSecond = float64(n) / took.Seconds()
	h.b.note("64 clients that order at once", "%d orders accepted in %v, all settled in %v: %s/s",
		n, accepted.Round(10*time.Millisecond), took.Round(10*time.Millisecond), number(perSecond))
	return perSecond, nil
}

// settle waits until no order is on its way and no job is left.
func (h *house) settle(ctx context.Context) error {
	for {
		open, err := h.count(ctx, `SELECT (SELECT count(*) FROM topups WHERE status IN ('queued', 'sending'))
			+ (SELECT count(*) FROM river_job WHERE kind = 'topup' AND finalized_at IS NULL)`)
		if err != nil || open == 0 {
			return err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}
