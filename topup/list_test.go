package topup

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// listed is a desk with unknown top-ups, and two operators.
type listed struct {
	*Engine
	customer     billing.Customer
	topUps       []billing.TopUp
	maria, diego billing.Actor
}

func newListed(t *testing.T, n int) listed {
	t.Helper()
	s := storetest.New(t)
	e := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), ApprovalLimit: billing.MustUSD("1000")})
	l := listed{
		Engine: e, customer: storetest.Customer(t, s, "100"),
		maria: storetest.Operator(t, s, "Maria", billing.RoleFinance), diego: storetest.Operator(t, s, "Diego", billing.RoleFinance),
	}
	for i := range n {
		l.topUps = append(l.topUps, settled(t, e, order(l.customer, fmt.Sprintf("r%d", i)), billing.Answer{
			Outcome: billing.OutcomeUnknown, Row: "transport.timeout_after", ProviderTransactionID: fmt.Sprintf("LT%d", i),
		}))
	}
	return l
}

func list() billing.DecisionList {
	return billing.DecisionList{ID: uuid.New(), Name: "statement.csv", SHA256: make([]byte, 32), Reason: billing.DecisionStatement}
}

func delivered(line int, name billing.ListLine) billing.ListLine {
	name.Line, name.Verdict, name.Note = line, billing.VerdictDelivered, "on the statement"
	return name
}

// A line may name its top-up in four ways; whatever else it says must agree.
func TestALineFindsItsTopUpByAnyName(t *testing.T) {
	t.Parallel()
	l := newListed(t, 2)
	one, two := l.topUps[0], l.topUps[1]
	other := storetest.Customer(t, l.store, "100")
	final := settled(t, l.Engine, order(other, "done"), billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"})
	shared := settled(t, l.Engine, order(other, "shared"), billing.Answer{Outcome: billing.OutcomeUnknown, Row: "x", ProviderTransactionID: "LT1"})
	proposed := settled(t, l.Engine, order(other, "proposed"), timedOut)
	err := l.Propose(t.Context(), l.maria, billing.Decision{ID: uuid.New(), TopUpID: proposed.ID, Verdict: billing.VerdictDelivered, Reason: billing.DecisionSupport, Note: "x"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		line    billing.ListLine
		found   billing.TopUpID
		problem billing.ListProblem
	}{
		{billing.ListLine{TopUp: one.ID.String()}, one.ID, ""},
		{billing.ListLine{Customer: l.customer.Code, Reference: "r0"}, one.ID, ""},
		{billing.ListLine{DistTransID: one.DistTransID}, one.ID, ""},
		{billing.ListLine{ProviderID: "LT0"}, one.ID, ""},
		{billing.ListLine{TopUp: one.ID.String(), Customer: l.customer.Code, Reference: "r0", DistTransID: one.DistTransID, ProviderID: "LT-new"}, one.ID, ""},
		{billing.ListLine{TopUp: one.ID.String(), Reference: "r1"}, one.ID, billing.ListMismatch},
		{billing.ListLine{DistTransID: one.DistTransID, Customer: other.Code}, one.ID, billing.ListMismatch},
		{billing.ListLine{ProviderID: "LT1"}, billing.TopUpID{}, billing.ListTwoFound},
		{billing.ListLine{Customer: other.Code, Reference: "r0"}, billing.TopUpID{}, billing.ListNotFound},
		{billing.ListLine{Reference: "r0"}, billing.TopUpID{}, billing.ListNoName},
		{billing.ListLine{TopUp: "tu_nonsense"}, billing.TopUpID{}, billing.ListNotFound},
		{billing.ListLine{TopUp: final.ID.String()}, final.ID, billing.ListSettled},
		{billing.ListLine{TopUp: proposed.ID.String()}, proposed.ID, billing.ListWaits},
	}
	for _, tt := range tests {
		cases, err := l.Look(t.Context(), []billing.ListLine{delivered(2, tt.line)})
		if err != nil {
			t.Fatal(err)
		}
		if cases[0].Found.ID != tt.found || cases[0].Problem != tt.problem {
			t.Errorf("%+v: found %s, problem %q; want %s, %q", tt.line, cases[0].Found.ID, cases[0].Problem, tt.found, tt.problem)
		}
	}
	twice, err := l.Look(t.Context(), []billing.ListLine{delivered(2, billing.ListLine{TopUp: two.ID.String()}), delivered(3, billing.ListLine{DistTransID: two.DistTransID})})
	if err != nil || twice[0].Problem != "" || twice[1].Problem != billing.ListTwice {
		t.Errorf("twice: %q, %q, %v", twice[0].Problem, twice[1].Problem, err)
	}
	if shared.ID == two.ID {
		t.Error("the names are not shared")
	}
}

func TestTheEffectsOfAListAddUp(t *testing.T) {
	t.Parallel()
	l := newListed(t, 3)
	lines := []billing.ListLine{
		delivered(2, billing.ListLine{TopUp: l.topUps[0].ID.String()}),
		delivered(3, billing.ListLine{TopUp: "tu_nonsense"}),
		{Line: 4, TopUp: l.topUps[1].ID.String(), Verdict: billing.VerdictNotDelivered, Note: "not on it"},
		delivered(5, billing.ListLine{TopUp: l.topUps[2].ID.String()}),
	}
	cases, err := l.Look(t.Context(), lines)
	if err != nil {
		t.Fatal(err)
	}
	last := cases[3].Effect.After
	if last.Posted.String() != "94.4444" || last.Held.Sign() != 0 {
		t.Errorf("after the list: balance %s, held %s", last.Posted, last.Held)
	}
	if b := storetest.Balance(t, l.store, l.customer.ID); b.Held.String() != "8.3334" {
		t.Errorf("looking moved something: held %s", b.Held)
	}
}

func TestAListIsProposedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	l := newListed(t, 3)
	lines := []billing.ListLine{
		delivered(2, billing.ListLine{TopUp: l.topUps[0].ID.String()}),
		delivered(3, billing.ListLine{TopUp: l.topUps[1].ID.String()}),
		{Line: 4, TopUp: l.topUps[2].ID.String(), Verdict: billing.VerdictReverse, Note: "x"},
	}
	var wrong billing.ListError
	if err := l.ProposeList(t.Context(), l.maria, list(), lines); !errors.As(err, &wrong) || wrong.Cases[2].Problem != billing.ListNoVerdict {
		t.Fatalf("a list with a wrong line: %v", err)
	}
	if err := l.ProposeList(t.Context(), l.maria, list(), nil); !errors.As(err, &wrong) {
		t.Fatalf("an empty list: %v", err)
	}
	if waiting, err := l.store.WaitingLists(t.Context()); err != nil || len(waiting) != 0 {
		t.Fatalf("something was kept: %v, %v", waiting, err)
	}
	lines[2].Verdict = billing.VerdictNotDelivered
	kept := list()
	for range 2 { // the same form twice
		if err := l.ProposeList(t.Context(), l.maria, kept, lines); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.ProposeList(t.Context(), l.diego, kept, lines); !errors.Is(err, billing.ErrTaken) {
		t.Errorf("another operator's list under the same id: %v", err)
	}
	waiting, err := l.store.WaitingLists(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Waiting != 3 || waiting[0].Money.String() != "8.3334" || waiting[0].Proposer != "Maria" {
		t.Errorf("waiting: %+v, %v", waiting, err)
	}
}

func TestASecondOperatorConfirmsWhatWaitsOfAList(t *testing.T) {
	t.Parallel()
	l := newListed(t, 4)
	kept := list()
	var lines []billing.ListLine
	for i, topUp := range l.topUps {
		lines = append(lines, delivered(i+2, billing.ListLine{DistTransID: topUp.DistTransID, ProviderID: fmt.Sprintf("NEW%d", i)}))
	}
	lines[3].Verdict = billing.VerdictNotDelivered
	if err := l.ProposeList(t.Context(), l.maria, kept, lines); err != nil {
		t.Fatal(err)
	}
	if _, err := l.ConfirmList(t.Context(), l.maria, kept.ID); !errors.Is(err, billing.ErrOwnRequest) {
		t.Fatalf("the proposer confirmed his own list: %v", err)
	}
	if err := l.Confirm(t.Context(), l.diego, kept.DecisionID(2)); err != nil { // one by one
		t.Fatal(err)
	}
	settleAs(t, l.Engine, l.topUps[1], billing.Answer{Outcome: billing.OutcomeRefused, Row: "answer.refused"}) // overtaken
	outcome, err := l.ConfirmList(t.Context(), l.diego, kept.ID)
	if err != nil || outcome.Done != 2 || len(outcome.Failed) != 0 {
		t.Errorf("got %+v, %v", outcome, err)
	}
	again, err := l.ConfirmList(t.Context(), l.diego, kept.ID)
	if err != nil || again.Done != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	decisions, err := l.store.ListedDecisions(t.Context(), kept.ID)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range decisions {
		got = append(got, fmt.Sprintf("%d %s %s", d.Line, d.Decision.State, d.TopUp.Status))
	}
	want := "[2 confirmed succeeded 3 overtaken failed 4 confirmed succeeded 5 confirmed failed]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	b := storetest.Balance(t, l.store, l.customer.ID)
	if b.Posted.String() != "94.4444" || b.Held.Sign() != 0 || decisions[0].TopUp.ProviderTransactionID != "NEW0" {
		t.Errorf("balance %s, held %s", b.Posted, b.Held)
	}
}

// Somebody proposes about one of the top-ups between the look and the proposal.
func TestAListLosesAgainstAProposalThatCameFirst(t *testing.T) {
	t.Parallel()
	l := newListed(t, 2)
	lines := []billing.ListLine{delivered(2, billing.ListLine{TopUp: l.topUps[0].ID.String()}), delivered(3, billing.ListLine{TopUp: l.topUps[1].ID.String()})}
	decision := billing.Decision{ID: uuid.New(), TopUpID: l.topUps[1].ID, Verdict: billing.VerdictNotDelivered, Reason: billing.DecisionSupport, Note: "first"}
	done := make(chan error, 1)
	err := l.store.InTx(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.LockTopUps(t.Context(), []billing.TopUpID{l.topUps[1].ID}, true); err != nil {
			return err
		}
		go func() { done <- l.ProposeList(t.Context(), l.maria, list(), lines) }()
		for waiting := 0; waiting == 0; {
			if err := l.store.DB().GetContext(t.Context(), &waiting, `
				SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`); err != nil {
				return err
			}
		}
		decision.ProposedBy = *l.diego.ID
		return tx.InsertDecision(t.Context(), decision)
	})
	if err != nil {
		t.Fatal(err)
	}
	var wrong billing.ListError
	if err := <-done; !errors.As(err, &wrong) || wrong.Cases[1].Problem != billing.ListWaits || wrong.Cases[0].Problem != "" {
		t.Errorf("got %v", err)
	}
}
