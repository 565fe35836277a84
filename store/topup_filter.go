package store

// The one meaning of a billing.TopUpFilter: the list, its totals, its count and
// its exports all read topUpConditions, so they cannot disagree. A condition that
// is not asked for is not in the query, so that PostgreSQL plans for the others.

import (
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// conditions are fixed fragments of SQL with their arguments. No text of anybody
// is ever a fragment.
type conditions struct {
	sql  strings.Builder
	args []any
}

func (c *conditions) and(fragment string, args ...any) {
	if c.sql.Len() == 0 {
		c.sql.WriteString(" WHERE ")
	} else {
		c.sql.WriteString(" AND ")
	}
	c.sql.WriteString(fragment)
	c.args = append(c.args, args...)
}

// topUpConditions are what a top-up t must meet to match f.
func topUpConditions(f billing.TopUpFilter) *conditions {
	c := &conditions{}
	c.owners(f)
	oneOf(c, f.Statuses, "t.status = ?", "t.status = ANY (?)")
	if f.Phone != "" {
		c.and("t.phone = ?", f.Phone)
	}
	if f.PhoneBegins != "" {
		c.phoneBegins(f.PhoneBegins)
	}
	if f.Reference != "" {
		c.and("t.reference = ?", f.Reference)
	}
	if f.ProviderRef != "" {
		c.and(`t.id = ANY (ARRAY(
			SELECT id FROM topups WHERE provider_transaction_id = ?
			UNION ALL SELECT id FROM topups WHERE carrier_transaction_id = ?))`, f.ProviderRef, f.ProviderRef)
	}
	if f.Find != "" {
		c.find(f.Find)
	}
	c.amount(f.Amount)
	if f.From != nil {
		c.and("t.created_at >= ?", *f.From)
	}
	if f.To != nil {
		c.and("t.created_at < ?", *f.To)
	}
	return c
}

// owners are one customer or several, and keys. A key is one customer's, so that its
// index serves for both: that the top-up is theirs as well is asked in a way that
// tempts nobody to read all that they ever ordered.
func (c *conditions) owners(f billing.TopUpFilter) {
	oneOf(c, f.APIKeyIDs, "t.api_key_id = ?", "t.api_key_id = ANY (?)")
	for _, ids := range [][]int64{scope(f), f.CustomerIDs} {
		if len(ids) > 0 && len(f.APIKeyIDs) > 0 {
			c.and("t.customer_id + 0 = ANY (?)", pq.Array(ids))
		} else {
			oneOf(c, ids, "t.customer_id = ?", "t.customer_id = ANY (?)")
		}
	}
}

func scope(f billing.TopUpFilter) []int64 {
	if f.CustomerID == 0 {
		return nil
	}
	return []int64{f.CustomerID}
}

func oneOf[T any](c *conditions, values []T, one, any string) {
	switch len(values) {
	case 0:
	case 1:
		c.and(one, values[0])
	default:
		c.and(any, pq.Array(values))
	}
}

// find looks a word up in one index after the other.
func (c *conditions) find(word string) {
	ids, args := `
			SELECT id FROM topups WHERE reference = ?
			UNION ALL SELECT id FROM topups WHERE dist_transid = ?
			UNION ALL SELECT id FROM topups WHERE provider_transaction_id = ?
			UNION ALL SELECT id FROM topups WHERE carrier_transaction_id = ?`, []any{word, word, word, word}
	if phone, err := billing.ParsePhone(word); err == nil {
		ids += `
			UNION ALL SELECT id FROM topups WHERE phone = ?`
		args = append(args, phone)
	}
	if id, err := billing.ParseTopUpID(word); err == nil {
		ids += `
			UNION ALL SELECT ?`
		args = append(args, id)
	}
	c.and("t.id = ANY (ARRAY("+ids+"))", args...)
}

// areaDigits are what the index of areas has of a phone: so many of its national
// digits.
const areaDigits = 4

// phoneBegins asks for an area, which an index has in the order of the list, or for a
// range, so that the index of whole phones serves. All phones are equally long, so
// that any collation orders them by their digits.
func (c *conditions) phoneBegins(digits string) {
	if len(digits) == areaDigits {
		c.and("left(t.phone, 7) = ?", "+52"+digits)
		return
	}
	c.and("t.phone >= ?", "+52"+digits)
	n, err := strconv.ParseInt(digits, 10, 64)
	if next := strconv.FormatInt(n+1, 10); err == nil && len(next) == len(digits) { // else none is greater
		c.and("t.phone < ?", "+52"+next)
	}
}

func (c *conditions) amount(r billing.AmountRange) {
	if r.Min != nil {
		if r.Above {
			c.and("t.amount > ?", *r.Min)
		} else {
			c.and("t.amount >= ?", *r.Min)
		}
	}
	if r.Max != nil {
		if r.Below {
			c.and("t.amount < ?", *r.Max)
		} else {
			c.and("t.amount <= ?", *r.Max)
		}
	}
}

// branches are filters that together match what f matches, each with at most one
// customer, status, key and area: each can be read in order from one index.
func branches(f billing.TopUpFilter) []billing.TopUpFilter {
	all := []billing.TopUpFilter{f}
	if len(f.APIKeyIDs) == 0 {
		all = branch(all, f.CustomerIDs, func(b *billing.TopUpFilter, one []int64) { b.CustomerIDs = one })
	}
	all = branch(all, f.Statuses, func(b *billing.TopUpFilter, one []billing.Status) { b.Statuses = one })
	all = branch(all, f.APIKeyIDs, func(b *billing.TopUpFilter, one []int64) { b.APIKeyIDs = one })
	if f.CustomerID != 0 || len(f.CustomerIDs)+len(f.APIKeyIDs)+len(f.Statuses) > 0 {
		return all // what may be rarer than the area: PostgreSQL knows better
	}
	return branch(all, areas(f.PhoneBegins), func(b *billing.TopUpFilter, one []string) { b.PhoneBegins = one[0] })
}

// areas are the ten that begin with all digits of one but the last.
func areas(digits string) []string {
	if len(digits) != areaDigits-1 {
		return nil
	}
	var all []string
	for last := range 10 {
		all = append(all, digits+strconv.Itoa(last))
	}
	return all
}

func branch[T comparable](from []billing.TopUpFilter, values []T, set func(*billing.TopUpFilter, []T)) []billing.TopUpFilter {
	if len(values) < 2 {
		return from
	}
	var all []billing.TopUpFilter
	for _, f := range from {
		seen := map[T]bool{}
		for _, value := range values {
			if !seen[value] {
				one := f
				set(&one, []T{value})
				all = append(all, one)
			}
			seen[value] = true
		}
	}
	return all
}

// bound numbers a query's parameters as PostgreSQL wants them.
func bound(query string) string { return sqlx.Rebind(sqlx.DOLLAR, query) }
