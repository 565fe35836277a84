package topup

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// desk is a store with one top-up that ended as answer says, and two operators.
type desk struct {
	*Engine
	customer     billing.Customer
	topUp        billing.TopUp
	maria, diego billing.Actor
}

func newDesk(t *testing.T, answer billing.Answer) desk {
	t.Helper()
	s := storetest.New(t)
	e := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), ApprovalLimit: billing.DefaultApprovalLimit})
	c := storetest.Customer(t, s, "10")
	return desk{
		Engine: e, customer: c, topUp: settled(t, e, order(c, "r1"), answer),
		maria: storetest.Operator(t, s, "Maria", billing.RoleFinance), diego: storetest.Operator(t, s, "Diego", billing.RoleFinance),
	}
}

func (d desk) propose(t *testing.T, verdict billing.Verdict) billing.Decision {
	t.Helper()
	decision := billing.Decision{ID: uuid.New(), TopUpID: d.topUp.ID, Verdict: verdict, Reason: billing.DecisionStatement, Note: "line 12", ProviderTransactionID: "LT99"}
	if err := d.Propose(t.Context(), d.maria, decision); err != nil {
		t.Fatal(err)
	}
	return decision
}

func (d desk) now(t *testing.T) (billing.TopUp, billing.Balance) {
	t.Helper()
	topUp, err := d.store.TopUp(t.Context(), d.topUp.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	return topUp, storetest.Balance(t, d.store, d.customer.ID)
}

var timedOut = billing.Answer{Outcome: billing.OutcomeUnknown, Row: "transport.timeout_after", Reason: "no answer"}

func TestTwoOperatorsSettleAnUnknown(t *testing.T) {
	t.Parallel()
	tests := []struct {
		verdict billing.Verdict
		status  billing.Status
		posted  string
	}{
		{billing.VerdictDelivered, billing.StatusSucceeded, "7.2222"},
		{billing.VerdictNotDelivered, billing.StatusFailed, "10.0000"},
	}
	for _, tt := range tests {
		t.Run(string(tt.verdict), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, timedOut)
			decision := d.propose(t, tt.verdict)
			if topUp, b := d.now(t); topUp.Status != billing.StatusUnknown || b.Held.String() != "2.7778" {
				t.Fatalf("a proposal alone moved something: %s, held %s", topUp.Status, b.Held)
			}
			if err := d.Confirm(t.Context(), d.maria, decision.ID); !errors.Is(err, billing.ErrOwnRequest) {
				t.Fatalf("the proposer confirmed his own: %v", err)
			}
			if err := d.Confirm(t.Context(), d.diego, decision.ID); err != nil {
				t.Fatal(err)
			}
			topUp, b := d.now(t)
			if topUp.Status != tt.status || topUp.ProviderTransactionID != "LT99" || b.Posted.String() != tt.posted || b.Held.Sign() != 0 {
				t.Errorf("got %s (%s), balance %s, held %s", topUp.Status, topUp.ProviderTransactionID, b.Posted, b.Held)
			}
			if err := d.Confirm(t.Context(), d.diego, decision.ID); !errors.Is(err, billing.ErrAlreadyDecided) {
				t.Errorf("confirmed twice: %v", err)
			}
		})
	}
}

func TestOnlyOneProposalWaitsAndADisagreementLeavesTheCaseOpen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	first := d.propose(t, billing.VerdictDelivered)
	again := first
	if err := d.Propose(t.Context(), d.maria, again); err != nil {
		t.Errorf("the same form sent twice: %v", err)
	}
	other := billing.Decision{ID: uuid.New(), TopUpID: d.topUp.ID, Verdict: billing.VerdictNotDelivered, Reason: billing.DecisionSupport, Note: "no"}
	if err := d.Propose(t.Context(), d.diego, other); !errors.Is(err, billing.ErrTaken) {
		t.Errorf("a second proposal: %v", err)
	}
	if err := d.Disagree(t.Context(), d.diego, first.ID, "the statement is of another day"); err != nil {
		t.Fatal(err)
	}
	if topUp, _ := d.now(t); topUp.Status != billing.StatusUnknown {
		t.Errorf("got %s", topUp.Status)
	}
	if err := d.Propose(t.Context(), d.diego, other); err != nil {
		t.Errorf("a new proposal after a disagreement: %v", err)
	}
}

func TestEvidenceOvertakesAProposal(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	decision := d.propose(t, billing.VerdictNotDelivered)
	if err := d.conclude(t.Context(), d.topUp, billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"}, 0); err != nil {
		t.Fatal(err)
	}
	if err := d.Confirm(t.Context(), d.diego, decision.ID); !errors.Is(err, billing.ErrAlreadyDecided) {
		t.Errorf("got %v", err)
	}
	if topUp, _ := d.now(t); topUp.Status != billing.StatusSucceeded {
		t.Errorf("got %s", topUp.Status)
	}
}

// The answer to the reseller stands; the cost is our loss until two operators and
// enough credit charge the customer.
func TestADeliveryAfterARefundReopensTheCaseAndCanBeCharged(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	released := d.propose(t, billing.VerdictNotDelivered)
	if err := d.Confirm(t.Context(), d.diego, released.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.Propose(t.Context(), d.maria, billing.Decision{ID: uuid.New(), TopUpID: d.topUp.ID, Verdict: billing.VerdictCharge, Reason: billing.DecisionStatement, Note: "x"}); !errors.Is(err, billing.ErrIllegalMove) {
		t.Fatalf("charged without evidence: %v", err)
	}
	a, err := d.store.LastAttempt(t.Context(), d.topUp.ID)
	if err != nil {
		t.Fatal(err)
	}
	late := billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success", ProviderTransactionID: "LT5"}
	for range 2 { // the second time says nothing new
		if err := d.settle(t.Context(), a, late, nil); err != nil {
			t.Fatal(err)
		}
	}
	topUp, b := d.now(t)
	if topUp.Status != billing.StatusFailed || b.Posted.String() != "10.0000" {
		t.Errorf("a final answer changed: %s, balance %s", topUp.Status, b.Posted)
	}
	cases, err := d.store.Cases(t.Context())
	if err != nil || len(cases) != 1 || !cases[0].Reopened {
		t.Fatalf("cases %+v, %v", cases, err)
	}
	charge := d.propose(t, billing.VerdictCharge)
	if err := d.Confirm(t.Context(), d.diego, charge.ID); err != nil {
		t.Fatal(err)
	}
	topUp, b = d.now(t)
	if topUp.Status != billing.StatusFailed || b.Posted.String() != "7.2222" {
		t.Errorf("got %s, balance %s", topUp.Status, b.Posted)
	}
	if cases, err := d.store.Cases(t.Context()); err != nil || len(cases) != 0 {
		t.Errorf("the case is still open: %+v, %v", cases, err)
	}
	if kinds := entryKinds(t, d.store, topUp.ID); kinds != "hold release loss charge" {
		t.Errorf("entries: %s", kinds)
	}
}

func TestAReversalGivesBackOnceWhatASucceededTopUpCost(t *testing.T) {
	t.Parallel()
	d := newDesk(t, billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"})
	reversal := d.propose(t, billing.VerdictReverse)
	if err := d.Confirm(t.Context(), d.diego, reversal.ID); err != nil {
		t.Fatal(err)
	}
	topUp, b := d.now(t)
	if topUp.Status != billing.StatusReversed || b.Posted.String() != "10.0000" {
		t.Errorf("got %s, balance %s", topUp.Status, b.Posted)
	}
	again := billing.Decision{ID: uuid.New(), TopUpID: d.topUp.ID, Verdict: billing.VerdictReverse, Reason: billing.DecisionMistake, Note: "again"}
	if err := d.Propose(t.Context(), d.maria, again); !errors.Is(err, billing.ErrIllegalMove) {
		t.Errorf("reversed twice: %v", err)
	}
	if kinds := entryKinds(t, d.store, topUp.ID); kinds != "hold capture cost reversal" {
		t.Errorf("entries: %s", kinds)
	}
}

func entryKinds(t *testing.T, s *store.Store, id billing.TopUpID) (kinds string) {
	t.Helper()
	entries, err := s.TopUpEntries(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i, entry := range entries {
		if i > 0 {
			kinds += " "
		}
		kinds += string(entry.Kind)
	}
	return kinds
}
