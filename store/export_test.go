package store

import "latcom.example/latcom-billing/billing"

// TopUpsPageQuery is the query of a list's page, for tests that ask for its plan.
func TopUpsPageQuery(f billing.TopUpFilter, p billing.PageRequest) (query string, args []any) {
	query, args = topUpsPage(f, placeOf(p), p.Limit+1)
	return bound(query), args
}
