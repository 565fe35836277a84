package billing

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestAVerdictMovesWhatItSays(t *testing.T) {
	t.Parallel()
	topUp := TopUp{ID: NewTopUpID(), Price: MustUSD("2.7778"), Cost: MustMXN("47")}
	account := Balance{CustomerID: 7, Posted: MustUSD("10"), Held: MustUSD("5.5556")}
	tests := []struct {
		verdict      Verdict
		from, to     Account
		posted, held string
		house        EntryKind
		status       Status
	}{
		{VerdictDelivered, AccountHeld, AccountRevenue, "7.2222", "2.7778", EntryCost, StatusSucceeded},
		{VerdictNotDelivered, AccountHeld, AccountAvailable, "10.0000", "2.7778", "", StatusFailed},
		{VerdictReverse, AccountRevenue, AccountAvailable, "12.7778", "5.5556", "", StatusReversed},
		{VerdictCharge, AccountAvailable, AccountRevenue, "7.2222", "5.5556", "", StatusFailed},
		{VerdictStands, "", "", "10.0000", "5.5556", "", StatusFailed},
	}
	for _, tt := range tests {
		topUp.Status = StatusFailed
		effect, err := tt.verdict.Effect(topUp, account)
		if err != nil {
			t.Fatal(err)
		}
		var entry Entry
		if effect.Entry != nil {
			entry = *effect.Entry
		}
		if entry.From != tt.from || entry.To != tt.to || (tt.from != "" && entry.Amount.String() != "2.7778") {
			t.Errorf("%s: %s from %s to %s", tt.verdict, entry.Amount, entry.From, entry.To)
		}
		if effect.After.Posted.String() != tt.posted || effect.After.Held.String() != tt.held || effect.Status != tt.status {
			t.Errorf("%s leaves balance %s, held %s, %s", tt.verdict, effect.After.Posted, effect.After.Held, effect.Status)
		}
		if (effect.House == nil) != (tt.house == "") || effect.House != nil && (effect.House.Kind != tt.house || effect.House.Amount.String() != "47") {
			t.Errorf("%s: the house moves %+v", tt.verdict, effect.House)
		}
	}
}

func TestAChargeNeverOverdraws(t *testing.T) {
	t.Parallel()
	topUp := TopUp{ID: NewTopUpID(), Price: MustUSD("2.7778"), Status: StatusFailed}
	_, err := VerdictCharge.Effect(topUp, Balance{Posted: MustUSD("5"), Held: MustUSD("2.2223")})
	if short := (InsufficientBalanceError{}); !errors.As(err, &short) || short.Available.String() != "2.7777" {
		t.Errorf("got %v", err)
	}
	if _, err := Verdict("other").Effect(topUp, Balance{}); !errors.Is(err, ErrIllegalMove) {
		t.Errorf("an unknown verdict: %v", err)
	}
}

// Which verdicts a top-up lets an operator propose, with and without evidence
// against it.
func TestAVerdictFitsTheStateAndTheEvidence(t *testing.T) {
	t.Parallel()
	closed := time.Now()
	delivered, refused := Contradiction{Outcome: OutcomeDelivered}, Contradiction{Outcome: OutcomeRefused}
	answered := Contradiction{Outcome: OutcomeDelivered, ClosedAt: &closed}
	tests := []struct {
		status  Status
		against []Contradiction
		want    []Verdict
	}{
		{StatusQueued, nil, nil},
		{StatusSending, nil, nil},
		{StatusUnknown, nil, []Verdict{VerdictDelivered, VerdictNotDelivered}},
		{StatusSucceeded, nil, []Verdict{VerdictReverse}},
		{StatusSucceeded, []Contradiction{refused}, []Verdict{VerdictReverse, VerdictStands}},
		{StatusFailed, nil, nil},
		{StatusFailed, []Contradiction{delivered}, []Verdict{VerdictCharge, VerdictStands}},
		{StatusFailed, []Contradiction{answered}, nil},
		{StatusReversed, nil, nil},
		{StatusReversed, []Contradiction{refused}, []Verdict{VerdictStands}},
	}
	for _, tt := range tests {
		var got []Verdict
		for _, v := range Verdicts() {
			err := v.Decidable(TopUp{Status: tt.status}, tt.against)
			if err == nil {
				got = append(got, v)
			} else if !errors.Is(err, ErrIllegalMove) {
				t.Errorf("%s about %s: %v", v, tt.status, err)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s with %v: %v, want %v", tt.status, tt.against, got, tt.want)
		}
	}
}
