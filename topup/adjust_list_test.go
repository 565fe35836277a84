package topup

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// counter is an engine with two customers that hold 100 USD each, and two operators.
type counter struct {
	*Engine
	a, b         billing.Customer
	maria, diego billing.Actor
}

func newCounter(t *testing.T) counter {
	t.Helper()
	s := storetest.New(t)
	e := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), ApprovalLimit: billing.MustUSD("1000")})
	return counter{
		Engine: e, a: storetest.Customer(t, s, "100"), b: storetest.Customer(t, s, "100"),
		maria: storetest.Operator(t, s, "Maria", billing.RoleFinance), diego: storetest.Operator(t, s, "Diego", billing.RoleFinance),
	}
}

func line(n int, c billing.Customer, amount string) billing.AdjustmentLine {
	return billing.AdjustmentLine{Line: n, Customer: c.Code, Amount: billing.MustUSD(amount), Reason: billing.ReasonCorrection, Note: "as agreed, " + amount}
}

// looked is a list as its review carries it on.
func (c counter) looked(t *testing.T, lines ...billing.AdjustmentLine) billing.AdjustmentList {
	t.Helper()
	l, _, err := c.LookAtAdjustments(t.Context(), lines)
	if err != nil {
		t.Fatal(err)
	}
	l.ID, l.Name = uuid.New(), "march.csv"
	return l
}

func (c counter) wantBalances(t *testing.T, a, b string) {
	t.Helper()
	for id, want := range map[int64]string{c.a.ID: a, c.b.ID: b} {
		if got := storetest.Balance(t, c.store, id).Posted.String(); got != want {
			t.Errorf("customer %d has %s, want %s", id, got, want)
		}
	}
}

func TestAListOfAdjustmentsIsPostedWhole(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lines := []billing.AdjustmentLine{line(2, c.b, "-30.5"), line(3, c.a, "400"), line(4, c.b, "100"), line(5, c.b, "-150")}
	l, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines)
	if err != nil {
		t.Fatal(err)
	}
	if l.State != billing.AdjustmentPosted || l.Lines != 4 || l.Customers != 2 || l.Credited.String() != "500.0000" || l.Debited.String() != "180.5000" {
		t.Errorf("the list is %+v", l)
	}
	c.wantBalances(t, "500.0000", "19.5000")
	posted, err := c.store.ListedAdjustments(t.Context(), l.ID)
	if err != nil || len(posted) != 4 || *posted[3].ListLine != 5 || posted[3].State != billing.AdjustmentPosted {
		t.Errorf("%d lines are kept, %v", len(posted), err)
	}
}

func TestALineThatCannotBePostedKeepsTheListOut(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	good := line(2, c.a, "10")
	gone := c.a
	gone.Code = "NOBODY"
	nameless, twice := line(3, c.a, "1"), good
	nameless.Note, twice.Line = " ", 9
	deposit := line(3, c.a, "-5")
	deposit.Reason = billing.ReasonDeposit
	for want, wrong := range map[billing.AdjustmentProblem]billing.AdjustmentLine{
		billing.LineNoCustomer: {Line: 3}, billing.LineNobody: line(3, gone, "1"), billing.LineNoAmount: {Line: 3, Customer: c.a.Code},
		billing.LineNoNote: nameless, billing.LineDepositBelow: deposit, billing.LineTwice: twice, billing.LineShort: line(3, c.a, "-110.0001"),
		billing.LineNoReason: {Line: 3, Customer: c.a.Code, Amount: billing.MustUSD("1"), Reason: "LUCK"},
		billing.LineTooLong:  {Line: 3, Customer: c.a.Code, Amount: billing.MustUSD("1"), Reason: billing.ReasonFee, Note: strings.Repeat("x", 1001)},
	} {
		lines := []billing.AdjustmentLine{good, wrong}
		_, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines)
		var refused billing.AdjustmentListError
		if !errors.As(err, &refused) || refused.Lines[0].Problem != "" || refused.Lines[1].Problem != want {
			t.Errorf("%s: %v, %+v", want, err, refused.Lines)
		}
	}
	c.wantBalances(t, "100.0000", "100.0000")
}

// The form carries the digest of what was shown: lines that say anything else are
// not posted.
func TestOnlyWhatWasShownIsPosted(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	l := c.looked(t, line(2, c.a, "10"))
	for _, other := range [][]billing.AdjustmentLine{
		{line(2, c.a, "11")}, {line(2, c.b, "10")}, {line(2, c.a, "10"), line(3, c.b, "10")},
	} {
		if _, err := c.AdjustMany(t.Context(), c.maria, l, other); !errors.Is(err, billing.ErrOvertaken) {
			t.Errorf("other lines: %v", err)
		}
	}
	c.wantBalances(t, "100.0000", "100.0000")
}

func TestTheSameLinesArePostedOnceWhoeverSendsThem(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lines := []billing.AdjustmentLine{line(2, c.a, "10"), line(3, c.b, "20")}
	l := c.looked(t, lines...)
	for range 2 { // the same form twice
		if again, err := c.AdjustMany(t.Context(), c.maria, l, lines); err != nil || again.ID != l.ID {
			t.Errorf("%s, %v", again.ID, err)
		}
	}
	moved := []billing.AdjustmentLine{lines[1], lines[0]} // another order, other lines of the file
	moved[0].Line, moved[1].Line = 7, 9
	var sent billing.ListSentError
	if _, err := c.AdjustMany(t.Context(), c.diego, c.looked(t, moved...), moved); !errors.As(err, &sent) || sent.Before.ID != l.ID || sent.Before.Requester != "Maria" {
		t.Errorf("sent by another: %v", err)
	}
	other := []billing.AdjustmentLine{line(2, c.a, "1")}
	used := c.looked(t, other...)
	used.ID = l.ID
	if _, err := c.AdjustMany(t.Context(), c.maria, used, other); !errors.Is(err, billing.ErrTaken) {
		t.Errorf("a used form for another list: %v", err)
	}
	c.wantBalances(t, "110.0000", "120.0000")
}

// Both operators confirm at once: neither has seen the other's list when the locks
// are let go.
func TestTwoOperatorsWithOneFilePostItOnce(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lines := []billing.AdjustmentLine{line(2, c.b, "20"), line(3, c.a, "10")}
	var outcomes [2]error
	storetest.Contend(t, c.store, 2, `SELECT FROM balances WHERE customer_id = $1 FOR UPDATE`, c.a.ID, func(i int) {
		l, _, err := c.LookAtAdjustments(t.Context(), lines)
		if err == nil {
			l.ID, l.Name = uuid.New(), "march.csv"
			_, err = c.AdjustMany(t.Context(), []billing.Actor{c.maria, c.diego}[i], l, lines)
		}
		outcomes[i] = err
	})
	told := 0
	for _, err := range outcomes {
		var sent billing.ListSentError
		switch {
		case errors.As(err, &sent):
			told++
		case err != nil:
			t.Error(err)
		}
	}
	if told != 1 {
		t.Errorf("%d were told that it was sent before, want 1", told)
	}
	c.wantBalances(t, "110.0000", "120.0000")
}

func TestAListAboveTheLimitWaitsAsOne(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lines := []billing.AdjustmentLine{line(2, c.a, "951"), line(3, c.b, "-50")}
	l, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines)
	if err != nil || l.State != billing.AdjustmentWaiting {
		t.Fatalf("951 and -50 together: %s, %v", l.State, err)
	}
	c.wantBalances(t, "100.0000", "100.0000")
	waiting, err := c.store.Waiting(t.Context())
	if err != nil || waiting.Approvals != 1 {
		t.Errorf("%d requests wait, want the list alone; %v", waiting.Approvals, err)
	}
	listed, err := c.store.ListedAdjustments(t.Context(), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decide(t.Context(), c.diego, listed[0].ID, true); !errors.Is(err, billing.ErrPartOfList) {
		t.Errorf("a line alone: %v", err)
	}
	if _, err := c.DecideAdjustments(t.Context(), c.maria, l.ID, true); !errors.Is(err, billing.ErrOwnRequest) {
		t.Errorf("his own: %v", err)
	}
	if l, err = c.DecideAdjustments(t.Context(), c.diego, l.ID, true); err != nil || l.State != billing.AdjustmentPosted || l.Decider != "Diego" {
		t.Errorf("approved: %+v, %v", l, err)
	}
	if _, err := c.DecideAdjustments(t.Context(), c.diego, l.ID, true); !errors.Is(err, billing.ErrAlreadyDecided) {
		t.Errorf("once more: %v", err)
	}
	c.wantBalances(t, "1051.0000", "50.0000")
}

func TestAListOfExactlyTheLimitIsPostedAtOnce(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lines := []billing.AdjustmentLine{line(2, c.a, "950"), line(3, c.b, "-50")}
	if l, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines); err != nil || l.State != billing.AdjustmentPosted {
		t.Errorf("950 and -50: %s, %v", l.State, err)
	}
}

func TestARejectedListMovesNothingAndMayBeSentAgain(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lines := []billing.AdjustmentLine{line(2, c.a, "2000"), line(3, c.b, "-50")}
	l, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines)
	if err != nil {
		t.Fatal(err)
	}
	if l, err = c.DecideAdjustments(t.Context(), c.diego, l.ID, false); err != nil || l.State != billing.AdjustmentRejected {
		t.Fatalf("%s, %v", l.State, err)
	}
	c.wantBalances(t, "100.0000", "100.0000")
	if again, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines); err != nil || again.State != billing.AdjustmentWaiting {
		t.Errorf("sent again: %s, %v", again.State, err)
	}
}

// A debit that was possible when it was asked for: the money went meanwhile.
func TestAListIsNotApprovedInParts(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lines := []billing.AdjustmentLine{line(2, c.a, "2000"), line(3, c.b, "-50")}
	l, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines)
	if err != nil {
		t.Fatal(err)
	}
	spent := billing.Adjustment{ID: uuid.New(), CustomerID: c.b.ID, Amount: billing.MustUSD("-60"), Reason: billing.ReasonFee, Note: "spent"}
	if _, err := c.Adjust(t.Context(), c.maria, spent); err != nil {
		t.Fatal(err)
	}
	_, err = c.DecideAdjustments(t.Context(), c.diego, l.ID, true)
	var at billing.ListLineError
	var short billing.InsufficientBalanceError
	if !errors.As(err, &at) || at.Line != 3 || !errors.As(err, &short) {
		t.Errorf("approved: %v", err)
	}
	c.wantBalances(t, "100.0000", "40.0000")
	if l, err = c.store.AdjustmentList(t.Context(), l.ID); err != nil || l.State != billing.AdjustmentWaiting {
		t.Errorf("the list is %s, %v", l.State, err)
	}
}

func TestAListThatNobodyDecidesExpiresWithItsLines(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lines := []billing.AdjustmentLine{line(2, c.a, "2000"), line(3, c.b, "-50")}
	l, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"adjustment_lists", "adjustments"} {
		if _, err := c.store.DB().ExecContext(t.Context(), `UPDATE `+table+` SET expires_at = requested_at + interval '1 microsecond' WHERE state = 'waiting'`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.DecideAdjustments(t.Context(), c.diego, l.ID, true); !errors.Is(err, billing.ErrAlreadyDecided) {
		t.Errorf("too late: %v", err)
	}
	if err := c.expireRequests(t.Context()); err != nil {
		t.Fatal(err)
	}
	listed, err := c.store.ListedAdjustments(t.Context(), l.ID)
	if l, lookErr := c.store.AdjustmentList(t.Context(), l.ID); err != nil || lookErr != nil || l.State != billing.AdjustmentExpired || listed[1].State != billing.AdjustmentExpired {
		t.Errorf("the list is %s, its lines %s; %v, %v", l.State, listed[1].State, err, lookErr)
	}
}

// With approvals off the list says for ever that one operator did it.
func TestAListWithoutASecondOperatorSaysSo(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	c.options.ApprovalLimit = billing.USD{}
	lines := []billing.AdjustmentLine{line(2, c.a, "951"), line(3, c.b, "-50")}
	l, err := c.AdjustMany(t.Context(), c.maria, c.looked(t, lines...), lines)
	if err != nil || !l.OneOperator || l.State != billing.AdjustmentPosted {
		t.Fatalf("%+v, %v", l, err)
	}
	alone, err := c.store.DoneAlone(t.Context(), l.RequestedAt)
	if err != nil || len(alone) != 1 || alone[0].What != "adjustments" || alone[0].ID != l.ID {
		t.Errorf("done alone: %+v, %v", alone, err)
	}
	if n, err := c.store.CountDoneAlone(t.Context(), 60); err != nil || n != 1 {
		t.Errorf("counted: %d, %v", n, err)
	}
}
