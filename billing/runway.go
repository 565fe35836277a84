package billing

// How long money lasts: an estimate for people, never a rule about money.

import (
	"time"

	"github.com/shopspring/decimal"
)

// Spending is how fast money goes: Amount every Period. The zero Spending says
// that nothing is known about it.
type Spending struct {
	Amount USD
	Period time.Duration
}

// Known says whether a runway can be told from it.
func (s Spending) Known() bool { return s.Amount.Sign() > 0 && s.Period >= time.Second }

// PresentSpending is the pace of the last 60 minutes; of the day so far when
// nothing was spent within them.
func PresentSpending(lastHour, today USD, sinceMidnight time.Duration) Spending {
	if lastHour.Sign() > 0 {
		return Spending{Amount: lastHour, Period: time.Hour}
	}
	return Spending{Amount: today, Period: sinceMidnight}
}

// NoRunway is the runway of who spends nothing: there is none to tell.
const NoRunway = time.Duration(-1)

// LongestRunway is where a runway stops: a duration holds no more than 290 years.
const LongestRunway = 10 * 365 * 24 * time.Hour

// Runway is how long what is available lasts if the spending goes on, cut to
// seconds; NoRunway when nothing is spent, 0 when nothing is available.
func Runway(available USD, s Spending) time.Duration {
	if available.Sign() <= 0 {
		return 0
	}
	if !s.Known() {
		return NoRunway
	}
	return lasts(available.amount, s.Amount.amount, s.Period)
}

// lasts is how long an amount lasts when another is spent in each period; both are
// above zero and in one currency.
func lasts(amount, spent decimal.Decimal, period time.Duration) time.Duration {
	seconds := amount.Mul(decimal.NewFromInt(int64(period / time.Second))).Div(spent)
	if seconds.GreaterThan(decimal.NewFromInt(int64(LongestRunway / time.Second))) {
		return LongestRunway
	}
	return time.Duration(seconds.IntPart()) * time.Second
}

// A runway below these is low, or medium, whatever the customer's own thresholds
// say: within two hours nobody pays in who does not know that it is urgent, and
// within eight it has to be done today.
const (
	LowRunway    = 2 * time.Hour
	MediumRunway = 8 * time.Hour
)

// LevelWith is the lower one of two levels: that of the customer's own thresholds,
// and that of its runway. NoRunway says nothing against it.
func (c Customer) LevelWith(runway time.Duration) Level {
	level := c.Level()
	switch {
	case runway < 0, level == LevelLow:
		return level
	case runway < LowRunway:
		return LevelLow
	case runway < MediumRunway:
		return LevelMedium
	}
	return level
}

// CheckLevels says what is wrong with a customer's thresholds, by field.
func CheckLevels(low, medium USD) error {
	wrong := ValidationError{}
	if low.Sign() < 0 {
		wrong["low"] = "A threshold is not below zero"
	}
	if medium.Cmp(low) < 0 {
		wrong["medium"] = "Medium begins above low"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}
