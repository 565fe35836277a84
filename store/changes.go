package store

// What changed, told to every instance by LISTEN and NOTIFY.

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

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

// perNotice is how many changes one notification tells of: Postgres takes 8,000
// bytes of each.
const perNotice = 60

// Announce tells every instance about changes, once the transaction commits.
func (tx *Tx) Announce(ctx context.Context, all ...Change) error {
	for some := range slices.Chunk(all, perNotice) {
		payload, err := json.Marshal(some)
		if err != nil {
			return fmt.Errorf("announce changes: %w", err)
		}
		if _, err := tx.tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, changesChannel, string(payload)); err != nil {
			return fmt.Errorf("announce changes: %w", err)
		}
	}
	tx.announced = append(tx.announced, all...)
	return nil
}

// watchers are those in this process who are told of every change.
type watchers struct {
	mu  sync.RWMutex
	fns []func(Change)
}

// Watch calls fn with each change that this process learns of: its own when they
// are committed, before InTx returns, and everybody's as they are heard. fn must
// not wait for anything.
func (s *Store) Watch(fn func(Change)) {
	s.watching.mu.Lock()
	defer s.watching.mu.Unlock()
	s.watching.fns = append(s.watching.fns, fn)
}

// Hear passes changes on to who watches.
func (s *Store) Hear(changes ...Change) {
	s.watching.mu.RLock()
	defer s.watching.mu.RUnlock()
	for _, c := range changes {
		for _, fn := range s.watching.fns {
			fn(c)
		}
	}
}
