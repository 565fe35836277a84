package store

// The queue: River's tables, used through database/sql.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivertype"

	"latcom.example/latcom-billing/billing"
)

// Queue is River's client on our database.
type Queue = river.Client[*sql.Tx]

// SendJob asks a worker to carry one top-up to Latcom. What may be sent is
// decided by the attempts table, never by the job.
type SendJob struct {
	TopUp uuid.UUID `json:"topup"`
}

// Kind names the job in River's tables.
func (SendJob) Kind() string { return "topup_send" }

// ID is the top-up's id as everybody else writes it.
func (j SendJob) ID() billing.TopUpID { return billing.TopUpID{UUID: j.TopUp} }

// NewQueue returns a client that works jobs as config says.
func (s *Store) NewQueue(config *river.Config) (*Queue, error) {
	q, err := river.NewClient(riverdatabasesql.New(s.db.DB), config)
	if err != nil {
		return nil, fmt.Errorf("prepare the queue: %w", err)
	}
	return q, nil
}

// EnqueueSend queues a top-up in the caller's transaction: no commit, no job.
func (tx *Tx) EnqueueSend(ctx context.Context, id billing.TopUpID) error {
	if _, err := tx.jobs.InsertTx(ctx, tx.tx.Tx, SendJob{TopUp: id.UUID}, nil); err != nil {
		return fmt.Errorf("queue top-up %s: %w", id, err)
	}
	return nil
}

// CompleteSend ends a job in the transaction that holds its result. A job that
// was taken away in the meantime is no error: its result counts, not its row.
func (tx *Tx) CompleteSend(ctx context.Context, job *river.Job[SendJob]) error {
	_, err := river.JobCompleteTx[*riverdatabasesql.Driver](ctx, tx.tx.Tx, job)
	if err != nil && !errors.Is(err, rivertype.ErrNotFound) {
		return fmt.Errorf("complete the job of top-up %s: %w", job.Args.ID(), err)
	}
	return nil
}

// DiscardLostJobs ends jobs that are marked as running and are not: those of
// dead instances, and those of this instance that it is not working on (their
// end could not be written while the database was away).
func (tx *Tx) DiscardLostJobs(ctx context.Context, instanceID string, working []int64) error {
	_, err := tx.tx.ExecContext(ctx, `
		UPDATE river_job j
		SET state = 'discarded', finalized_at = now()
		WHERE j.kind = 'topup_send' AND j.state = 'running'
		  AND (NOT EXISTS (
				SELECT FROM instances i
				WHERE i.id = j.attempted_by[array_upper(j.attempted_by, 1)] AND i.seen_at > now() - `+deadAfter+`)
			OR (j.attempted_by[array_upper(j.attempted_by, 1)] = $1
				AND j.attempted_at < now() - interval '15 seconds' -- fetched, and not begun
				AND j.id <> ALL ($2)))`,
		instanceID, pq.Array(working))
	if err != nil {
		return fmt.Errorf("end the jobs of dead instances: %w", err)
	}
	return nil
}

// OrphanedTopUps locks the queued top-ups that no job will take up, whatever the
// queue's own rescue, its retention or a hand in its tables did.
func (tx *Tx) OrphanedTopUps(ctx context.Context) ([]billing.TopUpID, error) {
	return list[billing.TopUpID](ctx, tx.q, "top-ups without a job", `
		SELECT t.id
		FROM topups t
		WHERE t.status = 'queued'
		  AND t.id NOT IN (
			SELECT CAST(j.args ->> 'topup' AS uuid)
			FROM river_job j
			WHERE j.kind = 'topup_send'
			  AND j.state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))
		ORDER BY t.created_at
		LIMIT 1000
		FOR UPDATE OF t SKIP LOCKED`)
}
