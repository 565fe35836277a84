package billing

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func TestWhoMayBeTheSecondOperator(t *testing.T) {
	t.Parallel()
	id := func(n int64) *int64 { return &n }
	later := time.Now()
	for name, tt := range map[string]struct {
		requester *int64
		decider   OperatorStanding
		want      error
	}{
		"another":                            {id(1), OperatorStanding{ID: 2}, nil},
		"himself":                            {id(1), OperatorStanding{ID: 1}, ErrOwnRequest},
		"an account that he made":            {id(1), OperatorStanding{ID: 2, MadeBy: id(1)}, ErrOwnMaking},
		"an account that a third made":       {id(1), OperatorStanding{ID: 2, MadeBy: id(3)}, nil},
		"one who made the requester's":       {id(2), OperatorStanding{ID: 1, MadeBy: nil}, nil},
		"an account of the broken glass":     {id(1), OperatorStanding{ID: 2, ApprovesFrom: &later, ApprovesLater: true}, ErrApprovesLater},
		"the same a day later":               {id(1), OperatorStanding{ID: 2, ApprovesFrom: &later}, nil},
		"anybody for the command line":       {nil, OperatorStanding{ID: 2, MadeBy: id(1)}, nil},
		"not yet for the command line":       {nil, OperatorStanding{ID: 2, ApprovesLater: true}, ErrApprovesLater},
		"himself, before anything else said": {id(1), OperatorStanding{ID: 1, MadeBy: id(1), ApprovesLater: true}, ErrOwnRequest},
	} {
		if err := MayDecide(tt.requester, tt.decider); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestATopUpTakesTwoOperatorsUnlessApprovalsAreOff(t *testing.T) {
	t.Parallel()
	one := int64(1)
	for name, tt := range map[string]struct {
		decider OperatorStanding
		limit   string
		alone   bool
		want    error
	}{
		"another":                     {OperatorStanding{ID: 2}, "1000", false, nil},
		"the proposer":                {OperatorStanding{ID: 1}, "1000", false, ErrOwnRequest},
		"his second account":          {OperatorStanding{ID: 2, MadeBy: &one}, "1000", false, ErrOwnMaking},
		"another, approvals off":      {OperatorStanding{ID: 2}, "0", false, nil},
		"the proposer, approvals off": {OperatorStanding{ID: 1}, "0", true, nil},
	} {
		alone, err := MayConfirm(1, tt.decider, MustUSD(tt.limit))
		if alone != tt.alone || !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, %v", name, alone, err)
		}
	}
}

func TestWhatGoesFarWaitsForASecondOperator(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	for _, tt := range []struct {
		kind          ChangeKind
		before, after string
		also          string // what it is measured from besides
		limit         string
		want          bool
	}{
		{ChangeRate, "18", "18.9", "", "1000", false}, // 5 % exactly
		{ChangeRate, "18", "18.900001", "", "1000", true},
		{ChangeRate, "18", "17.1", "", "1000", false},
		{ChangeRate, "18", "17.099999", "", "1000", true},
		{ChangeRate, "18", "18", "", "1000", false},
		{ChangeRate, "18", "36", "", "1000", true},
		{ChangeRate, "18.9", "19.8", "18", "1000", true}, // two steps of less than 5 %
		{ChangeRate, "18", "18", "21", "1000", true},     // takes back what is planned
		{ChangeRate, "18", "36", "", "0", false},         // approvals are off
		{ChangeCreditLimit, "0", "1000", "", "1000", false},
		{ChangeCreditLimit, "0", "1000.0001", "", "1000", true},
		{ChangeCreditLimit, "5000", "6000", "", "1000", false},
		{ChangeCreditLimit, "5900", "6000", "5000", "1000", false},
		{ChangeCreditLimit, "5900", "6001", "5000", "1000", true},
		{ChangeCreditLimit, "90000", "0", "", "1000", false}, // less is never too much
		{ChangeCreditLimit, "0", "90000", "", "0", false},
		{ChangeDiscount, "0.05", "0.050001", "", "1000", true},
		{ChangeDiscount, "0.05", "0.01", "", "1000", false},
		{ChangeDiscount, "0.01", "0.05", "", "1000", true},
		{ChangeDiscount, "0.01", "0.05", "", "0", false},
	} {
		c := ChangeRequest{Kind: tt.kind, Before: d(tt.before), After: d(tt.after)}
		var also []decimal.Decimal
		if tt.also != "" {
			also = append(also, d(tt.also))
		}
		if got := c.NeedsApproval(MustUSD(tt.limit), also...); got != tt.want {
			t.Errorf("%s from %s (and %q) to %s, limit %s: %v", tt.kind, tt.before, tt.also, tt.after, tt.limit, got)
		}
	}
}

func TestAChangeSaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind                ChangeKind
		before, after, note string
		wrong               string
	}{
		{ChangeRate, "18", "18", "again", ""},
		{ChangeRate, "18", "0", "x", "after"},
		{ChangeDiscount, "0", "1", "x", "after"},
		{ChangeDiscount, "0.05", "0.05", "x", "after"},
		{ChangeCreditLimit, "5", "-1", "x", "after"},
		{ChangeCreditLimit, "5", "5", "x", "after"},
		{ChangeCreditLimit, "5", "6", " ", "note"},
		{ChangeCreditLimit, "5", "0", "x", ""},
	} {
		c := ChangeRequest{Kind: tt.kind, Before: decimal.RequireFromString(tt.before), After: decimal.RequireFromString(tt.after), Note: tt.note}
		var wrong ValidationError
		if err := c.Check(); errors.As(err, &wrong) != (tt.wrong != "") || tt.wrong != "" && wrong[tt.wrong] == "" {
			t.Errorf("%s to %s, %q: %v", tt.kind, tt.after, tt.note, err)
		}
	}
}

func TestACreditLimitCoversWhatIsOwed(t *testing.T) {
	t.Parallel()
	b := Balance{Posted: MustUSD("-30"), Held: MustUSD("12.5"), CreditLimit: MustUSD("100")}
	after, err := b.WithCreditLimit(MustUSD("42.5"))
	if err != nil || after.Available().Sign() != 0 {
		t.Errorf("available %s, %v", after.Available(), err)
	}
	var low CreditLimitError
	if _, err := b.WithCreditLimit(MustUSD("42.4999")); !errors.As(err, &low) || low.Lowest.String() != "42.5000" {
		t.Errorf("got %v", err)
	}
	if _, err := (Balance{Posted: MustUSD("5")}).WithCreditLimit(USD{}); err != nil {
		t.Errorf("nothing is owed: %v", err)
	}
}
