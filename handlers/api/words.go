package api

// What is said about each field, parameter and header, in the OpenAPI document
// and on the documentation page. The Spanish is in views/words_es_docs.go.

import (
	"maps"

	"latcom.example/latcom-billing/views"
)

// fieldWords and answerWords are all that is said, whatever file says it.
var (
	fieldWords  = together(todaysFieldWords, moreFieldWords, callFieldWords, limitFieldWords, oldFieldWords)
	answerWords = together(todaysAnswerWords, moreAnswerWords, callAnswerWords, oldAnswerWords)
)

func together[V any](parts ...map[string]V) map[string]V {
	all := map[string]V{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

var todaysFieldWords = map[string]string{
	"Order.phone":     views.Term("A Mexican number of 10 digits in any usual writing, with or without +52; the old mobile 1 after it is dropped."),
	"Order.amount":    views.Term("The face value in MXN, 2 decimals at most: a decimal string or a JSON number."),
	"Order.reference": views.Term("Your name for this order, unique among yours for ever: 1 to 64 characters of A-Z a-z 0-9 . _ : -"),
	"Order.metadata":  views.Term("An object of yours that is kept and given back: 4 KiB, 50 keys and 5 levels at most."),

	"TopUp.id":                      views.Term("Our name for the top-up."),
	"TopUp.reference":               views.Term("Your name for it."),
	"TopUp.status":                  views.Term("Where it stands. succeeded, failed and reversed are final; queued and sending end by themselves; unknown waits for evidence."),
	"TopUp.phone":                   views.Term("The phone in E.164."),
	"TopUp.amount":                  views.Term("The face value that was ordered."),
	"TopUp.currency":                views.Term("The currency of amount."),
	"TopUp.price":                   views.Term("What it costs you: held while it is open, charged when it succeeded, given back when it failed."),
	"TopUp.price_currency":          views.Term("The currency of price."),
	"TopUp.exchange_rate":           views.Term("MXN per USD, as the price was made."),
	"TopUp.provider_transaction_id": views.Term("The upstream transaction, once there is one. Quote it when you ask about a delivery."),
	"TopUp.carrier_transaction_id":  views.Term("The carrier's transaction, once there is one."),
	"TopUp.failure":                 views.Term("Why it failed; null unless it did."),
	"TopUp.available_after":         views.Term("What you can still spend in USD when this answer is given."),
	"TopUp.metadata":                views.Term("What you sent with the order, or null."),
	"TopUp.created_at":              views.Term("When it was accepted."),
	"TopUp.updated_at":              views.Term("When it last changed."),
	"TopUp.completed_at":            views.Term("When it became final, or null."),

	"Failure.code":    views.Term("refused, provider_unreachable, expired, cancelled or not_delivered. More may be added."),
	"Failure.message": views.Term("A sentence for people."),

	"TopUpPage.data":        views.Term("The top-ups, newest first."),
	"TopUpPage.next_cursor": views.Term("Where the next page begins; null on the last one."),

	"Balance.balance":      views.Term("What was paid in, less what was charged."),
	"Balance.held":         views.Term("Reserved by top-ups that are not final."),
	"Balance.credit_limit": views.Term("How far below zero you may go."),
	"Balance.available":    views.Term("What you can still spend."),
	"Balance.currency":     views.Term("Always USD."),
	"Balance.as_of":        views.Term("When this was true."),

	"Quote.amount":         views.Term("The face value you asked about."),
	"Quote.currency":       views.Term("The currency of amount."),
	"Quote.price":          views.Term("What it would cost you now."),
	"Quote.price_currency": views.Term("The currency of price."),
	"Quote.exchange_rate":  views.Term("MXN per USD."),
	"Quote.discount":       views.Term("Your discount as a fraction: 0.0500 is 5 percent."),

	"Problem.type":       views.Term("Where the code is explained; of a quota and of reduced capacity the type that is registered for all programs."),
	"Problem.title":      views.Term("The code in words."),
	"Problem.status":     views.Term("The HTTP status."),
	"Problem.detail":     views.Term("What happened this time, for people."),
	"Problem.code":       views.Term("What happened, for programs. It never changes its meaning."),
	"Problem.retry":      views.Term("Whether repeating helps: safe (later, with this or another reference), same_reference (repeat it exactly), never (change something first)."),
	"Problem.request_id": views.Term("The name of this request in our log; also in the header X-Request-Id."),
	"Problem.errors":     views.Term("What is wrong with each field: its location, its name (field) and a message."),
	"Problem.available":  views.Term("With insufficient_balance: what you can still spend, in USD."),
	"Problem.price":      views.Term("With insufficient_balance and price_changed: what the top-up costs, in USD."),
	"Problem.minimum":    views.Term("With amount_out_of_range: the least amount of your range, in MXN."),
	"Problem.maximum":    views.Term("With amount_out_of_range: the largest amount of your range, in MXN."),
	"Problem.amounts":    views.Term("With amount_out_of_range: the fixed amounts that you may order besides, in MXN."),

	"FieldError.location": "Where the field is: body.amount, query.limit.",
	"FieldError.field":    "Its name.",
	"FieldError.message":  "What is wrong with it.",

	"order-topup.Prefer":    views.Term("wait=N waits up to N seconds (60 at most) for the final state; respond-async answers at once."),
	"show-topup.id":         views.Term("The id of a top-up."),
	"list-topups.reference": views.Term("Only the one with this reference."),
	"list-topups.status":    views.Term("Only those in this state."),
	"list-topups.phone":     views.Term("Only those for this phone, in any usual writing."),
	"list-topups.from":      views.Term("Only those accepted at this time or later (RFC 3339)."),
	"list-topups.to":        views.Term("Only those accepted before this time (RFC 3339)."),
	"list-topups.limit":     views.Term("How many a page has: 1 to 200, 50 unless said."),
	"list-topups.cursor":    views.Term("next_cursor of the page before."),
	"quote-topup.amount":    views.Term("A face value in MXN."),

	"header.X-Request-Id":        "The name of this request in our log.",
	"header.WWW-Authenticate":    "How to show a key.",
	"header.Retry-After":         "Seconds to wait before repeating.",
	"header.Preference-Applied":  "Which preference was followed.",
	"header.Idempotent-Replayed": "true when the reference was used before and this is its first top-up.",
	"header.Location":            "Where to read the top-up.",
}

var todaysAnswerWords = map[string]map[int]string{
	orderOperation.OperationID: {
		200: views.Term("The reference was used before; its top-up is final."),
		201: views.Term("The top-up became final in this request: succeeded or failed."),
		202: views.Term("The top-up is accepted and not final. Read it at Location, or repeat the order."),
	},
	showOperation.OperationID:    {200: views.Term("The top-up.")},
	listOperation.OperationID:    {200: views.Term("A page of top-ups.")},
	balanceOperation.OperationID: {200: views.Term("The account.")},
	quoteOperation.OperationID:   {200: views.Term("The price.")},
}
