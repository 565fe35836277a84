package store

// Running instances and what a dead one left behind.

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// deadAfter is how old an instance's last sign of life may be. With a heartbeat
// every 5 s and a sweep every 5 s, what it left is found within 30 s.
const deadAfter = `interval '20 seconds'`

// Heartbeat says that an instance lives. missed is true when the others may have
// taken it for dead before, and what it had in hand for lost; also at the first.
func (s *Store) Heartbeat(ctx context.Context, instanceID, host string) (missed bool, err error) {
	err = s.pulse.GetContext(ctx, &missed, `
		WITH was AS (SELECT seen_at FROM instances WHERE id = $1)
		INSERT INTO instances (id, host, replica_problem) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET seen_at = now(), replica_problem = $3
		RETURNING COALESCE((SELECT seen_at FROM was) < now() - `+deadAfter+`, true)`, instanceID, host, s.Replica().Problem)
	if err != nil {
		return false, fmt.Errorf("write the heartbeat: %w", err)
	}
	return missed, nil
}

// Leave says that an instance ends: what it left can be taken up at once.
func (s *Store) Leave(ctx context.Context, instanceID string) error {
	if _, err := s.pulse.ExecContext(ctx, `DELETE FROM instances WHERE id = $1`, instanceID); err != nil {
		return fmt.Errorf("leave the list of instances: %w", err)
	}
	return nil
}

// ForgetDeadInstances removes instances that have been silent for a day.
func (s *Store) ForgetDeadInstances(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM instances WHERE seen_at < now() - interval '1 day'`); err != nil {
		return fmt.Errorf("forget dead instances: %w", err)
	}
	return nil
}

// ReplicaProblem is why living instances do not read from the replica, and how many
// do not; "", 0: all do that have one. It is said about the oldest of them.
func (r reader) ReplicaProblem(ctx context.Context) (problem string, instances int, err error) {
	all, err := list[string](ctx, r.q, "what instances say of the replica", `
		SELECT replica_problem FROM instances
		WHERE replica_problem NOT IN ('', $1) AND seen_at > now() - `+deadAfter+`
		ORDER BY started_at, id`, billing.ReplicaUnseen)
	if err != nil || len(all) == 0 {
		return "", 0, err
	}
	return all[0], len(all), nil
}

// LostAttempts lists attempts that have no answer and never will: their instance
// is dead. At most 1,000, oldest first.
func (r reader) LostAttempts(ctx context.Context) ([]billing.Attempt, error) {
	return list[billing.Attempt](ctx, r.q, "lost attempts", `
		SELECT a.id, a.topup_id, a.number, a.instance_id, a.started_at
		FROM attempts a
		LEFT JOIN instances i ON i.id = a.instance_id AND i.seen_at > now() - `+deadAfter+`
		WHERE a.outcome = '' AND i.id IS NULL
		ORDER BY a.started_at
		LIMIT 1000`)
}

// OpenAttempts lists an instance's attempts that have no answer.
func (r reader) OpenAttempts(ctx context.Context, instanceID string) ([]billing.Attempt, error) {
	return list[billing.Attempt](ctx, r.q, "attempts under way", `
		SELECT id, topup_id, number, instance_id, started_at
		FROM attempts
		WHERE outcome = '' AND instance_id = $1
		ORDER BY started_at`, instanceID)
}

// ClaimProviderKind records on a new database whether it serves the simulator or
// the live provider, and returns what it served before on an old one.
func (s *Store) ClaimProviderKind(ctx context.Context, kind string) (string, error) {
	return get[string](ctx, s.q, "the provider kind of this database", `
		INSERT INTO installation (provider_kind) VALUES ($1)
		ON CONFLICT (only_row) DO UPDATE SET provider_kind = installation.provider_kind
		RETURNING provider_kind`, kind)
}

// LiveInstances counts the instances that live.
func (r reader) LiveInstances(ctx context.Context) (int, error) {
	return get[int](ctx, r.q, "the number of instances", `SELECT count(*) FROM instances WHERE seen_at > now() - `+deadAfter)
}

// placesLock is the advisory lock under which instances share the places at Latcom.
const placesLock = 7_205_411

// FreePlaces says how many of so many places at Latcom are free for a job of each
// priority (1 to 4, the index): those that no request takes, over all instances, nor
// a job of a better priority is about to: one that is due, or in the hands of an
// instance that has not begun it; asking are the jobs that do not count here. It
// holds a lock until the transaction ends, so that two instances cannot both take
// the last place.
func (tx *Tx) FreePlaces(ctx context.Context, places int, asking ...int64) (free []int, err error) {
	if _, err := tx.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, placesLock); err != nil {
		return free, fmt.Errorf("lock the places at Latcom: %w", err)
	}
	rows, err := list[struct {
		Priority int `db:"priority"`
		Taken    int `db:"taken"`
	}](ctx, tx.q, "the requests under way", `
		SELECT 0 AS priority, count(*) AS taken FROM attempts WHERE outcome = ''
		UNION ALL
		SELECT priority, count(*)
		FROM (
			(SELECT priority
			FROM river_job
			WHERE state = 'available' AND queue = 'default' AND kind = 'topup_send' AND priority < 4
			  AND scheduled_at <= now() + interval '150 milliseconds'
			ORDER BY priority
			LIMIT $1)
			UNION ALL
			SELECT j.priority
			FROM river_job j
			JOIN topups t ON t.id = CAST(j.args ->> 'topup' AS uuid) AND t.status = 'queued'
			WHERE j.state = 'running' AND j.queue = 'default' AND j.kind = 'topup_send' AND j.priority < 4 AND j.id <> ALL ($2)
		) before
		GROUP BY priority`, places, pq.Array(asking))
	for priority := range 5 {
		left := places
		for _, row := range rows {
			if row.Priority < priority {
				left -= row.Taken
			}
		}
		free = append(free, left)
	}
	return free, err
}
