package api

// What is said about the calls beside orders. The Spanish is in
// views/words_es_docs_calls.go.

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/views"
)

var moreFieldWords = map[string]string{
	"read-number.phone": views.Term("A phone in any usual writing, escaped as addresses need it."),

	"Number.input":             views.Term("What you sent."),
	"Number.valid":             views.Term("Whether an order for it would be taken: it has the form of a Mexican number."),
	"Number.phone":             views.Term("The phone in E.164, or null."),
	"Number.national":          views.Term("Its 10 national digits, or null."),
	"Number.in_numbering_plan": views.Term("Whether the numbering plan, as we know it, has such numbers; null when that cannot be told. Plans change faster than lists: it refuses nothing."),
	"Number.mobile":            views.Term("true or false where the plan tells; null for the many Mexican numbers that may be either."),
	"Number.problem":           views.Term("What is wrong with it, or null."),

	"list-ledger.limit":  views.Term("How many a page has: 1 to 200, 50 unless said."),
	"list-ledger.cursor": views.Term("next_cursor of the page before."),

	"EntryPage.data":        views.Term("The entries, newest first."),
	"EntryPage.next_cursor": views.Term("Where the next page begins; null on the last one."),

	"Entry.number":         views.Term("Its place in your account, from 1 without a gap."),
	"Entry.kind":           views.Term("hold, capture, release, deposit, adjustment, reversal or charge. More may be added."),
	"Entry.amount":         views.Term("What moved, above zero."),
	"Entry.balance_change": views.Term("What it did to your balance."),
	"Entry.held_change":    views.Term("What it did to what is held."),
	"Entry.balance_after":  views.Term("Your balance after it."),
	"Entry.held_after":     views.Term("What was held after it."),
	"Entry.currency":       views.Term("Always USD."),
	"Entry.topup_id":       views.Term("The top-up that caused it, or null."),
	"Entry.reference":      views.Term("Your reference of that top-up, or null."),
	"Entry.reason":         views.Term("Why your balance was adjusted, or null."),
	"Entry.created_at":     views.Term("When it was posted."),
}

var moreAnswerWords = map[string]map[int]string{
	numberOperation.OperationID: {200: views.Term("What can be said of the phone, also of one that is not valid.")},
	ledgerOperation.OperationID: {200: views.Term("A page of entries.")},
}

// moreSamples are the examples of these calls by operation.
func moreSamples(operationID string) (map[int]map[string]*huma.Example, bool) {
	yes := true
	examples := map[string]map[string]*huma.Example{
		numberOperation.OperationID: {
			"answer": sample("A number", Number{Input: "55 1234 5678", Valid: true, Phone: orNull("+525512345678"), National: orNull("5512345678"), InPlan: &yes}),
			"wrong":  sample("Not a number", Number{Input: "551234567", Problem: orNull("digits missing: a Mexican number has 10")}),
		},
		ledgerOperation.OperationID: {"answer": sample("The last page", EntryPage{Data: []Entry{sampleEntry}})},
	}
	found, ok := examples[operationID]
	return map[int]map[string]*huma.Example{http.StatusOK: found}, ok
}
