package topup

// Orders that are taken in together, in one transaction: each with its own answer.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// arrival is an order on its way in.
type arrival struct {
	order billing.Order
	also  func(*store.Tx, billing.TopUp) error // writes what else belongs to a new top-up; nil: nothing does

	topUp    billing.TopUp
	cost     billing.MXN      // reserved of the float
	repeated *billing.TopUpID // of the top-up that has its reference already
	replayed bool             // and is the same order: topUp is it
	err      error
	done     chan struct{}
}

func newArrival(o billing.Order, also func(*store.Tx, billing.TopUp) error) *arrival {
	return &arrival{order: o, also: also, done: make(chan struct{})}
}

// begin forgets what an earlier try came to.
func (a *arrival) begin() {
	o := a.order
	a.topUp = billing.TopUp{
		ID: billing.NewTopUpID(), CustomerID: o.CustomerID, Reference: o.Reference, Phone: o.Phone, Amount: o.Amount,
		DistTransID: newDistTransID(), Metadata: o.Metadata, APIKeyID: o.APIKeyID, FromAddress: o.FromAddress,
	}
	a.cost, a.repeated, a.replayed, a.err = billing.MXN{}, nil, false, nil
}

func (a *arrival) name() store.Named {
	return store.Named{CustomerID: a.order.CustomerID, Reference: a.order.Reference}
}

// orderer is who orders, as the store asks for accounts.
func (a *arrival) orderer() store.Orderer {
	o := store.Orderer{CustomerID: a.order.CustomerID}
	if a.order.APIKeyID != nil {
		o.KeyID = *a.order.APIKeyID
	}
	return o
}

// goesAlone says whether an order writes more than itself before it is decided, or
// is found by more than its reference: then what becomes of it must not be mixed
// with others.
func (a *arrival) goesAlone() bool {
	return a.also != nil || a.order.Quote != nil || a.order.Override != "" || a.order.Unnamed > 0
}

// takeIn decides a group of orders, and returns those that come after it. A fault of
// the database that one of them may have caused is not held against the others: then
// each goes on its own.
func (e *Engine) takeIn(ctx context.Context, group []*arrival) (left []*arrival) {
	left, err := e.takeInTogether(ctx, group)
	now := without(group, left)
	for _, a := range now {
		if err != nil {
			a.err = err
		}
		e.float.settle(a.cost, a.err == nil && !a.replayed)
	}
	if err != nil && len(now) > 1 && !store.Away(err) {
		e.log.WarnContext(ctx, "a group of orders failed; each is taken in on its own", "orders", len(now), "error", err)
		for _, a := range now {
			e.takeIn(ctx, []*arrival{a})
		}
		return left
	}
	for _, a := range now {
		close(a.done)
	}
	return left
}

// takeInTogether is one transaction. An order that is refused is only that; an error
// is a fault, and nothing of the group is certain. What comes after it is left: those
// whose accounts others have locked, when there are several, and those that have to
// see what became of one before them.
func (e *Engine) takeInTogether(ctx context.Context, group []*arrival) (left []*arrival, err error) {
	for _, a := range group {
		a.begin()
	}
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		in := &intake{engine: e, tx: tx, alone: len(group) == 1}
		if left, err = in.open(ctx, group); err != nil {
			return err
		}
		for _, a := range without(group, left) {
			switch a.err = in.take(ctx, a); {
			case errors.Is(a.err, errAfter):
				left = append(left, a)
			case a.err != nil && (in.alone || !refuses(a.err)):
				return a.err
			}
		}
		return in.write(ctx)
	})
	return left, err
}

// errAfter means that an order has to see what becomes of one in the same group.
var errAfter = errors.New("after the group")

// refuses says whether an error is an answer to an order, and no fault.
func refuses(err error) bool {
	for _, refusal := range []error{
		billing.ErrReferenceReused, billing.ErrSuspended, billing.ErrKeyEnded, billing.ErrNoRate, billing.ErrNotFound,
		billing.ErrQuoteExpired, billing.ErrQuoteUsed, billing.ErrQuoteMismatch,
	} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return isA[billing.AmountError](err) || isA[billing.InsufficientBalanceError](err) || isA[billing.DailyCapError](err) || isA[billing.KeyCapError](err) ||
		isA[billing.RecentlyToppedUpError](err) || isA[billing.UnavailableError](err) || isA[billing.PriceChangedError](err)
}

func isA[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func without(group, left []*arrival) []*arrival {
	if len(left) == 0 {
		return group
	}
	out := map[*arrival]bool{}
	for _, a := range left {
		out[a] = true
	}
	rest := make([]*arrival, 0, len(group))
	for _, a := range group {
		if !out[a] {
			rest = append(rest, a)
		}
	}
	return rest
}

// intake is the transaction of a group, and what it knows: the accounts, locked, as
// they are after the orders taken in so far. These are written at the end, at once.
type intake struct {
	engine *Engine
	tx     *store.Tx
	alone  bool // of one order, which may write more than itself

	accounts map[store.Orderer]store.Account
	balances map[int64]billing.Balance
	earlier  map[store.Named]billing.TopUp // of the references
	pauses   []billing.Pause

	day        day                   // whose caps count
	ofCustomer map[int64]billing.USD // spent on it, where there is a cap
	ofKey      map[int64]billing.USD

	named  map[store.Named]bool // taken in
	topUps []*billing.TopUp     // taken in, and not written yet
	holds  []billing.Entry
}

// open locks the accounts and reads what the orders are decided by.
func (in *intake) open(ctx context.Context, group []*arrival) (left []*arrival, err error) {
	who, customers := []store.Orderer{}, map[int64]bool{}
	asked := map[store.Orderer]bool{}
	for _, a := range group {
		customers[a.order.CustomerID] = true
		if o := a.orderer(); !asked[o] {
			asked[o] = true
			who = append(who, o)
		}
	}
	if in.accounts, err = in.tx.LockAccounts(ctx, who, len(customers) == 1); err != nil {
		return nil, err
	}
	in.balances, in.named = make(map[int64]billing.Balance, len(customers)), map[store.Named]bool{}
	in.ofCustomer, in.ofKey = map[int64]billing.USD{}, map[int64]billing.USD{}
	for _, account := range in.accounts {
		in.balances[account.CustomerID] = account.Balance
	}
	names := make([]store.Named, 0, len(group))
	for _, a := range group {
		if _, open := in.balances[a.order.CustomerID]; !open && len(customers) > 1 {
			left = append(left, a)
		} else if a.order.Unnamed == 0 {
			names = append(names, a.name())
		}
	}
	// All orders of a customer wait for the lock above, so this look decides.
	if in.earlier, err = in.tx.TopUpsByReference(ctx, names); err != nil {
		return left, err
	}
	in.pauses, err = in.tx.Pauses(ctx)
	return left, err
}

// take decides one order. Until it is taken in, nothing is written that a refusal
// would have to undo, unless the order is alone.
func (in *intake) take(ctx context.Context, a *arrival) error {
	o := a.order
	found, err := in.original(ctx, a)
	if err == nil {
		a.topUp, a.replayed, err = replayOf(found, o)
		a.repeated = &found.ID
		return err
	}
	if !errors.Is(err, billing.ErrNotFound) {
		return err
	}
	if err := in.engine.admit(o.CustomerID); err != nil {
		return err
	}
	account, ok := in.accounts[a.orderer()]
	if !ok {
		return fmt.Errorf("account of customer %d: %w", o.CustomerID, billing.ErrNotFound)
	}
	account.Balance = in.balances[o.CustomerID]
	quote, err := in.price(ctx, account, a)
	if err != nil {
		return err
	}
	if err := in.guard(ctx, account, o); err != nil {
		return err
	}
	a.topUp.PriceBy(quote)
	if err := in.engine.float.reserve(a.topUp.Cost, time.Now()); err != nil {
		return err
	}
	a.cost = a.topUp.Cost
	if err := in.hold(ctx, account, a); err != nil {
		in.engine.float.settle(a.cost, false)
		a.cost = billing.MXN{}
		return err
	}
	return in.finishAlone(ctx, a)
}

// original is the top-up that an order was before; billing.ErrNotFound when it is a
// new one.
func (in *intake) original(ctx context.Context, a *arrival) (billing.TopUp, error) {
	if a.order.Unnamed > 0 {
		return original(ctx, in.tx, a.order)
	}
	if in.named[a.name()] {
		return billing.TopUp{}, errAfter
	}
	if t, ok := in.earlier[a.name()]; ok {
		return t, nil
	}
	return billing.TopUp{}, billing.ErrNotFound
}

// price says what a new order costs, or why it cannot be taken.
func (in *intake) price(ctx context.Context, account store.Account, a *arrival) (billing.Quote, error) {
	if account.KeyEnded { // since it was shown
		return billing.Quote{}, billing.ErrKeyEnded
	}
	if account.Suspended {
		return billing.Quote{}, billing.ErrSuspended
	}
	quote, err := in.engine.quoteOf(ctx, in.tx, account, a.order)
	if err != nil {
		return quote, err
	}
	if p, paused := billing.PauseOf(in.pauses, account.CustomerID, quote.Product); paused {
		return quote, billing.UnavailableError{Reason: p.Reason, RetryAfter: pausedRetry, Paused: true}
	}
	return quote, in.refuseBeyondCap(ctx, account, a, quote.Price)
}

// hold reserves the price and lets the order out; after it nothing refuses it.
func (in *intake) hold(ctx context.Context, account store.Account, a *arrival) error {
	hold, after, err := account.Hold(a.topUp.ID, a.topUp.Price)
	if err != nil {
		return err
	}
	if err := in.engine.pass(ctx, in.tx, a.topUp.ID); errors.Is(err, errHeld) {
		return unavailable(in.engine.breaker())
	} else if err != nil {
		return err
	}
	if err := tellFallen(ctx, in.tx, account.Balance, after, account.LowBelow); err != nil {
		return err
	}
	in.balances[a.order.CustomerID] = after
	in.topUps, in.holds = append(in.topUps, &a.topUp), append(in.holds, hold)
	in.named[a.name()] = true
	in.spend(a)
	return nil
}

// finishAlone writes what belongs to an order that goes alone.
func (in *intake) finishAlone(ctx context.Context, a *arrival) error {
	if !in.alone {
		return nil
	}
	if err := in.write(ctx); err != nil {
		return err
	}
	if err := useQuote(ctx, in.tx, a.order, a.topUp.ID); err != nil || a.also == nil {
		return err
	}
	return a.also(in.tx, a.topUp)
}

// write records what was taken in: holds its prices, and queues it.
func (in *intake) write(ctx context.Context) error {
	if len(in.topUps) == 0 {
		return nil
	}
	if err := in.tx.InsertTopUps(ctx, in.topUps...); err != nil {
		return err
	}
	if err := in.tx.Post(ctx, in.holds...); err != nil {
		return err
	}
	ids, news := make([]billing.TopUpID, len(in.topUps)), make([]store.Change, len(in.topUps))
	for i, t := range in.topUps {
		ids[i], news[i] = t.ID, store.Change{CustomerID: t.CustomerID, TopUpID: t.ID, Status: t.Status}
	}
	if err := in.tx.EnqueueSend(ctx, in.engine.options.Concurrency, ids...); err != nil {
		return err
	}
	in.topUps, in.holds = nil, nil
	return in.tx.Announce(ctx, news...)
}

// refuseBroken ends the wait of orders whose group panicked.
func (e *Engine) refuseBroken(group []*arrival, err error) {
	for _, a := range group {
		select {
		case <-a.done:
		default:
			e.float.settle(a.cost, false)
			a.err = err
			close(a.done)
		}
	}
}
