package topup

// Evidence that comes after a top-up is final, and what two operators make of it.

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// settledBy lets both operators settle the case.
func (d desk) settledBy(t *testing.T, verdict billing.Verdict) {
	t.Helper()
	if err := d.Confirm(t.Context(), d.diego, d.propose(t, verdict).ID); err != nil {
		t.Fatal(err)
	}
}

func (d desk) reopened(t *testing.T) bool {
	t.Helper()
	cases, err := d.store.Cases(t.Context())
	if err != nil || len(cases) > 1 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	return len(cases) == 1 && cases[0].Reopened
}

func TestTwoOperatorsCloseAReopenedCaseWithoutACorrection(t *testing.T) {
	t.Parallel()
	for verdict, late := range map[billing.Verdict]billing.Outcome{
		billing.VerdictDelivered: billing.OutcomeRefused, billing.VerdictNotDelivered: billing.OutcomeDelivered,
	} {
		d := newDesk(t, timedOut)
		stands := billing.Decision{ID: uuid.New(), TopUpID: d.topUp.ID, Verdict: billing.VerdictStands, Reason: billing.DecisionAgreement, Note: "ours to bear"}
		if err := d.Propose(t.Context(), d.maria, stands); !errors.Is(err, billing.ErrIllegalMove) {
			t.Errorf("nothing to close yet: %v", err)
		}
		d.settledBy(t, verdict)
		before, balance := d.now(t)
		settleAs(t, d.Engine, d.topUp, billing.Answer{Outcome: late, Row: "answer.late", Reason: "late"})
		if !d.reopened(t) {
			t.Fatal("the case is not open again")
		}
		if err := d.Propose(t.Context(), d.maria, stands); err != nil {
			t.Fatal(err)
		}
		if err := d.Confirm(t.Context(), d.maria, stands.ID); !errors.Is(err, billing.ErrOwnRequest) {
			t.Errorf("one operator closed it alone: %v", err)
		}
		if err := d.Confirm(t.Context(), d.diego, stands.ID); err != nil {
			t.Fatal(err)
		}
		after, balanceAfter := d.now(t)
		if after.Status != before.Status || balanceAfter.Posted.Cmp(balance.Posted) != 0 || d.reopened(t) {
			t.Errorf("%s: got %s, balance %s, open %v", verdict, after.Status, balanceAfter.Posted, d.reopened(t))
		}
	}
}

func TestAReversalCorrectsWhatWasNotDelivered(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	d.settledBy(t, billing.VerdictDelivered)
	settleAs(t, d.Engine, d.topUp, billing.Answer{Outcome: billing.OutcomeRefused, Row: "answer.refused", Reason: "late"})
	if !d.reopened(t) {
		t.Fatal("the case is not open again")
	}
	d.settledBy(t, billing.VerdictReverse)
	topUp, b := d.now(t)
	if topUp.Status != billing.StatusReversed || b.Posted.String() != "10.0000" || d.reopened(t) {
		t.Errorf("got %s, balance %s", topUp.Status, b.Posted)
	}
	if kinds := entryKinds(t, d.store, topUp.ID); kinds != "hold capture cost reversal" {
		t.Errorf("entries: %s", kinds)
	}
}

// An inquiry that was under way when two operators decided is evidence too.
func TestAnInquiryThatContradictsADecisionReopensTheCase(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	d.settledBy(t, billing.VerdictNotDelivered)
	for range 2 {
		if err := d.conclude(t.Context(), d.topUp, billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success", ProviderTransactionID: "LT7"}, 0); err != nil {
			t.Fatal(err)
		}
	}
	against, err := d.store.Contradictions(t.Context(), d.topUp.ID)
	if err != nil || len(against) != 1 || against[0].Evidence != "LT7" || !d.reopened(t) {
		t.Errorf("evidence %+v, %v", against, err)
	}
	if kinds := entryKinds(t, d.store, d.topUp.ID); kinds != "hold release loss" {
		t.Errorf("entries: %s", kinds)
	}
}

func TestAChargeThatIsMoreThanThereIsMovesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	d.settledBy(t, billing.VerdictNotDelivered)
	settleAs(t, d.Engine, d.topUp, billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"})
	for _, reference := range []string{"a", "b", "c"} { // 8.3334 of 10 are spent
		settled(t, d.Engine, order(d.customer, reference), billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"})
	}
	charge := d.propose(t, billing.VerdictCharge)
	var short billing.InsufficientBalanceError
	if err := d.Confirm(t.Context(), d.diego, charge.ID); !errors.As(err, &short) {
		t.Errorf("got %v", err)
	}
	if waits, err := d.store.Decision(t.Context(), charge.ID); err != nil || waits.State != billing.DecisionWaiting || !d.reopened(t) {
		t.Errorf("the proposal is %s, %v", waits.State, err)
	}
}

// A form that was sent twice is done once, also after it was confirmed; one that
// was changed in between is refused.
func TestAProposalSentAgainIsTheSameProposal(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	proposal := d.propose(t, billing.VerdictDelivered)
	if err := d.Confirm(t.Context(), d.diego, proposal.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.Propose(t.Context(), d.maria, proposal); err != nil {
		t.Errorf("sent again after it was confirmed: %v", err)
	}
	proposal.Note = "another"
	if err := d.Propose(t.Context(), d.maria, proposal); !errors.Is(err, billing.ErrTaken) {
		t.Errorf("changed and sent again: %v", err)
	}
	if decisions, err := d.store.Decisions(t.Context(), d.topUp.ID); err != nil || len(decisions) != 1 {
		t.Errorf("%d decisions, %v", len(decisions), err)
	}
}
