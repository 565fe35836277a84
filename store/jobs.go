package store

// The queue: River's tables, used through database/sql.

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

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

// enqueue adds a job that nobody takes up before the pause is over, by the
// database's clock. The queue's own insert counts by the process's: an instance
// that is an hour ahead would let its orders wait for an hour.
func (tx *Tx) enqueue(ctx context.Context, args river.JobArgs, queue string, pause time.Duration) error {
	encoded, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("queue %s: %w", args.Kind(), err)
	}
	_, err = tx.tx.ExecContext(ctx, `
		INSERT INTO river_job (kind, args, queue, state, max_attempts, created_at, scheduled_at)
		VALUES ($1, CAST($2 AS jsonb), $3, 'available', 1000, now(), now() + make_interval(secs => $4))`,
		args.Kind(), string(encoded), queue, pause.Seconds())
	if err != nil {
		return fmt.Errorf("queue %s: %w", args.Kind(), err)
	}
	return nil
}

// CompleteSend ends jobs in the transaction that holds their results. A job that
// was taken away in the meantime is no error: its result counts, not its row.
func (tx *Tx) CompleteSend(ctx context.Context, jobs ...int64) error {
	_, err := tx.tx.ExecContext(ctx, `
		UPDATE river_job SET state = 'completed', finalized_at = now() WHERE id = ANY ($1) AND state = 'running'`, pq.Array(jobs))
	if err != nil {
		return fmt.Errorf("complete the jobs of top-ups: %w", err)
	}
	return nil
}

// postponeJob gives a job that is worked back to the queue for a pause, in seconds,
// by the database's clock. (The queue's own snooze counts by the process's.) It comes
// back under another id: the queue marks what its worker had in hand as done a moment
// later, and by then another instance may have taken it up. One that was taken away
// in the meantime stays away.
const postponeJob = `
	WITH old AS (
		DELETE FROM river_job WHERE id = $1 AND state = 'running'
		RETURNING kind, args, queue, priority, max_attempts, metadata, tags, attempt, created_at
	)
	INSERT INTO river_job (kind, args, queue, priority, max_attempts, metadata, tags, attempt, created_at, state, scheduled_at)
	SELECT kind, args, queue, priority, max_attempts, metadata, tags, GREATEST(attempt - 1, 0), created_at, 'available', now() + make_interval(secs => $2)
	FROM old`

// PostponeSend gives a job back to the queue in the transaction that holds the
// reason. One that was taken away is no error: the sweep finds its top-up.
func (tx *Tx) PostponeSend(ctx context.Context, job *river.Job[SendJob], pause time.Duration) error {
	if _, err := tx.tx.ExecContext(ctx, postponeJob, job.ID, pause.Seconds()); err != nil {
		return fmt.Errorf("postpone the job of top-up %s: %w", job.Args.ID(), err)
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
				AND COALESCE(j.attempted_at, '-infinity') < now() - interval '15 seconds' -- fetched, and not begun
				AND j.id <> ALL ($2)))`,
		instanceID, pq.Array(working))
	if err != nil {
		return fmt.Errorf("end the jobs of dead instances: %w", err)
	}
	return nil
}

// liveJob is what a job has to be for somebody to take it up: running, or due
// within a pause that is one of ours ($1, seconds). One that is overdue and still
// not available waits for a part of the queue that does not come.
const liveJob = `
	(j.state = 'running'
	 OR j.state IN ('available', 'retryable', 'scheduled')
	    AND j.scheduled_at <= now() + make_interval(secs => $1)
	    AND (j.state = 'available' OR j.scheduled_at > now() - interval '30 seconds'))`

// OrphanedTopUps locks the queued top-ups that no job will take up within
// longest, whatever the queue's own rescue, its retention or a hand in its tables
// did. At most 1,000, oldest first.
func (tx *Tx) OrphanedTopUps(ctx context.Context, longest time.Duration) ([]billing.TopUpID, error) {
	return list[billing.TopUpID](ctx, tx.q, "top-ups without a job", `
		SELECT t.id
		FROM topups t
		WHERE t.status = 'queued'
		  AND NOT EXISTS (
			SELECT FROM river_job j
			WHERE j.kind = 'topup_send' AND j.queue = 'default' AND j.args ->> 'topup' = CAST(t.id AS text)
			  AND `+liveJob+`)
		ORDER BY t.created_at
		LIMIT 1000
		FOR UPDATE OF t SKIP LOCKED`, longest.Seconds())
}

// OpenQueues resumes the queues should somebody have paused them in the queue's
// own tables: our own brakes are elsewhere, where everybody sees them. It says
// whether there was something to resume.
func (tx *Tx) OpenQueues(ctx context.Context) (bool, error) {
	res, err := tx.tx.ExecContext(ctx, `
		UPDATE river_queue SET paused_at = NULL, updated_at = now()
		WHERE paused_at IS NOT NULL AND name IN ('default', $1)`, InquiryQueue)
	if err != nil {
		return false, fmt.Errorf("open the queues: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("open the queues: %w", err)
	}
	return n > 0, nil
}

// ExpiredTopUps lists top-ups that were never sent and are older than maxWait. At
// most 200, oldest first.
func (r reader) ExpiredTopUps(ctx context.Context, maxWait time.Duration) ([]billing.TopUp, error) {
	return list[billing.TopUp](ctx, r.q, "top-ups that waited too long", `SELECT `+topUpColumns+topUpTables+`
		WHERE t.status = 'queued' AND t.attempts = 0 AND t.created_at < now() - make_interval(secs => $1)
		ORDER BY t.created_at
		LIMIT 200`, maxWait.Seconds())
}
