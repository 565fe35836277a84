package main

// Orders accepted on one account, which is where most traffic hits.

import "context"

const acceptAtOnce = "respond-async"

func hot(ctx context.Context, b *bench) error {
	one, err := b.yardstick(ctx, "hot_row.sql", 1)
	if err != nil {
		return err
	}
	many, err := b.yardstick(ctx, "hot_row.sql", 64)
	if err != nil {
		return err
	}
	h, err := b.open(ctx, "hot", 1, acceptOnly)
	if err != nil {
		return err
	}
	alone, err := h.measure(ctx, &crowd{clients: 1, prefer: acceptAtOnce})
	if err != nil {
		return err
	}
	together, err := h.measure(ctx, &crowd{clients: 64, prefer: acceptAtOnce})
	if err != nil {
		return err
	}
	b.atLeast("one account, 64 clients: rate over the script's", together.perSecond/many.perSecond, 10, "×")
	b.atMost("one account, 1 client: p50 over the script's", float64(alone.p50)/float64(one.p50), 6, "×")
	return h.finish(ctx, &crowd{clients: 64, prefer: acceptAtOnce})
}
