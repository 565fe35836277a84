package store

// What changed, told to every instance by LISTEN and NOTIFY.

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

const changesChannel = "topup_changes"

// Change says that a top-up or a balance of a customer changed. A Lost change
// says only that some may have been missed: read again whatever matters.
type Change struct {
	CustomerID int64           `json:"c"`
	TopUpID    billing.TopUpID `json:"t"` // zero: only the balance changed
	Status     billing.Status  `json:"s"`
	Lost       bool            `json:"-"`
}

// Announce tells every instance about a change, once the transaction commits.
func (tx *Tx) Announce(ctx context.Context, c Change) error {
	payload, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("announce a change: %w", err)
	}
	if _, err := tx.tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, changesChannel, string(payload)); err != nil {
		return fmt.Errorf("announce a change: %w", err)
	}
	return nil
}

// Listen calls fn with each change until ctx ends, on a connection of its own to
// url. It connects again by itself, and then says that changes may be lost.
func Listen(ctx context.Context, url string, fn func(Change)) error {
	listener := pq.NewListener(url, 100*time.Millisecond, 5*time.Second, func(event pq.ListenerEventType, _ error) {
		if event == pq.ListenerEventReconnected {
			fn(Change{Lost: true})
		}
	})
	defer listener.Close() //nolint:errcheck // nothing is waited for any more
	if err := listener.Listen(changesChannel); err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	fn(Change{Lost: true})                   // whatever happened before this moment
	ping := time.NewTicker(10 * time.Second) // finds a dead connection that nobody closed
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ping.C:
			if err := listener.Ping(); err != nil {
				fn(Change{Lost: true})
			}
		case n := <-listener.Notify:
			if n == nil {
				continue // reconnected: said above
			}
			var c Change
			if err := json.Unmarshal([]byte(n.Extra), &c); err != nil {
				c = Change{Lost: true}
			}
			fn(c)
		}
	}
}
