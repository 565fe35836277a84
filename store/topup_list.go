package store

// Lists of top-ups: a page by keyset, and how many there are.

import (
	"context"
	"slices"
	"strings"

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

// topUpsPage finds limit rows of each branch of f in its index, and the first limit
// of all of them; only these are read whole. Where an index holds all that is asked
// for, what does not match is passed over without a look at its row.
func topUpsPage(f billing.TopUpFilter, p place, limit int) (query string, args []any) {
	var parts []string
	for _, b := range branches(f) {
		c := topUpConditions(b)
		if p.condition != "" {
			c.and(p.condition, p.args...)
		}
		parts = append(parts, "(SELECT t.created_at, t.id FROM topups t"+c.sql.String()+" ORDER BY "+p.order+" LIMIT ?)")
		args = append(append(args, c.args...), limit)
	}
	found := strings.Join(parts, "\n\tUNION ALL\n\t")
	if len(parts) > 1 {
		found = "(SELECT * FROM (" + found + ") t ORDER BY " + p.order + " LIMIT ?)"
		args = append(args, limit)
	}
	return "SELECT" + topUpColumns + "\n\tFROM " + found + " found\n\tJOIN topups t ON t.id = found.id" + topUpJoins + "\n\tORDER BY " + p.order, args
}

// TopUps returns a page of f by keyset: it stays right while rows arrive.
func (r reader) TopUps(ctx context.Context, f billing.TopUpFilter, p billing.PageRequest) (billing.TopUpPage, error) {
	rows, err := r.topUps(ctx, f, placeOf(p), p.Limit+1)
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

func (r reader) topUps(ctx context.Context, f billing.TopUpFilter, p place, limit int) ([]billing.TopUp, error) {
	f, some, err := r.withTheirKeys(ctx, f)
	if err != nil || !some {
		return []billing.TopUp{}, err
	}
	query, args := topUpsPage(f, p, limit)
	return list[billing.TopUp](ctx, r.q, "top-ups", bound(query), args...)
}

// withTheirKeys is f without the keys of others than its customers: PostgreSQL would
// look for them in all that the customers ordered. Some is false when no key is left,
// and so nothing matches.
func (r reader) withTheirKeys(ctx context.Context, f billing.TopUpFilter) (narrowed billing.TopUpFilter, some bool, err error) {
	if len(f.APIKeyIDs) == 0 || f.CustomerID == 0 && len(f.CustomerIDs) == 0 {
		return f, true, nil
	}
	f.APIKeyIDs, err = list[int64](ctx, r.q, "the keys of a filter", `
		SELECT id FROM api_keys
		WHERE id = ANY ($1) AND ($2 = 0 OR customer_id = $2) AND (CAST($3 AS bigint[]) IS NULL OR customer_id = ANY ($3))
		ORDER BY id`, pq.Array(f.APIKeyIDs), f.CustomerID, pq.Array(f.CustomerIDs))
	return f, len(f.APIKeyIDs) > 0, err
}

// CountTopUps counts what f matches, up to most: nobody waits for the rest.
func (r reader) CountTopUps(ctx context.Context, f billing.TopUpFilter, most int) (int, error) {
	c := topUpConditions(f)
	return get[int](ctx, r.q, "the number of top-ups", bound(`
		SELECT count(*) FROM (SELECT FROM topups t`+c.sql.String()+` LIMIT ?) counted`), append(c.args, most)...)
}
