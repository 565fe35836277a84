package torture

// What operators do: adjustments with their approvals, decisions about top-ups,
// terms.

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/topup"
)

func usualReference(seed uint64, n int) string { return fmt.Sprintf("s%d-%d", seed, n) }

// newAccount makes a customer with its terms and a first credit.
func (h *history) newAccount() {
	h.named++
	c, _, err := h.world.office.AddCustomer(context.Background(), h.world.operators[0], topup.NewCustomer{Code: fmt.Sprintf("S%d-%d", h.seed, h.named), Name: "Abarrotes"})
	fine(err)
	a := &account{id: c.ID}
	if h.chance(0.3) {
		a.limit = h.between(1, 20_0000)
	}
	h.accounts = append(h.accounts, a)
	fine(exec(h.world.db.DB, `
		WITH agreed AS (UPDATE balances SET credit_limit = CAST($2 AS numeric) / 10000 WHERE customer_id = $1)
		INSERT INTO change_requests (id, kind, customer_id, before, after, note, state, number)
		SELECT gen_random_uuid(), 'credit_limit', $1, 0, CAST($2 AS numeric) / 10000, 'agreed', 'done', 1 WHERE CAST($2 AS numeric) > 0`, a.id, a.limit))
	h.setDiscount(a)
	h.ask(&adjustment{id: uuid.NewString(), of: a, amount: h.between(5_0000, 40_0000)}, h.operation("adjust", h.someone(), 0))
}

func (h *history) setRate() {
	fine(exec(h.world.db.DB, `INSERT INTO exchange_rates (mxn_per_usd) VALUES (CAST($1 AS numeric) / 1000000)`, h.rate))
}

func (h *history) setDiscount(a *account) {
	a.discount = pick(h, []int64{0, 0, 50_000, h.between(0, 150_000)})
	fine(exec(h.world.db.DB, `
		WITH was AS (
			SELECT discount AS before, CAST($2 AS numeric) / 1000000 AS after FROM customers WHERE id = $1
		), agreed AS (
			UPDATE customers SET discount = CAST($2 AS numeric) / 1000000 WHERE id = $1
		)
		INSERT INTO change_requests (id, kind, customer_id, before, after, note, state, number)
		SELECT gen_random_uuid(), 'discount', $1, before, after, 'agreed', 'done',
		       1 + (SELECT count(*) FROM change_requests WHERE kind = 'discount' AND customer_id = $1 AND state = 'done')
		FROM was WHERE before <> after`, a.id, a.discount))
}

// termsChange: a new rate or another discount; what was ordered keeps its price.
func (h *history) termsChange() {
	if h.chance(0.5) {
		h.rate = h.between(10_000000, 30_000000)
		h.setRate()
		h.tell("a dollar costs %d millionths of a peso", h.rate)
		return
	}
	a := pick(h, h.accounts)
	h.setDiscount(a)
	h.tell("customer %d has a discount of %d millionths", a.id, a.discount)
}

// approvalLimit is the engines' here: above it a second operator is needed.
const approvalLimit = 50_0000

func (h *history) adjust() {
	if len(h.adjustments) > 0 && h.chance(0.15) { // the same form, sent again
		a := pick(h, h.adjustments)
		if a.state != "" {
			h.ask(a, h.operation("adjust", h.someone(), 0.3))
			return
		}
	}
	a := &adjustment{id: uuid.NewString(), of: pick(h, h.accounts), amount: h.between(-20_0000, 30_0000), by: h.rng.IntN(len(h.world.operators))}
	if h.chance(0.2) {
		a.amount = h.between(50_0001, 90_0000)
	}
	if len(h.adjustments) > 0 && h.chance(0.2) { // an earlier one, undone by one the other way round
		earlier := pick(h, h.adjustments)
		a.of, a.amount = earlier.of, -earlier.amount
	}
	if a.amount == 0 {
		a.amount = 1
	}
	h.ask(a, h.operation("adjust", h.someone(), 0.3))
}

func (h *history) ask(a *adjustment, op *operation) {
	isNew := a.state == ""
	if isNew {
		h.adjustments = append(h.adjustments, a)
	}
	before := h.available(a.of)
	var got billing.Adjustment
	_, err := h.does(op, func(ctx context.Context) (err error) {
		given, err := op.on.engine.Adjust(ctx, h.world.operators[a.by], billing.Adjustment{
			ID: uuid.MustParse(a.id), CustomerID: a.of.id, Amount: billing.MustUSD(usd(a.amount)), Reason: billing.ReasonCorrection, Note: "as agreed",
		})
		if err == nil && !op.on.dead() {
			got = given
		}
		return err
	})
	h.tell("operator %d adjusts customer %d by %s %v: %s, %v", a.by, a.of.id, usd(a.amount), op.struck, got.State, err)
	var short billing.InsufficientBalanceError
	switch {
	case err == nil && isNew:
		h.posted(a, string(got.State))
	case err == nil && string(got.State) != a.state:
		h.fail("the adjustment of %s was %s, and sent again it is %s", usd(a.amount), a.state, got.State)
	case errors.As(err, &short):
		if before+a.amount >= 0 {
			h.fail("a debit of %s was refused, and %s was available", usd(a.amount), usd(before))
		}
	case op.unexpected(err):
		h.fail("the adjustment of %s: %v", usd(a.amount), err)
	case err != nil:
		a.doubtful = true
	}
}

// posted takes in what an adjustment became.
func (h *history) posted(a *adjustment, state string) {
	large := a.amount > approvalLimit || a.amount < -approvalLimit
	if large != (state == "waiting") {
		h.fail("an adjustment of %s is %s", usd(a.amount), state)
	}
	a.state = state
	if state == "posted" {
		a.of.adjusted += a.amount
	}
}

// decideAdjustment: a second operator, or the first, or nobody in time.
func (h *history) decideAdjustment() {
	waiting := keep(h.adjustments, func(a *adjustment) bool { return a.state == "waiting" })
	if len(waiting) == 0 {
		return
	}
	a, by, approve := pick(h, waiting), h.rng.IntN(len(h.world.operators)), h.chance(0.8)
	op := h.operation("decide", h.someone(), 0.3)
	_, err := h.does(op, func(ctx context.Context) error {
		_, err := op.on.engine.Decide(ctx, h.world.operators[by], uuid.MustParse(a.id), approve)
		return err
	})
	h.tell("operator %d decides %v about %s of operator %d %v: %v", by, approve, usd(a.amount), a.by, op.struck, err)
	var short billing.InsufficientBalanceError
	switch {
	case err == nil && by == a.by:
		h.fail("operator %d approved his own adjustment", by)
	case err == nil && approve:
		a.state = "posted"
		a.of.adjusted += a.amount
	case err == nil:
		a.state = "rejected"
	case errors.Is(err, billing.ErrOwnRequest) && by == a.by, errors.Is(err, billing.ErrAlreadyDecided), errors.As(err, &short) && h.available(a.of)+a.amount < 0:
	case op.unexpected(err):
		h.fail("the decision about %s: %v", usd(a.amount), err)
	default:
		a.doubtful = true
	}
}

// proposal is what one operator said about a top-up.
type proposal struct {
	id      uuid.UUID
	order   *order
	verdict billing.Verdict
	by      int
}

// propose lets an operator say what became of a top-up; he may be wrong.
func (h *history) propose() {
	about := h.accepted("unknown", "unknown", "unknown", "succeeded", "failed")
	if len(about) == 0 {
		return
	}
	o := pick(h, about)
	p := &proposal{id: uuid.New(), order: o, by: h.rng.IntN(len(h.world.operators))}
	switch o.status {
	case "succeeded":
		p.verdict = billing.VerdictReverse
	case "failed":
		p.verdict = billing.VerdictCharge
	default:
		p.verdict = billing.VerdictNotDelivered
		if h.delivered()[o.distTransID] > 0 == h.chance(0.8) {
			p.verdict = billing.VerdictDelivered
		}
	}
	op := h.operation("propose", h.someone(), 0.2)
	_, err := h.does(op, func(ctx context.Context) error {
		return op.on.engine.Propose(ctx, h.world.operators[p.by], billing.Decision{
			ID: p.id, TopUpID: billing.TopUpID{UUID: uuid.MustParse(o.id)}, Verdict: p.verdict, Reason: billing.DecisionStatement, Note: "line 12",
		})
	})
	h.tell("operator %d says %s of %s, which is %s %v: %v", p.by, p.verdict, o.reference, o.status, op.struck, err)
	if err == nil || !op.unexpected(err) {
		h.proposals = append(h.proposals, p) // in doubt, too: then confirming it will tell
		return
	}
	uncharged := errors.Is(err, billing.ErrIllegalMove) && p.verdict == billing.VerdictCharge // there is no evidence
	if !errors.Is(err, billing.ErrTaken) && !uncharged {
		h.fail("the proposal about %s: %v", o.reference, err)
	}
}

// confirm lets a second operator, or the first, agree or disagree.
func (h *history) confirm() {
	if len(h.proposals) == 0 {
		return
	}
	p := pick(h, h.proposals)
	by, agrees := h.rng.IntN(len(h.world.operators)), h.chance(0.85)
	op := h.operation("confirm", h.someone(), 0.3)
	_, err := h.does(op, func(ctx context.Context) error {
		if agrees {
			return op.on.engine.Confirm(ctx, h.world.operators[by], p.id)
		}
		return op.on.engine.Disagree(ctx, h.world.operators[by], p.id, "no")
	})
	h.tell("operator %d agrees %v with %s of %s, which is %s %v: %v", by, agrees, p.verdict, p.order.reference, p.order.status, op.struck, err)
	var short billing.InsufficientBalanceError
	switch {
	case err == nil && by == p.by:
		h.fail("operator %d confirmed his own", by)
	case err == nil:
		h.proposals = keep(h.proposals, func(other *proposal) bool { return other != p })
	case errors.Is(err, billing.ErrOwnRequest) && by == p.by, errors.Is(err, billing.ErrAlreadyDecided), errors.Is(err, billing.ErrNotFound),
		errors.As(err, &short) && h.available(p.order.of) < p.order.price:
	case op.unexpected(err):
		h.fail("the word about %s of %s: %v", p.verdict, p.order.reference, err)
	}
}
