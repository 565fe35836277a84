package api

// What is said about products and statements. The Spanish is in
// views/words_es_calls.go.

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var callFieldWords = map[string]string{
	"Order.quote":     views.Term("The id of a quote of yours for this amount: its price is charged."),
	"Order.max_price": views.Term("The most that the top-up may cost, in USD; above it nothing is accepted."),

	"QuoteRequest.amount":          views.Term("The face value in MXN, 2 decimals at most: a decimal string or a JSON number."),
	"PromisedQuote.id":             views.Term("Its name: send it as quote with the order."),
	"PromisedQuote.amount":         views.Term("The face value you asked about."),
	"PromisedQuote.currency":       views.Term("The currency of amount."),
	"PromisedQuote.price":          views.Term("What it costs you if you order in time."),
	"PromisedQuote.price_currency": views.Term("The currency of price."),
	"PromisedQuote.exchange_rate":  views.Term("MXN per USD."),
	"PromisedQuote.discount":       views.Term("Your discount as a fraction: 0.0500 is 5 percent."),
	"PromisedQuote.created_at":     views.Term("When it was made."),
	"PromisedQuote.expires_at":     views.Term("Until when an order may use it."),

	"Batch.orders":                views.Term("1 to 1,000 orders, each as POST /topups takes it."),
	"Batch.dry_run":               views.Term("true accepts nothing: every order is checked and priced in turn, as if those before it had been accepted."),
	"BatchAnswer.dry_run":         views.Term("Whether it was a dry run: then accepted means that it would be."),
	"BatchAnswer.accepted":        views.Term("How many orders were accepted."),
	"BatchAnswer.replayed":        views.Term("How many had been accepted before."),
	"BatchAnswer.refused":         views.Term("How many were refused, or not reached."),
	"BatchAnswer.total_price":     views.Term("What the accepted ones cost together, in USD."),
	"BatchAnswer.available_after": views.Term("What you can still spend in USD when this answer is given."),
	"BatchAnswer.results":         views.Term("The answer to each order, in the order sent."),
	"BatchResult.index":           views.Term("Its place in orders, from 0."),
	"BatchResult.reference":       views.Term("Its reference, if it could be read."),
	"BatchResult.status":          views.Term("The status that the order would have been answered with by itself, without waiting: 202 accepted, 200 final before, or that of its problem."),
	"BatchResult.replayed":        views.Term("true when the reference was used before and this is its first top-up."),
	"BatchResult.price":           views.Term("What it costs, in USD; null when it was refused."),
	"BatchResult.topup":           views.Term("The top-up; null when it was refused, and in a dry run."),
	"BatchResult.problem":         views.Term("Why it was refused, as a problem document; null when it was not. unavailable with same_reference: send it again."),

	"ProductList.data":            views.Term("The products, the open range first."),
	"Product.id":                  views.Term("Its name, which never changes. An order does not need it."),
	"Product.kind":                views.Term("open: any amount in its range; fixed: one amount. More may be added."),
	"Product.carrier":             views.Term("Whose phones it reaches."),
	"Product.country":             views.Term("Where, as ISO 3166 writes it."),
	"Product.currency":            views.Term("The currency of the amounts."),
	"Product.minimum":             views.Term("The least amount, inclusive."),
	"Product.maximum":             views.Term("The largest amount, inclusive."),
	"Product.amount":              views.Term("The amount of a fixed product; null of an open one."),
	"Product.orderable":           views.Term("false while top-ups of it are paused: orders are then refused with 503."),
	"Product.prices":              views.Term("What some amounts cost you now."),
	"ProductPrice.amount":         views.Term("A face value in MXN."),
	"ProductPrice.price":          views.Term("What it would cost you now."),
	"ProductPrice.price_currency": views.Term("The currency of price."),

	"StatementList.data":               views.Term("The months, newest first."),
	"StatementMonth.month":             views.Term("The month, in the business time zone (Mexico City)."),
	"StatementMonth.currency":          views.Term("Always USD."),
	"StatementMonth.closed":            views.Term("true once nothing can be added to the month any more."),
	"StatementMonth.opening":           views.Term("How the account stood when the month began."),
	"StatementMonth.movements":         views.Term("What its entries did, by kind."),
	"StatementMonth.closing":           views.Term("How it stood at the end; of a month that is not closed, how it stands."),
	"StatementStanding.balance":        views.Term("The balance then."),
	"StatementStanding.held":           views.Term("What was held then."),
	"StatementStanding.number":         views.Term("The number of the last entry before then; 0: there was none."),
	"StatementMovement.kind":           views.Term("deposit, credit, debit, capture, reversal, charge, hold or release. More may be added."),
	"StatementMovement.entries":        views.Term("How many entries."),
	"StatementMovement.balance_change": views.Term("What they did to your balance."),
	"StatementMovement.held_change":    views.Term("What they did to what is held."),
	"Statement.month":                  views.Term("The month, in the business time zone (Mexico City)."),
	"Statement.currency":               views.Term("Always USD."),
	"Statement.closed":                 views.Term("true once nothing can be added to the month any more."),
	"Statement.opening":                views.Term("How the account stood when the month began."),
	"Statement.movements":              views.Term("What its entries did, by kind."),
	"Statement.closing":                views.Term("How it stood at the end; of a month that is not closed, how it stands."),
	"Statement.entries":                views.Term("Its entries, oldest first."),
	"Statement.next_cursor":            views.Term("Where the next page begins; null on the last one."),
	"read-statement.month":             views.Term("A month that GET /statements lists."),
	"read-statement.limit":             views.Term("How many a page has: 1 to 200, 50 unless said."),
	"read-statement.cursor":            views.Term("next_cursor of the page before."),
}

var callAnswerWords = map[string]map[int]string{
	promiseOperation.OperationID:    {201: views.Term("The promised price.")},
	batchOperation.OperationID:      {200: views.Term("What became of each order; also when all were refused.")},
	productsOperation.OperationID:   {200: views.Term("What you may order.")},
	statementsOperation.OperationID: {200: views.Term("Every month that there is.")},
	statementOperation.OperationID:  {200: views.Term("The month.")},
}

var sampleEntry = Entry{
	Number: 1, Kind: "deposit", Amount: "1000.0000", BalanceChange: "1000.0000", HeldChange: "0.0000", BalanceAfter: "1000.0000",
	HeldAfter: "0.0000", Currency: "USD", Reason: orNull("DEPOSIT"), CreatedAt: time.Date(2026, 3, 12, 21, 42, 6, 0, time.UTC),
}

var sampleMonth = StatementMonth{
	Month: "2026-03", Currency: "USD", Closed: true,
	Opening:   StatementStanding{Balance: "0.0000", Held: "0.0000"},
	Movements: []StatementMovement{{Kind: "deposit", Entries: 1, BalanceChange: "1000.0000", HeldChange: "0.0000"}},
	Closing:   StatementStanding{Balance: "1000.0000", Held: "0.0000", Number: 1},
}

// callSamples are the examples of these calls by operation and status.
var callSamples = map[string]map[int]map[string]*huma.Example{
	promiseOperation.OperationID: {201: {"quote": sample("50 MXN for ten minutes", PromisedQuote{
		ID: sampleQuoteID, Amount: "50.00", Currency: "MXN", Price: "2.7778", PriceCurrency: "USD", ExchangeRate: "18.0000", Discount: "0.0000",
		CreatedAt: time.Date(2026, 3, 12, 21, 42, 6, 0, time.UTC), ExpiresAt: time.Date(2026, 3, 12, 21, 52, 6, 0, time.UTC),
	})}},
	batchOperation.OperationID: {200: {"answer": sample("One accepted, one refused", sampleBatchAnswer())}},
	productsOperation.OperationID: {200: {"answer": sample("The open range and one fixed amount", ProductList{Data: []Product{
		{
			ID: "movistar-mx-open", Kind: "open", Carrier: "Telefónica/Movistar", Country: "MX", Currency: "MXN", Minimum: "20.00", Maximum: "200.00", Orderable: true,
			Prices: []ProductPrice{{"20.00", "1.1111", "USD"}, {"50.00", "2.7778", "USD"}, {"100.00", "5.5556", "USD"}, {"200.00", "11.1111", "USD"}},
		},
		{
			ID: "movistar-mx-300", Kind: "fixed", Carrier: "Telefónica/Movistar", Country: "MX", Currency: "MXN", Minimum: "300.00", Maximum: "300.00",
			Amount: orNull("300.00"), Orderable: true, Prices: []ProductPrice{{"300.00", "16.6667", "USD"}},
		},
	}})}},
	statementsOperation.OperationID: {200: {"answer": sample("One month", StatementList{Data: []StatementMonth{sampleMonth}})}},
	statementOperation.OperationID:  {200: {"answer": sample("A month with one entry", Statement{StatementMonth: sampleMonth, Entries: []Entry{sampleEntry}})}},
}

func sampleBatchAnswer() BatchAnswer {
	accepted, refused := sampleTopUp(billing.StatusQueued), describe(billing.PhoneError{Problem: billing.PhoneTooShort})
	refused.Type, refused.RequestID = "/api/docs#"+refused.Code, sampleRequestID
	return BatchAnswer{Accepted: 1, Refused: 1, TotalPrice: accepted.Price, AvailableAfter: accepted.AvailableAfter, Results: []BatchResult{
		{Reference: orNull("order-1001"), Status: 202, Price: orNull(accepted.Price), TopUp: &accepted},
		{Index: 1, Reference: orNull("order-1002"), Status: refused.Status, Problem: refused},
	}}
}
