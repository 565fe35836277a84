package api

// Answers in the words of the system before this one: money as JSON numbers,
// success as a boolean.

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
)

// OldTopUp is the answer to an old order that was delivered, or may be.
type OldTopUp struct {
	Success          bool           `json:"success"`
	Transaction      OldTransaction `json:"transaction"`
	Message          string         `json:"message"`
	RemainingBalance json.Number    `json:"remaining_balance"`
}

// OldTransaction is a top-up in the old words.
type OldTransaction struct {
	ID                    string      `json:"id"`
	Status                string      `json:"status"`
	Amount                json.Number `json:"amount"`
	Phone                 string      `json:"phone"`
	Reference             string      `json:"reference"`
	OperatorTransactionID *string     `json:"operatorTransactionId"`
	ProcessedAt           *time.Time  `json:"processedAt"`
	Currency              string      `json:"currency"`
}

// OldBalance is an account in the old words.
type OldBalance struct {
	Success        bool        `json:"success"`
	CustomerID     string      `json:"customer_id"`
	CompanyName    string      `json:"company_name"`
	CurrentBalance json.Number `json:"current_balance"`
	CreditLimit    json.Number `json:"credit_limit"`
	Currency       string      `json:"currency"`
}

// OldError is a refusal in the old words.
type OldError struct {
	Success        bool         `json:"success"`
	Error          string       `json:"error"`
	CurrentBalance *json.Number `json:"current_balance,omitempty"`
	Requested      *json.Number `json:"requested,omitempty"`
}

const (
	oldSuccess  = "SUCCESS"
	oldPending  = "PENDING"
	oldReversed = "REVERSED"
)

var oldMessages = map[string]string{
	oldSuccess:  "Top-up successful",
	oldPending:  "The top-up is accepted and its result is not known yet. Do not order it again: send the same request to ask for its result.",
	oldReversed: "The top-up was delivered and taken back later.",
}

// answerOldOrder is 200 for what was delivered, 202 for what may still be, and an
// error only for what certainly was not.
func (a *api) answerOldOrder(c echo.Context, t billing.TopUp, asked oldAsked) error {
	ctx := c.Request().Context()
	if t.Status == billing.StatusFailed {
		failure, err := a.failure(ctx, t)
		if err != nil {
			return err
		}
		a.deprecate(c.Response().Header())
		return c.JSON(oldFailure(t.FailureCode), OldError{Error: failure.Message})
	}
	b, err := a.account(ctx)
	if err != nil {
		return err
	}
	status, word := http.StatusOK, oldSuccess
	switch {
	case t.Status == billing.StatusReversed:
		word = oldReversed
	case !t.Status.Final():
		status, word = http.StatusAccepted, oldPending
	}
	a.deprecate(c.Response().Header())
	return c.JSON(status, OldTopUp{
		Success: true, Transaction: oldTransaction(t, word, asked), Message: oldMessages[word], RemainingBalance: oldMoney(ownMoney(b)),
	})
}

func oldTransaction(t billing.TopUp, status string, asked oldAsked) OldTransaction {
	o := OldTransaction{
		ID: t.ID.String(), Status: status, Amount: oldMoney(t.Amount), Phone: asked.phone, Reference: asked.reference,
		OperatorTransactionID: orNull(t.CarrierTransactionID), ProcessedAt: utc(t.CompletedAt), Currency: string(billing.CurrencyMXN),
	}
	if o.OperatorTransactionID == nil {
		o.OperatorTransactionID = orNull(t.ProviderTransactionID)
	}
	if o.Reference == "" {
		o.Reference = t.Reference
	}
	return o
}

// oldFailure: what the carrier refused was wrong with the order; the rest is ours.
func oldFailure(code billing.FailureCode) int {
	if code == billing.FailureRefused {
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// ownMoney is what a customer can spend before its credit limit is touched.
func ownMoney(b billing.Balance) billing.USD { return b.Available().Sub(b.CreditLimit) }

// oldMoney is a JSON number with the digits of the decimal: no float touches it.
func oldMoney(m interface{ Decimal() decimal.Decimal }) json.Number {
	return json.Number(m.Decimal().String())
}

// writeOld sends a refusal in the old words.
func (a *api) writeOld(c echo.Context, p *Problem) error {
	a.deprecate(c.Response().Header())
	answer := OldError{Error: p.Detail}
	status := p.Status
	switch p.Code {
	case codeUnauthorized:
		answer.Error = "Invalid API credentials"
	case codeInsufficient:
		status, answer.Error = http.StatusForbidden, "Insufficient balance"
		answer.CurrentBalance, answer.Requested = oldNumber(p.Available), oldNumber(p.Price)
	case codeMalformed, codeReused, codeMediaType, codePhone, codeAmount, codeInvalid:
		status = http.StatusBadRequest
	}
	return c.JSON(status, answer)
}

func oldNumber(money string) *json.Number {
	amount, err := billing.ParseUSD(money)
	if err != nil {
		return nil
	}
	n := oldMoney(amount)
	return &n
}
