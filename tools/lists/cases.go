package main

// Which lists: every field that a filter can have, with values that hit often, now
// and then, hardly ever and never; each alone, and with each of another field.

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
)

// part is one field of a filter.
type part struct{ field, value string }

// sample are values that are there.
type sample struct{ phone, reference, transaction, busyKey, idleKey, firstDay, lastDay string }

func draw(ctx context.Context, db *sql.DB) (s sample, err error) {
	err = db.QueryRowContext(ctx, `
		WITH span AS (SELECT min(created_at) AS first, max(created_at) AS last FROM topups),
		     one AS (SELECT t.* FROM topups t, span WHERE created_at >= first + (last - first) / 2 AND status = 'succeeded' ORDER BY created_at, id LIMIT 1)
		SELECT substr(one.phone, 4), one.reference, one.provider_transaction_id, right(busy.hint, 4), right(idle.hint, 4),
		       to_char(first + (last - first) / 3, 'YYYY-MM-DD'), to_char(first + (last - first) / 2, 'YYYY-MM-DD')
		FROM one, span, api_keys busy, api_keys idle
		WHERE busy.id = 1 AND idle.id = 4`).Scan(&s.phone, &s.reference, &s.transaction, &s.busyKey, &s.idleKey, &s.firstDay, &s.lastDay)
	if err != nil {
		return s, fmt.Errorf("draw values for filters: %w", err)
	}
	return s, nil
}

// fields are the values of each field, as the address carries them.
func (s sample) fields() (all [][]part) {
	add := func(field string, values ...string) {
		var parts []part
		for _, value := range values {
			parts = append(parts, part{field, value})
		}
		all = append(all, parts)
	}
	add("customer", "ENVIA", "C020", "C199", "ENVIA,C020,C199")
	add("status", "succeeded", "failed", "unknown", "reversed", "queued", "failed,unknown")
	add("amount", "50", "50.5", ">100", "20..30", ">1000")
	add("key", s.busyKey, s.idleKey)
	add("phone", s.phone, "55*", s.phone[:3]+"*", s.phone[:4]+"*", s.phone[:6]+"*", "999*")
	add("date", "today", "7d", "lastmonth")
	add("from", s.firstDay+"&to="+s.lastDay)
	add("reference", s.reference)
	add("transaction", s.transaction)
	add("find", s.phone, s.reference)
	return all
}

// list is a page that is measured. Its cursors are filled in for each database.
type list struct{ name, path string }

func address(parts ...part) string {
	var query []string
	for _, p := range parts {
		value, rest, more := strings.Cut(p.value, "&")
		one := p.field + "=" + url.QueryEscape(value)
		if more {
			one += "&" + rest
		}
		query = append(query, one)
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + strings.Join(query, "&")
}

func name(parts ...part) string {
	var names []string
	for _, p := range parts {
		names = append(names, p.field+":"+p.value)
	}
	return strings.Join(names, " ")
}

// alone are lists of one field each; together those of two.
func (s sample) alone() (all []list) {
	all = append(all, list{"no filter", ""})
	for _, field := range s.fields() {
		for _, p := range field {
			all = append(all, list{name(p), address(p)})
		}
	}
	return all
}

func (s sample) together() (all []list) {
	fields := s.fields()
	for i, first := range fields {
		for _, second := range fields[i+1:] {
			if first[0].field == "date" && second[0].field == "from" {
				continue // one or the other
			}
			for _, a := range first {
				for _, b := range second {
					all = append(all, list{name(a, b), address(a, b)})
				}
			}
		}
	}
	return all
}
