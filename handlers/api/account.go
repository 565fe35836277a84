package api

// GET /balance and GET /quote.

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var balanceOperation = huma.Operation{
	OperationID: "read-balance", Method: http.MethodGet, Path: "/balance",
	Summary:     views.Term("Read the balance"),
	Description: views.Term("What was paid in, what is reserved by open top-ups, and what can still be spent: available = balance - held + credit_limit."),
}

// Balance is the answer about an account.
type Balance struct {
	Balance     string    `json:"balance"`
	Held        string    `json:"held"`
	CreditLimit string    `json:"credit_limit"`
	Available   string    `json:"available"`
	Currency    string    `json:"currency"`
	AsOf        time.Time `json:"as_of"`
}

type balanceOutput struct{ Body Balance }

func (a *api) balance(ctx context.Context, _ *struct{}) (*balanceOutput, error) {
	b, err := a.looked(ctx)
	if err != nil {
		return nil, err
	}
	return &balanceOutput{Balance{
		Balance: b.Posted.String(), Held: b.Held.String(), CreditLimit: b.CreditLimit.String(),
		Available: b.Available().String(), Currency: string(billing.CurrencyUSD), AsOf: b.asOf.UTC(),
	}}, nil
}

// lookedBalance is a balance with the moment as of which it stood so.
type lookedBalance struct {
	billing.Balance
	asOf time.Time
}

// looked is the caller's balance for who asks how it stands: perhaps read a moment
// ago, for less than a second.
func (a *api) looked(ctx context.Context) (lookedBalance, error) {
	return within(ctx, readTime, func(ctx context.Context) (b lookedBalance, err error) {
		b.Balance, b.asOf, err = callOf(ctx).Cache.Balance(ctx, callOf(ctx).customerID)
		return b, err
	})
}

// account reads the caller's balance from the database, for who has just changed it.
func (a *api) account(ctx context.Context) (billing.Balance, error) {
	return within(ctx, readTime, func(ctx context.Context) (billing.Balance, error) {
		b, err := callOf(ctx).Cache.BalanceNow(ctx, callOf(ctx).customerID)
		return b.Balance, err
	})
}

var quoteOperation = huma.Operation{
	OperationID: "quote-topup", Method: http.MethodGet, Path: "/quote",
	Summary:     views.Term("Quote a price"),
	Description: views.Term("What a top-up of this amount would cost you now. It reserves nothing: an order is priced when it is accepted."),
}

type quoteInput struct {
	Amount string `query:"amount" required:"true" example:"50.00"`
}

// Quote is the price of one face value.
type Quote struct {
	Amount        string `json:"amount"`
	Currency      string `json:"currency"`
	Price         string `json:"price"`
	PriceCurrency string `json:"price_currency"`
	ExchangeRate  string `json:"exchange_rate"`
	Discount      string `json:"discount"`
}

type quoteOutput struct{ Body Quote }

func (a *api) quote(ctx context.Context, in *quoteInput) (*quoteOutput, error) {
	face, err := amountParameter(in.Amount)
	if err != nil {
		return nil, err
	}
	q, err := within(ctx, readTime, func(ctx context.Context) (billing.Quote, error) {
		return callOf(ctx).Engine.Quote(ctx, callOf(ctx).customerID, face)
	})
	if err != nil {
		return nil, err
	}
	return &quoteOutput{Quote{
		Amount: q.Face.String(), Currency: string(billing.CurrencyMXN),
		Price: q.Price.String(), PriceCurrency: string(billing.CurrencyUSD),
		ExchangeRate: fourPlaces(q.Rate.String()), Discount: fourPlaces(q.Discount.String()),
	}}, nil
}

// amountParameter reads an amount as a body would: a JSON number or plain digits.
func amountParameter(s string) (billing.MXN, error) {
	wrong := FieldError{Location: "query.amount", Field: "amount", Message: wrongAmount}
	if s == "" {
		wrong.Message = missing
		return billing.MXN{}, invalid(wrong)
	}
	if !numberText.MatchString(s) {
		return billing.MXN{}, invalid(wrong)
	}
	return parseAmount(s)
}
