package store

// A database that was restored, and what was open in it.

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// servedBy names the cluster, and the timeline that a restore or a promoted
// standby always begins anew.
const servedBy = `(SELECT system_identifier FROM pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)`

const selectRestores = `
	SELECT id, noticed_at, reached_at, was, became, pause_id, checked_at, COALESCE(checked_by, '') AS checked_by,
	       COALESCE(note, '') AS note, COALESCE(queued, '') AS queued
	FROM restores`

// Serving is where this database is served from, and whether a restore of it has
// not been checked yet. Was is empty before the first start, and where no start
// ever claimed the database.
type Serving struct {
	Was       string `db:"was"`
	Is        string `db:"now"`
	Unchecked bool   `db:"unchecked"`
}

// Moved says whether somebody restored the database, or moved it.
func (s Serving) Moved() bool { return s.Was != "" && s.Is != "" && s.Was != s.Is }

// Serving reads it, on the heartbeat's connection. A server that does not tell
// leaves Is empty.
func (s *Store) Serving(ctx context.Context) (Serving, error) {
	now, err := get[Serving](ctx, s.pulse, "where the database is served from", `
		SELECT COALESCE(served_by, '') AS was, `+servedBy+` AS now, EXISTS (SELECT FROM restores WHERE checked_at IS NULL) AS unchecked
		FROM installation`)
	if errors.Is(err, billing.ErrNotFound) {
		return Serving{}, nil
	}
	if told := (*pq.Error)(nil); errors.As(err, &told) && (told.Code.Class() == "42" || told.Code.Class() == "0A") {
		return get[Serving](ctx, s.pulse, "whether a restore waits", `
			SELECT COALESCE(served_by, '') AS was, '' AS now, EXISTS (SELECT FROM restores WHERE checked_at IS NULL) AS unchecked FROM installation`)
	}
	return now, err
}

// ClaimServing records where the database is served from, if nobody else did since
// was it was read: false when somebody did.
func (tx *Tx) ClaimServing(ctx context.Context, was, is string) (bool, error) {
	res, err := tx.tx.ExecContext(ctx, `UPDATE installation SET served_by = $2 WHERE COALESCE(served_by, '') = $1`, was, is)
	if err != nil {
		return false, fmt.Errorf("record where the database is served from: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("record where the database is served from: %w", err)
	}
	return n == 1, nil
}

// InsertRestore records a restore with all that was open, and pauses sending for
// it, whether or not it is paused already. One that is not checked yet covers it:
// false.
func (tx *Tx) InsertRestore(ctx context.Context, r *billing.Restore, reason, by string) (bool, error) {
	if _, err := tx.InsertPause(ctx, billing.Pause{Reason: reason, BeganBy: by}); err != nil {
		return false, err
	}
	made, err := list[billing.Restore](ctx, tx.q, "the restore that was noticed", `
		INSERT INTO restores (reached_at, was, became, pause_id)
		SELECT COALESCE(GREATEST((SELECT max(seen_at) FROM instances), (SELECT created_at FROM entries ORDER BY id DESC LIMIT 1)), now()), $1, $2,
		       (SELECT id FROM pauses WHERE ended_at IS NULL AND product IS NULL AND customer_id IS NULL)
		ON CONFLICT DO NOTHING
		RETURNING id, noticed_at, reached_at, was, became, pause_id`, r.Was, r.Became)
	if err != nil || len(made) == 0 {
		return false, err
	}
	*r = made[0]
	_, err = tx.tx.ExecContext(ctx, `
		INSERT INTO restored_topups (restore_id, topup_id, status)
		SELECT $1, id, status FROM topups WHERE status IN ('queued', 'sending', 'unknown')`, r.ID)
	if err != nil {
		return false, fmt.Errorf("record what was open at the restored moment: %w", err)
	}
	return true, nil
}

// OpenRestore reads the one that nobody has checked; none is billing.ErrNotFound.
func (r reader) OpenRestore(ctx context.Context) (billing.Restore, error) {
	return get[billing.Restore](ctx, r.q, "restore", selectRestores+` WHERE checked_at IS NULL`)
}

// CheckedRestores lists the latest of the others.
func (r reader) CheckedRestores(ctx context.Context, limit int) ([]billing.Restore, error) {
	return list[billing.Restore](ctx, r.q, "past restores", selectRestores+` WHERE checked_at IS NOT NULL ORDER BY id DESC LIMIT $1`, limit)
}

// RestoredTopUp is a top-up that was open at a restored moment, as it is now.
type RestoredTopUp struct {
	billing.TopUp
	Restored billing.Status `db:"restored"` // what it was
}

// RestoredTopUps lists them, the oldest first, limit at most.
func (r reader) RestoredTopUps(ctx context.Context, restoreID int64, limit int) ([]RestoredTopUp, error) {
	return list[RestoredTopUp](ctx, r.q, "top-ups that were open", `
		SELECT `+topUpColumns+`, o.status AS restored`+topUpTables+`
		JOIN restored_topups o ON o.topup_id = t.id
		WHERE o.restore_id = $1 ORDER BY t.created_at, t.id LIMIT $2`, restoreID, limit)
}

// Restored counts what was open, by what it was and what it is.
type Restored struct {
	Queued        int `db:"queued"`
	Sending       int `db:"sending"`
	Unknown       int `db:"unknown"`
	StillQueued   int `db:"still_queued"` // of those that were
	StillNotFinal int `db:"still_open"`
}

// CountRestored counts them.
func (r reader) CountRestored(ctx context.Context, restoreID int64) (Restored, error) {
	return get[Restored](ctx, r.q, "how many top-ups were open", `
		SELECT count(*) FILTER (WHERE o.status = 'queued') AS queued, count(*) FILTER (WHERE o.status = 'sending') AS sending,
		       count(*) FILTER (WHERE o.status = 'unknown') AS unknown,
		       count(*) FILTER (WHERE o.status = 'queued' AND t.status = 'queued') AS still_queued,
		       count(*) FILTER (WHERE t.status IN ('queued', 'sending', 'unknown')) AS still_open
		FROM restored_topups o JOIN topups t ON t.id = o.topup_id
		WHERE o.restore_id = $1`, restoreID)
}

// StillQueued lists the top-ups that waited at the restored moment and still do.
func (r reader) StillQueued(ctx context.Context, restoreID int64) ([]billing.TopUp, error) {
	return list[billing.TopUp](ctx, r.q, "top-ups that still wait", `
		SELECT `+topUpColumns+topUpTables+`
		JOIN restored_topups o ON o.topup_id = t.id
		WHERE o.restore_id = $1 AND o.status = 'queued' AND t.status = 'queued' ORDER BY t.created_at, t.id`, restoreID)
}

// CheckRestore records what an operator says, and ends the pause. One that was
// checked before is billing.ErrNotFound.
func (tx *Tx) CheckRestore(ctx context.Context, id int64, by string, c billing.RestoreCheck) (billing.Restore, error) {
	r, err := get[billing.Restore](ctx, tx.q, "restore", `
		UPDATE restores SET checked_at = now(), checked_by = $2, note = $3, queued = $4
		WHERE id = $1 AND checked_at IS NULL
		RETURNING id, noticed_at, reached_at, was, became, pause_id, checked_at, checked_by, note, queued`, id, clean(by), clean(strings.TrimSpace(c.Note)), c.Queued)
	if err != nil {
		return r, err
	}
	_, err = tx.EndPause(ctx, r.PauseID, by)
	return r, err
}

// TopUpOfProvider reads the top-up that Latcom tells of: by our number with it,
// else by theirs; either may be empty.
func (r reader) TopUpOfProvider(ctx context.Context, distTransID, providerID string) (billing.TopUp, error) {
	return get[billing.TopUp](ctx, r.q, "the top-up that the provider tells of", `SELECT `+topUpColumns+topUpTables+`
		WHERE CASE WHEN $1 <> '' THEN t.dist_transid = $1 ELSE t.provider_transaction_id = $2 AND $2 <> '' END
		ORDER BY t.created_at LIMIT 1`, distTransID, providerID)
}
