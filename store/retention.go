package store

// What is forgotten: of people at their request, of addresses after a time. The
// books need none of it.

import (
	"context"
	"fmt"
	"time"
)

// EraseMember removes what is known of a member and keeps it out. It returns false
// when nothing was known any more.
func (tx *Tx) EraseMember(ctx context.Context, id int64) (bool, error) {
	res, err := tx.tx.ExecContext(ctx, `
		WITH sessions_gone AS (DELETE FROM sessions WHERE member_id = $1),
		     links_gone AS (DELETE FROM access_links WHERE member_id = $1),
		     factors_gone AS (DELETE FROM second_factors WHERE member_id = $1),
		     codes_gone AS (DELETE FROM recovery_codes WHERE member_id = $1)
		UPDATE members
		SET email = 'erased-' || id || '@erased.invalid', name = 'Erased', password_hash = '', disabled_at = COALESCE(disabled_at, now())
		WHERE id = $1 AND email <> 'erased-' || id || '@erased.invalid'`, id)
	if err != nil {
		return false, fmt.Errorf("erase member %d: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("erase member %d: %w", id, err)
	}
	return n == 1, nil
}

// forgetAtOnce is how many rows one step changes: nobody waits for it.
const forgetAtOnce = 2000

// ForgetAddresses removes the network address that orders older than kept came
// from, some thousands at once; left says whether there are more.
func (s *Store) ForgetAddresses(ctx context.Context, kept time.Duration) (forgotten int64, left bool, err error) {
	return s.forget(ctx, "the addresses of old orders", `
		UPDATE topups SET from_address = ''
		WHERE id IN (SELECT id FROM topups WHERE created_at < now() - make_interval(secs => $1) AND from_address <> '' ORDER BY created_at LIMIT $2)`, kept)
}

// ForgetRepeats removes who repeated orders, of repeats older than kept.
func (s *Store) ForgetRepeats(ctx context.Context, kept time.Duration) (forgotten int64, left bool, err error) {
	return s.forget(ctx, "old repeats", `
		DELETE FROM repeats WHERE id IN (SELECT id FROM repeats WHERE at < now() - make_interval(secs => $1) ORDER BY id LIMIT $2)`, kept)
}

func (s *Store) forget(ctx context.Context, what, statement string, kept time.Duration) (forgotten int64, left bool, err error) {
	res, err := s.db.ExecContext(ctx, statement, kept.Seconds(), forgetAtOnce)
	if err != nil {
		return 0, false, fmt.Errorf("forget %s: %w", what, err)
	}
	forgotten, err = res.RowsAffected()
	if err != nil {
		return 0, false, fmt.Errorf("forget %s: %w", what, err)
	}
	return forgotten, forgotten == forgetAtOnce, nil
}
