package torture

// The steps: what customers, operators, the queue, the machines and the world do.

import (
	"context"
	"errors"
	"time"

	"latcom.example/latcom-billing/billing"
)

// step draws one.
func (h *history) step() {
	kinds := []struct {
		weight int
		do     func()
	}{
		{20, h.orderOne},
		{8, h.orderMany},
		{6, h.replay},
		{2, h.reuse},
		{24, h.workOne},
		{7, h.workMany},
		{8, h.adjust},
		{4, h.decideAdjustment},
		{9, h.propose},
		{9, h.confirm},
		{7, h.turn},
		{7, h.letTimePass},
		{3, h.kill},
		{4, h.standStill},
		{6, h.release},
		{4, h.meddle},
		{3, h.latcomChanges},
		{3, h.termsChange},
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	drawn := h.rng.IntN(total)
	for _, k := range kinds {
		if drawn -= k.weight; drawn < 0 {
			k.do()
			h.world.tally.add("steps")
			return
		}
	}
}

// newOrder is one that nobody has asked for yet.
func (h *history) newOrder() *order {
	h.named++
	a := pick(h, h.accounts)
	centavos := h.between(20_00, 200_00)
	o := &order{of: a, reference: usualReference(h.seed, h.named), phone: h.phone(), centavos: centavos, price: h.price(a, centavos)}
	h.orders = append(h.orders, o)
	return o
}

func (o *order) asked() billing.Order {
	return billing.Order{CustomerID: o.of.id, Reference: o.reference, Phone: billing.Phone("+52" + o.phone), Amount: billing.MustMXN(mxn(o.centavos))}
}

// answer is what a reseller was told.
type answer struct {
	topUp    billing.TopUp
	replayed bool
	err      error
}

func (h *history) accept(op *operation, o *order) (a answer) {
	answers := make(chan answer, 1)
	_, err := h.does(op, func(ctx context.Context) error {
		t, replayed, err := op.on.engine.Accept(ctx, o.asked())
		answers <- answer{t, replayed, err}
		return err
	})
	if errors.Is(err, errCrashed) {
		return answer{err: err}
	}
	return <-answers
}

func (h *history) orderOne() {
	o, op := h.newOrder(), h.operation("order", h.someone(), 0.3)
	affordable := h.available(o.of) >= o.price
	h.hears(o, op, h.accept(op, o))
	if o.accepted && !affordable {
		h.fail("%s of %s was accepted, and %s was available", o.reference, usd(o.price), usd(h.available(o.of)))
	}
}

// hears takes an answer to a new order in.
func (h *history) hears(o *order, op *operation, a answer) {
	h.tell("%s asks %s for %s: %s MXN for %s, %s USD %v: %s, %v", "customer", op.on.name, o.reference, mxn(o.centavos), o.phone, usd(o.price), op.struck, a.topUp.Status, a.err)
	var short billing.InsufficientBalanceError
	var away billing.UnavailableError
	switch {
	case a.err == nil:
		h.isAnswered(o, a)
	case errors.As(a.err, &short):
		if h.available(o.of) >= o.price {
			h.fail("%s of %s was refused, and %s was available", o.reference, usd(o.price), usd(h.available(o.of)))
		}
	case errors.As(a.err, &away):
		// An instance may take it for open for a second after it was closed.
		if !h.breakerOpened && !h.breakerIsOpen() && !op.on.engine.Breaker().Open {
			h.fail("%s was refused without a cause: %v", o.reference, a.err)
		}
	case op.unexpected(a.err):
		h.fail("the order %s: %v", o.reference, a.err)
	default:
		o.doubtful = true
	}
}

func (h *history) breakerIsOpen() (open bool) {
	fine(h.world.db.QueryRowContext(context.Background(), `SELECT opened_at IS NOT NULL OR failures > 0 FROM breaker`).Scan(&open))
	return open
}

// isAnswered: who was told that an order stands is told the same for ever.
func (h *history) isAnswered(o *order, a answer) {
	id := a.topUp.ID.UUID.String()
	if o.id != "" && o.id != id {
		h.fail("%s was answered as %s, and now as %s", o.reference, o.id, id)
	}
	o.id, o.distTransID, o.accepted, o.doubtful = id, a.topUp.DistTransID, true, false
	if o.status == "" {
		o.status = "queued"
	}
	if got := a.topUp.Price.String(); got != usd(o.price) {
		h.fail("%s costs %s, not %s", o.reference, got, usd(o.price))
	}
}

// orderMany lets several ask at once, each at an instance of his choice; some with
// the same reference.
func (h *history) orderMany() {
	type asked struct {
		o  *order
		op *operation
		a  chan answer
	}
	all := []asked{}
	n := 2 + h.rng.IntN(5)
	for len(all) < n {
		o := h.newOrder()
		o.of = h.accounts[0]
		o.price = h.price(o.of, o.centavos)
		for range 1 + h.rng.IntN(2) {
			all = append(all, asked{o, h.operation("order", h.someone(), 0.05), make(chan answer, 1)})
		}
	}
	ops := make([]*operation, len(all))
	for n, one := range all {
		ops[n], one.op.beside = one.op, ops
	}
	for _, one := range all {
		one.op.start(func(ctx context.Context) error {
			t, replayed, err := one.op.on.engine.Accept(ctx, one.o.asked())
			one.a <- answer{t, replayed, err}
			return err
		})
	}
	h.tell("%d orders at once", len(all))
	answers := make([]answer, len(all))
	for n, one := range all {
		_, err, hangs := one.op.settles()
		switch {
		case hangs:
			h.fail("the order %s does not end", one.o.reference)
		case errors.Is(err, errCrashed):
			answers[n] = answer{err: err}
		default:
			answers[n] = <-one.a
		}
	}
	h.bury()
	for n, one := range all { // first what was accepted, which is what the others were refused for
		if answers[n].err == nil {
			h.hears(one.o, one.op, answers[n])
		}
	}
	h.learn()
	for n, one := range all {
		if answers[n].err != nil {
			h.hears(one.o, one.op, answers[n])
		}
	}
}

// learn reads which of the orders in doubt stand, before others are judged by it.
func (h *history) learn() {
	for _, o := range h.orders {
		if o.accepted {
			continue
		}
		var there bool
		fine(h.world.db.QueryRowContext(context.Background(), `SELECT EXISTS (SELECT FROM topups WHERE customer_id = $1 AND reference = $2)`, o.of.id, o.reference).Scan(&there))
		if there {
			o.accepted, o.doubtful, o.status = true, true, "queued"
		}
	}
}

// replay asks again for what was asked for: the answer is the original.
func (h *history) replay() {
	if len(h.orders) == 0 {
		return
	}
	o, op := pick(h, h.orders), h.operation("order", h.someone(), 0.15)
	was := o.accepted
	if !was {
		o.price = h.price(o.of, o.centavos) // it was not accepted: now it is a new one
	}
	a := h.accept(op, o)
	h.hears(o, op, a)
	if was && a.err == nil && !a.replayed {
		h.fail("%s was accepted twice", o.reference)
	}
	if was && a.err != nil && !op.hit() && !op.on.dead() {
		h.fail("%s was accepted, and its replay is refused: %v", o.reference, a.err)
	}
}

// reuse asks for something else under a reference that is taken.
func (h *history) reuse() {
	taken := h.accepted("queued", "sending", "unknown", "succeeded", "failed", "reversed")
	if len(taken) == 0 {
		return
	}
	o, op := *pick(h, taken), h.operation("order", h.someone(), 0)
	o.centavos += 1
	if a := h.accept(op, &o); !errors.Is(a.err, billing.ErrReferenceReused) {
		h.fail("%s for another amount: %v", o.reference, a.err)
	}
}

// turn is an instance's periodic work.
func (h *history) turn() {
	op := h.operation("turn", h.someone(), 0.3)
	_, err := h.does(op, op.on.engine.Turn)
	h.tell("%s has its turn %v: %v", op.on.name, op.struck, err)
	if op.unexpected(err) {
		h.fail("the turn of %s: %v", op.on.name, err)
	}
}

func (h *history) letTimePass() {
	by := pick(h, []time.Duration{time.Second, 10 * time.Second, 25 * time.Second, 40 * time.Second, 2 * time.Minute, 4 * time.Minute, 16 * time.Minute, 31 * time.Minute, 25 * time.Hour})
	if len(h.flights) > 0 {
		by = min(by, longestHeld)
	}
	h.pass(by)
}

// kill ends an instance that does nothing, or holds still at Latcom.
func (h *history) kill() {
	i := pick(h, h.world.instances)
	h.tell("%s is killed", i.name)
	h.world.tally.add("crash between steps")
	i.die()
	h.latcom.calm()
	h.bury()
}

// standStill stops an instance as SIGSTOP does, or lets one go on.
func (h *history) standStill() {
	for _, i := range h.world.instances {
		if i.paused {
			h.goOn(i)
			return
		}
	}
	i := h.someone()
	h.tell("%s stands still", i.name)
	h.world.tally.add("instance stands still")
	i.paused = true
	if len(h.awake()) == 0 {
		h.launch()
	}
}

func (h *history) goOn(i *instance) {
	h.tell("%s goes on", i.name)
	i.paused = false
	fine(i.engine.Turn(context.Background()))
}

// latcomChanges: Latcom hangs, fails, refuses logins, forgets them, or is well.
func (h *history) latcomChanges() {
	h.latcomIsWell()
	switch h.rng.IntN(6) {
	case 0:
		h.tell("Latcom hangs")
		h.world.tally.add("Latcom hangs")
		h.latcom.Hang(true)
	case 1:
		h.tell("Latcom fails")
		h.world.tally.add("Latcom fails")
		h.latcom.Fail(true)
	case 2:
		h.tell("Latcom refuses logins")
		h.world.tally.add("Latcom refuses logins")
		h.latcom.RefuseLogins(true)
		h.latcom.EndTokens()
	case 3:
		h.tell("Latcom forgets the logins")
		h.world.tally.add("Latcom forgets the logins")
		h.latcom.EndTokens()
	default:
		h.tell("Latcom is well")
	}
}

func (h *history) latcomIsWell() {
	h.latcom.Hang(false)
	h.latcom.Fail(false)
	h.latcom.RefuseLogins(false)
}
