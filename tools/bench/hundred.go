package main

// Orders accepted on a hundred accounts.

import "context"

func hundred(ctx context.Context, b *bench) error {
	script, err := b.yardstick(ctx, "hundred_accounts.sql", 64)
	if err != nil {
		return err
	}
	h, err := b.open(ctx, "hundred", 100, acceptOnly)
	if err != nil {
		return err
	}
	ours, err := h.measure(ctx, &crowd{clients: 64, prefer: acceptAtOnce})
	if err != nil {
		return err
	}
	b.atLeast("100 accounts, 64 clients: rate over the script's", ours.perSecond/script.perSecond, 2, "×")
	return h.finish(ctx, &crowd{clients: 64, prefer: acceptAtOnce})
}
