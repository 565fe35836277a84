package store

// Exports: who asked for which file, how far it is, what became of it. Files lie
// elsewhere; only exports.Runner makes and removes them.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// ExportQueue is the queue of exports: one at a time on each instance, so that
// they never crowd orders out.
const ExportQueue = "exports"

// ExportJob asks a worker to write one file.
type ExportJob struct {
	Export uuid.UUID `json:"export"`
}

// Kind names the job in River's tables.
func (ExportJob) Kind() string { return "topups_export" }

// exportRow is an export as the database keeps it.
type exportRow struct {
	billing.Export
	FilterJSON []byte  `db:"filter"`
	TotalsJSON *[]byte `db:"totals"`
}

const selectExports = `
	SELECT e.id, e.operator_id, e.member_id, e.customer_id, COALESCE(o.name, m.name) AS asker, e.format, e.query, e.filter, e.state,
	       e.rows_expected, e.rows_written, e.totals, e.bytes, e.sha256, e.failure, e.requested_at, e.started_at, e.finished_at, e.expires_at, e.removed_at
	FROM exports e
	LEFT JOIN operators o ON o.id = e.operator_id
	LEFT JOIN members m ON m.id = e.member_id`

func (row exportRow) export() (billing.Export, error) {
	e := row.Export
	if err := json.Unmarshal(row.FilterJSON, &e.Filter); err != nil {
		return e, fmt.Errorf("read the filter of export %s: %w", e.ID, err)
	}
	if row.TotalsJSON != nil {
		if err := json.Unmarshal(*row.TotalsJSON, &e.Totals); err != nil {
			return e, fmt.Errorf("read the totals of export %s: %w", e.ID, err)
		}
	}
	return e, nil
}

// ExportScope is whose exports are meant: those of the back office (0), or those
// of one customer's members.
type ExportScope int64

const inScope = `(e.customer_id = CAST($1 AS bigint) OR CAST($1 AS bigint) = 0 AND e.customer_id IS NULL)`

// Export reads one export; out of scope it is billing.ErrNotFound.
func (r reader) Export(ctx context.Context, scope ExportScope, id uuid.UUID) (billing.Export, error) {
	row, err := get[exportRow](ctx, r.q, "export", selectExports+` WHERE e.id = $2 AND `+inScope, int64(scope), id)
	if err != nil {
		return billing.Export{}, err
	}
	return row.export()
}

// Exports lists the newest exports of a scope.
func (r reader) Exports(ctx context.Context, scope ExportScope, limit int) ([]billing.Export, error) {
	rows, err := list[exportRow](ctx, r.q, "exports", selectExports+` WHERE `+inScope+` ORDER BY e.requested_at DESC, e.id LIMIT $2`, int64(scope), limit)
	exports := make([]billing.Export, 0, len(rows))
	for _, row := range rows {
		e, broken := row.export()
		if broken != nil {
			return nil, broken
		}
		exports = append(exports, e)
	}
	return exports, err
}

// RequestExport keeps what is wanted and queues its job. The same export again is
// no error, and one only; too many open ones are billing.ErrTooMany.
func (tx *Tx) RequestExport(ctx context.Context, e billing.Export) error {
	if _, err := tx.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('exports', COALESCE($1, 0)))`, e.CustomerID); err != nil {
		return fmt.Errorf("wait for other requests of exports: %w", err)
	}
	scope := ExportScope(0)
	if e.CustomerID != nil {
		scope = ExportScope(*e.CustomerID)
	}
	asked, err := get[struct {
		Again bool `db:"again"`
		Open  int  `db:"open"`
	}](ctx, tx.q, "open exports", `
		SELECT EXISTS (SELECT FROM exports WHERE id = $2) AS again,
		       (SELECT count(*) FROM exports e WHERE e.state IN ('waiting', 'running') AND `+inScope+`) AS open`, int64(scope), e.ID)
	switch {
	case err != nil || asked.Again:
		return err
	case asked.Open >= billing.MostOpenExports:
		return billing.ErrTooMany
	}
	return tx.insertExport(ctx, e)
}

func (tx *Tx) insertExport(ctx context.Context, e billing.Export) error {
	filter, err := json.Marshal(e.Filter)
	if err != nil {
		return fmt.Errorf("write the filter of an export: %w", err)
	}
	_, err = tx.tx.ExecContext(ctx, `
		INSERT INTO exports (id, operator_id, member_id, customer_id, format, query, filter) VALUES ($1, $2, $3, $4, $5, $6, CAST($7 AS jsonb))`,
		e.ID, e.OperatorID, e.MemberID, e.CustomerID, e.Format, e.Query, string(filter))
	if err != nil {
		return fmt.Errorf("insert an export: %w", err)
	}
	return tx.enqueueExport(ctx, e.ID)
}

// enqueueExport gives an export a new job, the only one that may work on it.
func (tx *Tx) enqueueExport(ctx context.Context, id uuid.UUID) error {
	args, err := json.Marshal(ExportJob{Export: id})
	if err != nil {
		return fmt.Errorf("queue export %s: %w", id, err)
	}
	_, err = tx.tx.ExecContext(ctx, `
		WITH job AS (
			INSERT INTO river_job (kind, args, queue, state, max_attempts, created_at, scheduled_at)
			VALUES ($2, CAST($3 AS jsonb), $4, 'available', 1000, now(), now())
			RETURNING id
		)
		UPDATE exports SET state = 'waiting', job_id = job.id, instance_id = '', rows_written = 0 FROM job WHERE exports.id = $1`,
		id, ExportJob{}.Kind(), string(args), ExportQueue)
	if err != nil {
		return fmt.Errorf("queue export %s: %w", id, err)
	}
	return nil
}

// BeginExport takes an export up for a job. One that is cancelled, done or given
// to another job is billing.ErrNotFound.
func (s *Store) BeginExport(ctx context.Context, id uuid.UUID, jobID int64, instanceID string) (billing.Export, error) {
	row, err := get[exportRow](ctx, s.q, "export to begin", `
		WITH begun AS (
			UPDATE exports SET state = 'running', instance_id = $3, started_at = now(), rows_written = 0
			WHERE id = $1 AND job_id = $2 AND state IN ('waiting', 'running')
			RETURNING *
		)
		SELECT e.id, e.operator_id, e.member_id, e.customer_id, '' AS asker, e.format, e.query, e.filter, e.state, e.rows_expected, e.rows_written,
		       e.totals, e.bytes, e.sha256, e.failure, e.requested_at, e.started_at, e.finished_at, e.expires_at, e.removed_at
		FROM begun e`, id, jobID, instanceID)
	if err != nil {
		return billing.Export{}, err
	}
	return row.export()
}

// NoteExport says how far an export is. It returns false when the export was
// cancelled or given to another job: then it must not go on.
func (s *Store) NoteExport(ctx context.Context, id uuid.UUID, jobID, written, expected int64) (goOn bool, err error) {
	res, err := s.db.ExecContext(ctx, `
		UPDATE exports SET rows_written = $3, rows_expected = $4 WHERE id = $1 AND job_id = $2 AND state = 'running'`, id, jobID, written, expected)
	if err != nil {
		return false, fmt.Errorf("note how far export %s is: %w", id, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err //nolint:wrapcheck // the driver only repeats what it was told
}

// EndExport keeps what became of an export that a job works on: done, with
// everything about its file, or failed. False: it was cancelled meanwhile.
func (s *Store) EndExport(ctx context.Context, e billing.Export, jobID int64) (kept bool, err error) {
	totals, err := json.Marshal(e.Totals)
	if err != nil {
		return false, fmt.Errorf("write the totals of an export: %w", err)
	}
	_, err = get[uuid.UUID](ctx, s.q, "export to end", `
		UPDATE exports
		SET state = $3, rows_written = $4, rows_expected = GREATEST(rows_expected, $4), totals = CAST($5 AS jsonb), bytes = $6, sha256 = $7,
		    failure = $8, finished_at = now(), expires_at = CASE $3 WHEN 'done' THEN now() + make_interval(secs => $9) END
		WHERE id = $1 AND job_id = $2 AND state = 'running'
		RETURNING id`, e.ID, jobID, e.State, e.RowsWritten, string(totals), e.Bytes, e.SHA256, clean(e.Failure), billing.ExportKept.Seconds())
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// CancelExport ends an open export of a scope. One that is not open any more is
// left as it is.
func (tx *Tx) CancelExport(ctx context.Context, scope ExportScope, id uuid.UUID) (cancelled bool, err error) {
	_, err = get[uuid.UUID](ctx, tx.q, "export to cancel", `
		UPDATE exports e SET state = 'cancelled', finished_at = now()
		WHERE e.id = $2 AND e.state IN ('waiting', 'running') AND `+inScope+`
		RETURNING e.id`, int64(scope), id)
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// RequeueLostExports gives open exports that no job will take up a new one: their
// instance died, or somebody took the job away. It returns how many.
func (s *Store) RequeueLostExports(ctx context.Context) (requeued int, err error) {
	err = s.InTx(ctx, func(tx *Tx) error {
		lost, err := list[uuid.UUID](ctx, tx.q, "exports without a job", `
			SELECT e.id
			FROM exports e
			WHERE e.state IN ('waiting', 'running') AND e.requested_at < now() - interval '5 seconds'
			  AND NOT EXISTS (
				SELECT FROM river_job j
				WHERE j.id = e.job_id AND (
					j.state IN ('available', 'retryable', 'scheduled')
					OR j.state = 'running' AND EXISTS (
						SELECT FROM instances i WHERE i.id = j.attempted_by[array_upper(j.attempted_by, 1)] AND i.seen_at > now() - `+deadAfter+`)))
			FOR UPDATE OF e SKIP LOCKED`)
		if err != nil {
			return err
		}
		for _, id := range lost {
			if _, err := tx.tx.ExecContext(ctx, `
				UPDATE river_job SET state = 'discarded', finalized_at = now()
				WHERE state = 'running' AND id = (SELECT job_id FROM exports WHERE id = $1)`, id); err != nil {
				return fmt.Errorf("end the lost job of export %s: %w", id, err)
			}
			if err := tx.enqueueExport(ctx, id); err != nil {
				return err
			}
		}
		requeued = len(lost)
		return nil
	})
	return requeued, err
}

// ExpireExports marks the exports whose time is over: their files can go.
func (s *Store) ExpireExports(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE exports SET removed_at = now() WHERE state = 'done' AND removed_at IS NULL AND expires_at < now()`)
	if err != nil {
		return fmt.Errorf("expire exports: %w", err)
	}
	return nil
}

// ExportFileWanted says whether the file of an export may still be needed.
func (r reader) ExportFileWanted(ctx context.Context, id uuid.UUID) (bool, error) {
	return get[bool](ctx, r.q, "whether a file is needed", `
		SELECT EXISTS (SELECT FROM exports WHERE id = $1 AND (state IN ('waiting', 'running') OR state = 'done' AND removed_at IS NULL))`, id)
}
