package verify

// A provider whose answers are known beforehand.

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"latcom.example/latcom-billing/billing"
)

// fates answers by the last digit of the phone, and keeps request and response
// as they are on Latcom's wire:
//
//	2 refused   3 unknown   4 not sent   5 not sent, then delivered
//	6 delivered, 7 not sent, 8 refused: only once it is released
//	anything else: delivered
type fates struct {
	sent     atomic.Int64
	seen     sync.Map      // of dist_transid
	asked    chan struct{} // one for each that waits to be released
	released chan struct{}
}

func lateFates() *fates {
	return &fates{asked: make(chan struct{}, 100), released: make(chan struct{})}
}

func (f *fates) TopUp(_ context.Context, s billing.Send) billing.Answer {
	fate := s.Phone[len(s.Phone)-1]
	if fate >= '6' && fate <= '8' {
		f.asked <- struct{}{}
		<-f.released
	}
	id := fmt.Sprintf("LT%08d", f.sent.Add(1))
	return billing.Answer{
		Outcome: f.outcome(fate, s), Row: "engine.fate", // of which the breaker thinks nothing
		ProviderTransactionID: id, CarrierTransactionID: "V" + id,
		Evidence: billing.Evidence{
			Request: fmt.Sprintf(`POST /api/tn/fast {"targetMSISDN":"%s","dist_transid":"%s","amount":%s,"productId":"%s"}`,
				s.Phone.National(), s.DistTransID, s.Amount.Decimal(), s.Product),
			Response: fmt.Sprintf(`{"status":"Success","transId":"%s","venTransid":"V%s"}`, id, id),
		},
	}
}

func (f *fates) outcome(fate byte, s billing.Send) billing.Outcome {
	_, again := f.seen.LoadOrStore(s.DistTransID, true)
	switch {
	case fate == '2', fate == '8':
		return billing.OutcomeRefused
	case fate == '3':
		return billing.OutcomeUnknown
	case fate == '4', fate == '7', fate == '5' && !again:
		return billing.OutcomeNotSent
	default:
		return billing.OutcomeDelivered
	}
}
