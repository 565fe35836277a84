package torture

// The model of the books: integers of ten-thousandths of a dollar, and nothing of
// the product's.

import (
	"fmt"
	"math/big"
)

// account is a customer's.
type account struct {
	id       int64
	limit    int64
	discount int64 // millionths
	adjusted int64 // what the posted adjustments add up to
}

// order is a top-up that somebody asked for.
type order struct {
	of        *account
	reference string
	phone     string
	centavos  int64
	price     int64 // as it must be, by the terms of the moment

	accepted bool // it stands in the books
	doubtful bool // nobody knows yet: whoever asked got no answer

	id, distTransID string // as given
	status, failure string // as last seen
	verdict         string // what two operators said: delivered, not_delivered
	reversed        bool   // by two operators
	charged         bool   // by two operators
}

// open says whether its price is held.
func (o *order) open() bool {
	return o.status == "queued" || o.status == "sending" || o.status == "unknown"
}

// paid says whether its price was taken.
func (o *order) paid() bool { return o.status == "succeeded" || o.charged }

// adjustment is an operator's.
type adjustment struct {
	id       string
	of       *account
	amount   int64
	by       int // operator
	state    string
	doubtful bool
}

// books are all of them.
type books struct {
	accounts    []*account
	orders      []*order
	adjustments []*adjustment
	rate        int64 // millionths of a peso per dollar
}

func (b *books) balance(a *account) int64 {
	sum := a.adjusted
	for _, o := range b.orders {
		if o.accepted && o.of == a && o.paid() {
			sum -= o.price
		}
	}
	return sum
}

func (b *books) held(a *account) int64 {
	sum := int64(0)
	for _, o := range b.orders {
		if o.accepted && o.of == a && o.open() {
			sum += o.price
		}
	}
	return sum
}

func (b *books) available(a *account) int64 { return b.balance(a) - b.held(a) + a.limit }

// price is half up, once: centavos/100 · (1 − discount) ÷ rate, in ten-thousandths.
func (b *books) price(a *account, centavos int64) int64 {
	above := new(big.Int).Mul(big.NewInt(100*centavos), big.NewInt(1_000_000-a.discount))
	below := big.NewInt(b.rate)
	above.Mul(above, big.NewInt(2)).Add(above, below)
	return above.Div(above, below.Mul(below, big.NewInt(2))).Int64()
}

// moves is the state machine, as the contract draws it.
var moves = map[string][]string{
	"":          {"queued"},
	"queued":    {"sending", "failed"},
	"sending":   {"queued", "succeeded", "failed", "unknown"},
	"unknown":   {"succeeded", "failed"},
	"succeeded": {"reversed"},
}

// reachable says whether a top-up can have gone from one state to another, in as
// many moves as it takes.
func reachable(from, to string) bool {
	seen, next := map[string]bool{from: true}, []string{from}
	for len(next) > 0 {
		state := next[0]
		next = next[1:]
		if state == to {
			return true
		}
		for _, s := range moves[state] {
			if !seen[s] {
				seen[s], next = true, append(next, s)
			}
		}
	}
	return false
}

// usd writes ten-thousandths as the product reads them.
func usd(units int64) string {
	sign := ""
	if units < 0 {
		sign, units = "-", -units
	}
	return fmt.Sprintf("%s%d.%04d", sign, units/10000, units%10000)
}

func mxn(centavos int64) string { return fmt.Sprintf("%d.%02d", centavos/100, centavos%100) }
