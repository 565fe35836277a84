package store

// Lists of top-ups: a page by keyset, all of them row by row, how many there are
// and what they add up to.

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// place is which rows of a list are read, and in which direction.
type place struct {
	condition string
	order     string
	args      []any
}

func placeOf(p billing.PageRequest) place {
	switch {
	case p.Newer != nil:
		return place{"(t.created_at, t.id) > (?, ?)", "t.created_at, t.id", []any{p.Newer.CreatedAt, p.Newer.ID}}
	case p.Older != nil:
		return place{"(t.created_at, t.id) < (?, ?)", newestFirst, []any{p.Older.CreatedAt, p.Older.ID}}
	default:
		return place{order: newestFirst}
	}
}

const newestFirst = "t.created_at DESC, t.id DESC"

// topUpsPage reads limit rows of each branch of f from its index, and the first
// limit of all of them.
func topUpsPage(f billing.TopUpFilter, p place, limit int) (query string, args []any) {
	var parts []string
	for _, b := range branches(f) {
		c := topUpConditions(b)
		if p.condition != "" {
			c.and(p.condition, p.args...)
		}
		parts = append(parts, "(SELECT t.* FROM topups t"+c.sql.String()+" ORDER BY "+p.order+" LIMIT ?)")
		args = append(append(args, c.args...), limit)
	}
	found := strings.Join(parts, "\n\tUNION ALL\n\t")
	if len(parts) > 1 {
		found = "(SELECT * FROM (" + found + ") t ORDER BY " + p.order + " LIMIT ?)"
		args = append(args, limit)
	}
	return "SELECT" + topUpColumns + "\n\tFROM " + found + " t" + topUpJoins + "\n\tORDER BY " + p.order, args
}

// TopUps returns a page of f by keyset: it stays right while rows arrive.
func (r reader) TopUps(ctx context.Context, f billing.TopUpFilter, p billing.PageRequest) (billing.TopUpPage, error) {
	query, args := topUpsPage(f, placeOf(p), p.Limit+1)
	rows, err := list[billing.TopUp](ctx, r.q, "top-ups", bound(query), args...)
	if err != nil {
		return billing.TopUpPage{}, err
	}
	more := len(rows) > p.Limit
	rows = rows[:min(len(rows), p.Limit)]
	page := billing.TopUpPage{TopUps: rows, HasOlder: more, HasNewer: p.Older != nil}
	if p.Newer != nil {
		slices.Reverse(rows)
		page.HasOlder, page.HasNewer = true, more
	}
	return page, nil
}

// CountTopUps counts what f matches, up to most: nobody waits for the rest.
func (r reader) CountTopUps(ctx context.Context, f billing.TopUpFilter, most int) (int, error) {
	c := topUpConditions(f)
	return get[int](ctx, r.q, "the number of top-ups", bound(`
		SELECT count(*) FROM (SELECT FROM topups t`+c.sql.String()+` LIMIT ?) counted`), append(c.args, most)...)
}

const topUpTotals = `
	SELECT count(*) AS count,
	       count(*) FILTER (WHERE t.status = 'succeeded') AS succeeded,
	       count(*) FILTER (WHERE t.status = 'failed') AS failed,
	       COALESCE(sum(t.amount) FILTER (WHERE t.status = 'succeeded'), 0) AS delivered,
	       COALESCE(sum(t.price) FILTER (WHERE t.status = 'succeeded'), 0) AS charged
	FROM topups t`

// TopUpTotals adds up what f matches.
func (r reader) TopUpTotals(ctx context.Context, f billing.TopUpFilter) (billing.TopUpTotals, error) {
	c := topUpConditions(f)
	return get[billing.TopUpTotals](ctx, r.q, "totals of top-ups", bound(topUpTotals+c.sql.String()), c.args...)
}

// TopUpTotalsWithin is TopUpTotals, given up after patience: billing.ErrTooMany.
func (r Reader) TopUpTotalsWithin(ctx context.Context, f billing.TopUpFilter, patience time.Duration) (totals billing.TopUpTotals, err error) {
	err = r.look(ctx, patience, func(q sqlx.ExtContext) error {
		totals, err = reader{q}.TopUpTotals(ctx, f)
		return err
	})
	if wasCancelled(err) && ctx.Err() == nil {
		return totals, billing.ErrTooMany
	}
	return totals, err
}

// wasCancelled says whether PostgreSQL gave a statement up for its time.
func wasCancelled(err error) bool {
	pqErr, is := errors.AsType[*pq.Error](err)
	return is && pqErr.Code == "57014"
}
