package torture

// The end of a history: everything is well again, and nothing may be left over.

import (
	"context"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// end lets the world recover by itself: within a minute nothing lies under way any
// more, within some more nothing is queued. Then the desk settles what only people
// can, and what was captured is what was delivered.
func (h *history) end() {
	h.tell("the world is well again")
	h.latcomIsWell()
	for _, i := range h.world.instances {
		if i.paused {
			h.goOn(i)
		}
	}
	for len(h.flights) > 0 {
		h.land(h.flights[0])
	}
	h.look()
	h.recover()
	h.settleAll()
	h.look()
	h.balanced()
}

// recover is what the sweep of any living instance has to do alone.
func (h *history) recover() {
	for turn := range 200 {
		h.pass(30 * time.Second)
		for _, i := range h.world.instances {
			fine(i.engine.Turn(context.Background()))
		}
		if left := h.leftSending(); left != "" && turn > 0 {
			h.fail("%s is under way a minute after everything was well", left)
		}
		h.workAll()
		h.look()
		if len(h.accepted("queued", "sending")) == 0 {
			return
		}
	}
	h.fail("%d top-ups are queued for ever", len(h.accepted("queued", "sending")))
}

// leftSending names a top-up that is under way while nobody works.
func (h *history) leftSending() (reference string) {
	h.query(`SELECT reference FROM topups WHERE customer_id >= $1 AND status = 'sending'`, func(scan func(...any) error) error {
		return scan(&reference)
	}, h.accounts[0].id)
	return reference
}

// workAll works every job once, and nothing goes wrong with it.
func (h *history) workAll() {
	for n := range 200 {
		op := &operation{name: "work", on: h.someone()}
		if n == 199 {
			h.fail("the jobs do not end")
		}
		row := h.claimDue(op.on)
		if row == nil {
			return
		}
		o := h.orderOf(row)
		over, err := h.does(op, h.workOf(op, row))
		h.tell("%s works %s of %s: %v", op.on.name, row.Kind, o.reference, err)
		h.worked(op, row, o, over, err)
	}
}

// settleAll lets two operators say of every unknown what the witness saw.
func (h *history) settleAll() {
	delivered := h.delivered()
	for _, o := range h.accepted("unknown") {
		h.disagree(o)
		d := billing.Decision{
			ID: uuid.New(), TopUpID: billing.TopUpID{UUID: uuid.MustParse(o.id)}, Verdict: billing.VerdictNotDelivered,
			Reason: billing.DecisionStatement, Note: "line 12",
		}
		if delivered[o.distTransID] > 0 {
			d.Verdict = billing.VerdictDelivered
		}
		h.tell("two operators say %s of %s", d.Verdict, o.reference)
		h.world.tally.add("unknowns settled at the desk")
		fine(h.someone().engine.Propose(context.Background(), h.world.operators[0], d))
		fine(h.someone().engine.Confirm(context.Background(), h.world.operators[1], d.ID))
	}
}

// disagree ends a proposal that waits, so that there can be another.
func (h *history) disagree(o *order) {
	var waiting, by string
	h.query(`SELECT CAST(d.id AS text), o.name FROM decisions d JOIN operators o ON o.id = d.proposed_by WHERE d.topup_id = CAST($1 AS uuid) AND d.state = 'waiting'`,
		func(scan func(...any) error) error { return scan(&waiting, &by) }, o.id)
	if waiting == "" {
		return
	}
	other := keep(h.world.operators, func(a billing.Actor) bool { return a.Name != by })[0]
	fine(h.someone().engine.Disagree(context.Background(), other, uuid.MustParse(waiting), "no"))
}

// balanced: but for what operators decided otherwise, what was captured is what
// was delivered.
func (h *history) balanced() {
	delivered := h.delivered()
	for _, o := range h.orders {
		if !o.accepted {
			continue
		}
		h.world.tally.add("top-ups compared with Latcom")
		h.world.tally.add("top-ups " + o.status)
		paid := o.status == "succeeded" || o.status == "reversed"
		if paid != (delivered[o.distTransID] > 0) && o.verdict == "" {
			h.fail("%s is %s, and was delivered %d times", o.reference, o.status, delivered[o.distTransID])
		}
	}
	h.world.tally.addN("deliveries compared", len(delivered))
}
