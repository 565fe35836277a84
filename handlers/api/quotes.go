package api

// POST /quotes: a price that is promised for a while.

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var promiseOperation = huma.Operation{
	OperationID: "make-quote", Method: http.MethodPost, Path: "/quotes", DefaultStatus: http.StatusCreated,
	Summary:     views.Term("Fix a price"),
	Description: views.Term("Promises the price of an amount for ten minutes and one order: send its id as quote with the order. It reserves no money and no delivery: your balance, limits and pauses are looked at when the order comes."),
}

// PromisedQuote is a price with its name and its end.
type PromisedQuote struct {
	ID            string    `json:"id"`
	Amount        string    `json:"amount"`
	Currency      string    `json:"currency"`
	Price         string    `json:"price"`
	PriceCurrency string    `json:"price_currency"`
	ExchangeRate  string    `json:"exchange_rate"`
	Discount      string    `json:"discount"`
	CreatedAt     time.Time `json:"created_at"`
	ExpiresAt     time.Time `json:"expires_at"`
}

var promisedMembers = []string{"id", "amount", "currency", "price", "price_currency", "exchange_rate", "discount", "created_at", "expires_at"}

type promiseOutput struct {
	Status int
	Body   PromisedQuote
}

func (a *api) promise(ctx context.Context, _ *struct{}) (*promiseOutput, error) {
	who := callOf(ctx)
	body, err := readBody(who.http, maxBody)
	var face billing.MXN
	if err == nil {
		face, err = parseQuoteRequest(body)
	}
	if err := cmp.Or(a.takeTurn(ctx, who), err); err != nil {
		return nil, err
	}
	q, err := within(ctx, readTime, func(ctx context.Context) (billing.PromisedQuote, error) {
		return who.Engine.PromiseQuote(ctx, who.customerID, face)
	})
	if err != nil {
		return nil, err
	}
	return &promiseOutput{http.StatusCreated, promisedOf(q)}, nil
}

func promisedOf(q billing.PromisedQuote) PromisedQuote {
	return PromisedQuote{
		ID: q.ID.String(), Amount: q.Amount.String(), Currency: string(billing.CurrencyMXN),
		Price: q.Price.String(), PriceCurrency: string(billing.CurrencyUSD),
		ExchangeRate: fourPlaces(q.Rate.String()), Discount: fourPlaces(q.Discount.String()),
		CreatedAt: q.CreatedAt.UTC(), ExpiresAt: q.ExpiresAt.UTC(),
	}
}

func parseQuoteRequest(body []byte) (billing.MXN, error) {
	fields, ok := fieldsOf(body)
	if !ok {
		return billing.MXN{}, notAnObject()
	}
	var wrong mistakes
	amount, seen := "", false
	for _, f := range fields {
		switch {
		case f.name != "amount":
			wrong.add("body", f.name, "is not a field of a quote")
		case seen:
			wrong.add("body", f.name, "is there twice")
		default:
			if amount, ok = f.decimal(); !ok {
				wrong.add("body", f.name, wrongAmount)
			}
			seen = true
		}
	}
	if !seen {
		wrong.add("body", "amount", missing)
	}
	if len(wrong) > 0 {
		return billing.MXN{}, invalid(wrong...)
	}
	return parseAmount(amount)
}

func notAnObject() *Problem {
	return invalid(FieldError{Location: "body", Message: "The body must be a JSON object."})
}

const (
	wrongQuote    = "must be the id of a quote"
	wrongMaxPrice = `must be an amount above zero in USD with 4 decimals at most, such as "2.7778"`
)

// quoteField reads which quote an order goes by.
func (f field) quote() (*billing.QuoteID, bool) {
	text, ok := f.text()
	id, err := billing.ParseQuoteID(text)
	return &id, ok && err == nil
}

// usd reads an amount in USD above zero.
func (f field) usd() (*billing.USD, bool) {
	number, ok := f.decimal()
	amount, err := billing.ParseUSD(number)
	return &amount, ok && err == nil && amount.Sign() > 0
}
