package api

// What is said about keys' terms, limits and guards. The Spanish is in
// views/words_es_limits.go.

import "latcom.example/latcom-billing/views"

var limitFieldWords = map[string]string{
	"Problem.scope":             views.Term("With scope_missing: the scope that the key has not."),
	"Problem.cap":               views.Term("With key_cap_reached: what the key may spend on a business day, in USD."),
	"Problem.spent":             views.Term("With key_cap_reached: what its top-ups of the day cost so far, in USD."),
	"Problem.violated-policies": views.Term("With a quota or reduced capacity: which it was. key and customer are those of the header RateLimit-Policy; daily-cap, key-daily-cap, wrong-keys and capacity are others."),

	"Order.override":     views.Term("Leave to top up the same phone and amount again: the override of a recently_topped_up."),
	"Problem.earlier":    views.Term("With recently_topped_up: the top-up that was ordered before."),
	"Problem.override":   views.Term("With recently_topped_up: the token with which the same order is taken all the same."),
	"Earlier.id":         views.Term("Our name for the top-up."),
	"Earlier.reference":  views.Term("Your name for it."),
	"Earlier.status":     views.Term("Where it stands now."),
	"Earlier.created_at": views.Term("When it was accepted."),

	"header.RateLimit-Policy": "Where a limit was agreed: each limit’s quota (q) and its window in seconds (w).",
	"header.RateLimit":        "Where a limit was agreed: what is left of each quota (r), and in how many seconds all of it is there again (t).",
}
