package store

// How long Latcom takes, by hour. Hours that are over are counted once.

import (
	"context"
	"fmt"
	"time"
)

// hoursATurn bounds what one turn counts: a database with a past is through in a
// few turns, and no turn is long.
const hoursATurn = 200

// CountDeliveryTimes counts the hours that are over and were not counted yet, the
// newest first, and forgets those that no page shows any more. Instances that do
// it at once count each hour once. It returns how many it counted.
func (s *Store) CountDeliveryTimes(ctx context.Context) (int, error) {
	counted, err := get[int](ctx, s.q, "the hours that were counted", `
		WITH due AS (
			SELECT past.hour
			FROM generate_series(
				date_bin('1 hour', GREATEST(now() - interval '35 days', (SELECT min(started_at) FROM attempts)), '2000-01-01 00:00:00+00'),
				now() - interval '70 minutes', interval '1 hour') AS past (hour)
			WHERE NOT EXISTS (SELECT FROM delivery_hours d WHERE d.hour = past.hour)
			ORDER BY past.hour DESC
			LIMIT $1
		), taken AS (
			INSERT INTO delivery_hours (hour) SELECT hour FROM due ON CONFLICT DO NOTHING RETURNING hour
		), times AS (
			INSERT INTO delivery_times (hour, tenths, deliveries)
			SELECT taken.hour, round(a.took_ms / 100.0), count(*)
			FROM taken
			JOIN attempts a ON a.started_at >= taken.hour AND a.started_at < taken.hour + interval '1 hour' AND a.outcome = 'delivered'
			GROUP BY 1, 2
		)
		SELECT count(*) FROM taken`, hoursATurn)
	if err != nil {
		return 0, err
	}
	_, err = s.db.ExecContext(ctx, `
		WITH times AS (DELETE FROM delivery_times WHERE hour < now() - interval '36 days')
		DELETE FROM delivery_hours WHERE hour < now() - interval '36 days'`)
	if err != nil {
		return counted, fmt.Errorf("forget old delivery times: %w", err)
	}
	return counted, nil
}

// DeliveryTimes are percentiles of how long Latcom took for the deliveries begun
// within some time, in seconds, exact to the tenth.
type DeliveryTimes struct {
	Hour       *time.Time `db:"hour"` // nil: of the whole time that was asked for
	Deliveries int64      `db:"deliveries"`
	P50        float64    `db:"p50"`
	P95        float64    `db:"p95"`
}

// DeliveryTimes gives the percentiles of the whole time from (inclusive) to
// (exclusive) and of each hour in it. Without a delivery there is none. Hours
// that were counted come from their counts, the others from the attempts.
func (r reader) DeliveryTimes(ctx context.Context, from, to time.Time) ([]DeliveryTimes, error) {
	return list[DeliveryTimes](ctx, r.q, "delivery times", `
		WITH open AS (
			SELECT asked.hour AS begins, asked.hour + interval '1 hour' AS ends
			FROM generate_series(date_bin('1 hour', CAST($1 AS timestamptz), '2000-01-01 00:00:00+00'), CAST($2 AS timestamptz) - interval '1 microsecond', interval '1 hour') AS asked (hour)
			WHERE asked.hour < $1 OR asked.hour + interval '1 hour' > $2 OR NOT EXISTS (SELECT FROM delivery_hours d WHERE d.hour = asked.hour)
		), times AS (
			SELECT hour, tenths, deliveries
			FROM delivery_times t
			WHERE hour >= $1 AND hour < $2 AND NOT EXISTS (SELECT FROM open WHERE open.begins = t.hour)
			UNION ALL
			SELECT open.begins, CAST(round(a.took_ms / 100.0) AS int), count(*)
			FROM open
			JOIN attempts a ON a.started_at >= GREATEST(open.begins, $1) AND a.started_at < LEAST(open.ends, $2) AND a.outcome = 'delivered'
			GROUP BY 1, 2
		), both_ways AS (
			SELECT hour, tenths, sum(deliveries) AS deliveries FROM times GROUP BY GROUPING SETS ((hour, tenths), (tenths))
		), running AS (
			SELECT hour, tenths, deliveries,
			       sum(deliveries) OVER (PARTITION BY hour ORDER BY tenths) AS up_to,
			       sum(deliveries) OVER (PARTITION BY hour) AS of_all
			FROM both_ways
		)
		SELECT hour, sum(deliveries) AS deliveries,
		       min(tenths) FILTER (WHERE up_to * 2 >= of_all) / 10.0 AS p50,
		       min(tenths) FILTER (WHERE up_to * 20 >= of_all * 19) / 10.0 AS p95
		FROM running
		GROUP BY hour
		ORDER BY hour NULLS FIRST`, from, to)
}
