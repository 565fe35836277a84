package api

// A top-up as a reseller sees it.

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// TopUp is the answer about one top-up.
type TopUp struct {
	ID                    string          `json:"id"`
	Reference             string          `json:"reference"`
	Status                string          `json:"status"`
	Phone                 string          `json:"phone"`
	Amount                string          `json:"amount"`
	Currency              string          `json:"currency"`
	Price                 string          `json:"price"`
	PriceCurrency         string          `json:"price_currency"`
	ExchangeRate          string          `json:"exchange_rate"`
	ProviderTransactionID *string         `json:"provider_transaction_id"`
	CarrierTransactionID  *string         `json:"carrier_transaction_id"`
	Failure               *Failure        `json:"failure"`
	AvailableAfter        string          `json:"available_after"`
	Metadata              json.RawMessage `json:"metadata"`
	CreatedAt             time.Time       `json:"created_at"`
	UpdatedAt             time.Time       `json:"updated_at"`
	CompletedAt           *time.Time      `json:"completed_at"`
}

// Failure says why a top-up failed.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// shown is how top-ups are answered: with the credit that is available now.
func (a *api) shown(ctx context.Context, topUps ...billing.TopUp) ([]TopUp, error) {
	account, err := a.account(ctx)
	if err != nil {
		return nil, err
	}
	return within(ctx, readTime, func(ctx context.Context) ([]TopUp, error) {
		answers := make([]TopUp, len(topUps))
		for i, t := range topUps {
			failure, err := a.failure(ctx, t)
			if err != nil {
				return nil, err
			}
			answers[i] = answerOf(t, failure, account.Available())
		}
		return answers, nil
	})
}

func answerOf(t billing.TopUp, failure *Failure, available billing.USD) TopUp {
	return TopUp{
		ID: t.ID.String(), Reference: t.Reference, Status: string(t.Status), Phone: string(t.Phone),
		Amount: t.Amount.String(), Currency: string(billing.CurrencyMXN),
		Price: t.Price.String(), PriceCurrency: string(billing.CurrencyUSD), ExchangeRate: fourPlaces(t.Rate.String()),
		ProviderTransactionID: orNull(t.ProviderTransactionID), CarrierTransactionID: orNull(t.CarrierTransactionID),
		Failure: failure, AvailableAfter: available.String(), Metadata: t.Metadata,
		CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(), CompletedAt: utc(t.CompletedAt),
	}
}

// failures are the sentences for what ended a top-up on our side of the carrier.
var failures = map[billing.FailureCode]string{
	billing.FailureRefused:      views.Term("The carrier refused the top-up. Nothing was charged."),
	billing.FailureUnreachable:  views.Term("The carrier could not be reached in time; the top-up was certainly not delivered. Nothing was charged. Order it again with a new reference."),
	billing.FailureExpired:      views.Term("The top-up waited too long to be sent and was given up; it was certainly not delivered. Nothing was charged. Order it again with a new reference."),
	billing.FailureCancelled:    views.Term("The top-up was cancelled before it was sent. Nothing was charged."),
	billing.FailureNotDelivered: views.Term("It was settled that the top-up was not delivered. Nothing was charged."),
}

// failure says why t failed; nil when it did not. Why the carrier refused is known
// from the attempt that it refused.
func (a *api) failure(ctx context.Context, t billing.TopUp) (*Failure, error) {
	if t.Status != billing.StatusFailed {
		return nil, nil
	}
	f := &Failure{Code: string(t.FailureCode), Message: failures[t.FailureCode]}
	if t.FailureCode != billing.FailureRefused {
		return f, nil
	}
	attempts, err := callOf(ctx).Store.Attempts(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("explain why top-up %s failed: %w", t.ID, err)
	}
	if len(attempts) > 0 && a.Explain != nil {
		if sentence, ok := a.Explain(attempts[len(attempts)-1].Row); ok {
			f.Message = sentence
		}
	}
	f.Message += " " + carrierNote
	return f, nil
}

// fourPlaces cuts needless zeros: the database gives a rate as 18.000000.
func fourPlaces(number string) string {
	point := strings.IndexByte(number, '.')
	for point >= 0 && len(number)-point-1 > 4 && strings.HasSuffix(number, "0") {
		number = number[:len(number)-1]
	}
	return number
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
