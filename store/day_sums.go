package store

// What was ordered by whole day, UTC: sums of the quarters of an hour, so that the
// totals of a year are a few rows as well. They are exact: a day is summed up once it
// is long over, and what changes in it afterwards changes its sums too (triggers).

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

const (
	aDay     = 24 * time.Hour
	aQuarter = 15 * time.Minute

	daysATurn = 31 // a database with a past is through in a few turns, and no turn is long
)

// SumUpDays sums up the next days that ended 26 hours ago or more, and returns up to
// which moment that is done. Instances that do it at once do it one after the other.
func (s *Store) SumUpDays(ctx context.Context) (through time.Time, err error) {
	err = s.InTx(ctx, func(tx *Tx) error {
		// Whoever changes an old quarter shares this lock until he has committed: what
		// is read below, by statements of their own, is all there is.
		from, err := get[time.Time](ctx, tx.q, "up to when days are summed up", `SELECT through FROM day_sums_through FOR UPDATE`)
		if err != nil {
			return err
		}
		next, err := tx.nextDays(ctx, from)
		if through = later(from, next); err != nil || through.Equal(from) {
			return err
		}
		_, err = tx.tx.ExecContext(ctx, `
			INSERT INTO day_sums (customer_id, day, accepted, succeeded, failed, unknown, reversed, delivered, charged, spent)
			SELECT customer_id, date_bin('1 day', began, '2000-01-01 00:00:00+00'),
			       sum(accepted), sum(succeeded), sum(failed), sum(unknown), sum(reversed), sum(delivered), sum(charged), sum(spent)
			FROM quarter_hours
			WHERE began >= $1 AND began < $2
			GROUP BY 1, 2`, from, through)
		if err == nil {
			_, err = tx.tx.ExecContext(ctx, `UPDATE day_sums_through SET through = $1`, through)
		}
		if err != nil {
			return fmt.Errorf("sum up days: %w", err)
		}
		return nil
	})
	return through, err
}

// nextDays is up to when the days after from are summed up now: days in which nothing
// was ordered are none.
func (tx *Tx) nextDays(ctx context.Context, from time.Time) (through time.Time, err error) {
	return get[time.Time](ctx, tx.q, "the days to be summed up", `
		SELECT LEAST(
			date_bin('1 day', now() - interval '26 hours', '2000-01-01 00:00:00+00'),
			date_bin('1 day', (SELECT min(began) FROM quarter_hours WHERE began >= $1), '2000-01-01 00:00:00+00') + make_interval(days => $2))`,
		from, daysATurn)
}

// isSummed says whether quarters and days know what f adds up to: they have
// customers, states and moments.
func isSummed(f billing.TopUpFilter) bool {
	return len(f.APIKeyIDs) == 0 && f.Phone == "" && f.PhoneBegins == "" && f.Reference == "" && f.ProviderRef == "" && f.Find == "" &&
		f.Amount.Min == nil && f.Amount.Max == nil
}

// summedFrom is where totals come from: whole days, whole quarters on either side of
// them, and on either side of these the top-ups themselves.
type summedFrom struct {
	from, quarters, days, daysEnd, quartersEnd, to time.Time
}

// Moments before the first and after the last top-up.
var (
	beforeAll = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	afterAll  = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)
)

func cutAt(f billing.TopUpFilter, through time.Time) summedFrom {
	c := summedFrom{from: beforeAll, to: afterAll}
	if f.From != nil {
		c.from = *f.From
	}
	if f.To != nil {
		c.to = *f.To
	}
	c.quarters = earlier(upTo(c.from, aQuarter), c.to)
	c.quartersEnd = later(c.quarters, c.to.Truncate(aQuarter))
	c.days = earlier(upTo(c.quarters, aDay), c.quartersEnd)
	c.daysEnd = later(c.days, earlier(c.quartersEnd.Truncate(aDay), through))
	return c
}

// upTo is the first full one at t or after it.
func upTo(t time.Time, each time.Duration) time.Time {
	if full := t.Truncate(each); full.Before(t) {
		return full.Add(each)
	}
	return t
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Of a quarter or a day: what $2 (everything) or $3 (some states) asks for. What is
// still queued or sending is only in what was accepted.
const summedColumns = `
	CASE WHEN $2 THEN accepted
	     ELSE CASE WHEN 'succeeded' = ANY ($3) THEN succeeded ELSE 0 END + CASE WHEN 'failed' = ANY ($3) THEN failed ELSE 0 END
	        + CASE WHEN 'unknown' = ANY ($3) THEN unknown ELSE 0 END + CASE WHEN 'reversed' = ANY ($3) THEN reversed ELSE 0 END END AS count,
	CASE WHEN $2 OR 'succeeded' = ANY ($3) THEN succeeded ELSE 0 END AS succeeded,
	CASE WHEN $2 OR 'failed' = ANY ($3) THEN failed ELSE 0 END AS failed,
	CASE WHEN $2 OR 'succeeded' = ANY ($3) THEN delivered ELSE 0 END AS delivered,
	CASE WHEN $2 OR 'succeeded' = ANY ($3) THEN charged ELSE 0 END AS charged`

// Of a top-up alone.
const unsummedColumns = `
	1, CAST(status = 'succeeded' AS int), CAST(status = 'failed' AS int),
	CASE status WHEN 'succeeded' THEN amount ELSE 0 END, CASE status WHEN 'succeeded' THEN price ELSE 0 END`

const ofCustomers = `(CAST($1 AS bigint[]) IS NULL OR customer_id = ANY ($1))`

// summedTotals adds up what f matches from days, quarters and the few top-ups that
// are in neither. A day that is summed up in between is in the same place before and
// after: the quarters that are left out are those of days that were complete then.
func (r reader) summedTotals(ctx context.Context, f billing.TopUpFilter) (billing.TopUpTotals, error) {
	customers := f.CustomerIDs
	if f.CustomerID != 0 {
		if len(customers) > 0 && !slices.Contains(customers, f.CustomerID) {
			return billing.TopUpTotals{}, nil
		}
		customers = []int64{f.CustomerID}
	}
	through, err := get[time.Time](ctx, r.q, "up to when days are summed up", `SELECT through FROM day_sums_through`)
	if err != nil {
		return billing.TopUpTotals{}, err
	}
	cut := cutAt(f, through)
	return get[billing.TopUpTotals](ctx, r.q, "totals of top-ups", `
		SELECT COALESCE(sum(count), 0) AS count, COALESCE(sum(succeeded), 0) AS succeeded, COALESCE(sum(failed), 0) AS failed,
		       COALESCE(sum(delivered), 0) AS delivered, COALESCE(sum(charged), 0) AS charged
		FROM (
			SELECT `+summedColumns+` FROM day_sums WHERE day >= $6 AND day < $7 AND `+ofCustomers+`
			UNION ALL
			SELECT `+summedColumns+` FROM quarter_hours WHERE began >= $5 AND began < $6 AND `+ofCustomers+`
			UNION ALL
			SELECT `+summedColumns+` FROM quarter_hours WHERE began >= $7 AND began < $8 AND `+ofCustomers+`
			UNION ALL
			SELECT `+unsummedColumns+` FROM topups
			WHERE created_at >= $4 AND created_at < $5 AND ($2 OR status = ANY ($3)) AND `+ofCustomers+`
			UNION ALL
			SELECT `+unsummedColumns+` FROM topups
			WHERE created_at >= $8 AND created_at < $9 AND ($2 OR status = ANY ($3)) AND `+ofCustomers+`
			UNION ALL
			SELECT `+unsummedColumns+` FROM topups
			WHERE status IN ('queued', 'sending') AND NOT $2 AND status = ANY ($3) AND created_at >= $5 AND created_at < $8 AND `+ofCustomers+`
		) parts`,
		pq.Array(customers), len(f.Statuses) == 0, pq.Array(f.Statuses), cut.from, cut.quarters, cut.days, cut.daysEnd, cut.quartersEnd, cut.to)
}

// TopUpTotals adds up what f matches, exactly.
func (r reader) TopUpTotals(ctx context.Context, f billing.TopUpFilter) (billing.TopUpTotals, error) {
	if isSummed(f) {
		return r.summedTotals(ctx, f)
	}
	return r.countedTotals(ctx, f, 0)
}

const topUpTotals = `
	SELECT count(*) AS count,
	       count(*) FILTER (WHERE t.status = 'succeeded') AS succeeded,
	       count(*) FILTER (WHERE t.status = 'failed') AS failed,
	       COALESCE(sum(t.amount) FILTER (WHERE t.status = 'succeeded'), 0) AS delivered,
	       COALESCE(sum(t.price) FILTER (WHERE t.status = 'succeeded'), 0) AS charged
	FROM (SELECT t.status, t.amount, t.price FROM topups t`

// countedTotals adds up each top-up that f matches, up to most of them (0: all).
func (r reader) countedTotals(ctx context.Context, f billing.TopUpFilter, most int) (billing.TopUpTotals, error) {
	f, some, err := r.withTheirKeys(ctx, f)
	if err != nil || !some {
		return billing.TopUpTotals{}, err
	}
	c := topUpConditions(f)
	limit := ""
	if most > 0 {
		limit, c.args = " LIMIT ?", append(c.args, most)
	}
	return get[billing.TopUpTotals](ctx, r.q, "totals of top-ups", bound(topUpTotals+c.sql.String()+limit+") t"), c.args...)
}

// Patience is for how long totals are counted, and how many top-ups at most (0: all).
type Patience struct {
	Time time.Duration
	Most int
}

// TopUpTotalsWithin is TopUpTotals, given up after patience: billing.ErrTooMany. The
// totals then say nothing but how many there are at least.
func (r Reader) TopUpTotalsWithin(ctx context.Context, f billing.TopUpFilter, patience Patience) (totals billing.TopUpTotals, err error) {
	err = r.look(ctx, patience.Time, func(q sqlx.ExtContext) error {
		if isSummed(f) {
			totals, err = reader{q}.summedTotals(ctx, f)
			return err
		}
		totals, err = reader{q}.countedTotals(ctx, f, patience.Most+min(patience.Most, 1))
		return err
	})
	switch {
	case wasCancelled(err) && ctx.Err() == nil:
		return billing.TopUpTotals{}, billing.ErrTooMany
	case err == nil && patience.Most > 0 && !isSummed(f) && totals.Count > int64(patience.Most):
		return billing.TopUpTotals{Count: int64(patience.Most)}, billing.ErrTooMany
	}
	return totals, err
}

// wasCancelled says whether PostgreSQL gave a statement up for its time.
func wasCancelled(err error) bool {
	pqErr, is := errors.AsType[*pq.Error](err)
	return is && pqErr.Code == "57014"
}
