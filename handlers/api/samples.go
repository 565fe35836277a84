package api

// Examples of every answer, made of the types that the answers are made of.

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

var problemType = reflect.TypeFor[Problem]()

const (
	sampleRequestID = "req_7LQ3S5GZC2VWNY4XJ6AHTKDPRM"
	sampleID        = "tu_068ZQY6QYNZ3R3EWHQ8Q3G0CG8"
)

var sampleOrder = map[string]any{
	"phone": "55 1234 5678", "amount": "50.00", "reference": "order-1001", "metadata": map[string]any{"store": "Centro"},
}

func sampleTopUp(status billing.Status) TopUp {
	at := time.Date(2026, 3, 12, 21, 42, 6, 0, time.UTC)
	t := TopUp{
		ID: sampleID, Reference: "order-1001", Status: string(status), Phone: "+525512345678",
		Amount: "50.00", Currency: "MXN", Price: "2.7778", PriceCurrency: "USD", ExchangeRate: "18.0000",
		AvailableAfter: "997.2222", Metadata: json.RawMessage(`{"store":"Centro"}`), CreatedAt: at, UpdatedAt: at,
	}
	switch status {
	case billing.StatusSucceeded:
		t.ProviderTransactionID, t.CarrierTransactionID = orNull("LT12345678"), orNull("8841203377")
	case billing.StatusFailed:
		t.Failure = &Failure{Code: string(billing.FailureRefused), Message: failures[billing.FailureRefused] + " " + carrierNote}
		t.AvailableAfter = "1000.0000"
	default:
		return t
	}
	t.UpdatedAt = at.Add(6 * time.Second)
	t.CompletedAt = &t.UpdatedAt
	return t
}

func sample(summary string, value any) *huma.Example {
	return &huma.Example{Summary: summary, Value: value}
}

// samples are the successes of an operation by status.
func samples(operationID string) map[int]map[string]*huma.Example {
	if more, ok := moreSamples(operationID); ok {
		return more
	}
	if more, ok := callSamples[operationID]; ok {
		return more
	}
	succeeded := sample("Delivered and charged", sampleTopUp(billing.StatusSucceeded))
	failed := sample("Not delivered, nothing charged", sampleTopUp(billing.StatusFailed))
	sending := sample("On its way", sampleTopUp(billing.StatusSending))
	unknown := sample("Nobody knows yet; the price stays held", sampleTopUp(billing.StatusUnknown))
	switch operationID {
	case orderOperation.OperationID:
		return map[int]map[string]*huma.Example{
			http.StatusCreated:  {"succeeded": succeeded, "failed": failed},
			http.StatusOK:       {"succeeded": succeeded, "failed": failed},
			http.StatusAccepted: {"sending": sending, "unknown": unknown},
		}
	case showOperation.OperationID:
		return map[int]map[string]*huma.Example{
			http.StatusOK: {"succeeded": succeeded, "failed": failed, "sending": sending, "unknown": unknown},
		}
	case listOperation.OperationID:
		page := TopUpPage{Data: []TopUp{sampleTopUp(billing.StatusSucceeded)}}
		return map[int]map[string]*huma.Example{http.StatusOK: {"last_page": sample("The last page", page)}}
	case balanceOperation.OperationID:
		return map[int]map[string]*huma.Example{http.StatusOK: {"balance": sample("One top-up is open", Balance{
			Balance: "1000.0000", Held: "2.7778", CreditLimit: "0.0000", Available: "997.2222", Currency: "USD",
			AsOf: time.Date(2026, 3, 12, 21, 42, 6, 0, time.UTC),
		})}}
	default:
		return map[int]map[string]*huma.Example{http.StatusOK: {"quote": sample("50 MXN", Quote{
			Amount: "50.00", Currency: "MXN", Price: "2.7778", PriceCurrency: "USD", ExchangeRate: "18.0000", Discount: "0.0000",
		})}}
	}
}

// samplesOfProblems are made by what makes the real ones.
var samplesOfProblems = map[string]func() *Problem{
	codeMalformed:    func() *Problem { return problem(codeMalformed, "The body is not JSON.") },
	codeUnauthorized: func() *Problem { return unauthorized("This API key is not valid.") },
	codeInsufficient: func() *Problem {
		return describe(billing.InsufficientBalanceError{Available: billing.MustUSD("1.2"), Needed: billing.MustUSD("2.7778")})
	},
	codeSuspended: func() *Problem { return describe(billing.ErrSuspended) },
	codeAddress:   func() *Problem { return addressRefused("203.0.113.7") },
	codeNotFound:  func() *Problem { return describe(billing.ErrNotFound) },
	codeReused:    func() *Problem { return describe(billing.ErrReferenceReused) },
	codeTooLarge:  func() *Problem { return tooLarge(maxBody) },
	codeMediaType: func() *Problem { return checkMediaType(http.Header{"Content-Type": {"text/plain"}}).(*Problem) }, //nolint:errorlint,forcetypeassert // made here
	codePhone:     func() *Problem { return describe(billing.PhoneError{Problem: billing.PhoneTooShort}) },
	codeAmount: func() *Problem {
		return describe(billing.AmountError{Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	},
	codeQuoteExpired:  func() *Problem { return describe(billing.ErrQuoteExpired) },
	codeQuoteUsed:     func() *Problem { return describe(billing.ErrQuoteUsed) },
	codeQuoteMismatch: func() *Problem { return describe(billing.ErrQuoteMismatch) },
	codePriceChanged: func() *Problem {
		return describe(billing.PriceChangedError{Price: billing.MustUSD("2.9412"), Most: billing.MustUSD("2.7778")})
	},
	codeInvalid: func() *Problem {
		return invalid(FieldError{Location: "body.reference", Field: "reference", Message: missing})
	},
	codeRateLimited: func() *Problem {
		return beyondLimit(store.Turn{Limit: store.TurnOfCustomer, Ahead: 60}, billing.RequestLimit{PerMinute: 120})
	},
	codeRecent: func() *Problem {
		earlier := billing.TopUp{Reference: "order-1000", Status: billing.StatusSucceeded, CreatedAt: sampleTopUp("").CreatedAt}
		p := recently(billing.RecentlyToppedUpError{Earlier: earlier, Override: "ovr_7LQ3S5GZC2VWNY4XJ6AHTKDPRM"})
		p.Earlier.ID = sampleID
		return p
	},
	codeScope: func() *Problem { return scopeMissing(billing.ScopeTopUp) },
	codeKeyCap: func() *Problem {
		return describe(billing.KeyCapError{Cap: billing.MustUSD("500"), Spent: billing.MustUSD("498.6"), Needed: billing.MustUSD("2.7778"), RetryAfter: 3600})
	},
	codeInternal: func() *Problem { return describe(errors.New("sample")) },
	codeUnavailable: func() *Problem {
		return describe(billing.UnavailableError{Reason: "the queue is full", RetryAfter: 30})
	},
}
