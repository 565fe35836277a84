package topup

// Adjustments of many customers at once, from a list: looked at before anything is
// kept, then posted whole or not at all; above the limit it waits, and is decided
// as one.

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// LookAtAdjustments says what each line would do as things stand now, or why it
// cannot be posted, and adds the lines up.
func (e *Engine) LookAtAdjustments(ctx context.Context, lines []billing.AdjustmentLine) (billing.AdjustmentList, []billing.AdjustedLine, error) {
	customers, err := e.store.CustomersByCode(ctx, codesOf(lines))
	if err != nil {
		return billing.AdjustmentList{}, nil, err
	}
	spread := billing.SpreadLines(lines, byCode(customers))
	return billing.ListOfAdjustments(spread), spread, nil
}

func codesOf(lines []billing.AdjustmentLine) []string {
	codes := make([]string, len(lines))
	for i, line := range lines {
		codes[i] = line.Customer
	}
	return codes
}

func byCode(customers []billing.Customer) map[string]billing.Customer {
	all := map[string]billing.Customer{}
	for _, c := range customers {
		all[c.Code] = c
	}
	return all
}

// AdjustMany posts every line of a list, or lets all of them wait for a second
// operator when together they are above the limit. What was looked at is l.SHA256:
// lines that say anything else are billing.ErrOvertaken. Lines that cannot be
// posted any more are a billing.AdjustmentListError, and nothing is kept. Sent twice
// with the same id it is done once; lines that another list says already are a
// billing.ListSentError.
func (e *Engine) AdjustMany(ctx context.Context, actor billing.Actor, l billing.AdjustmentList, lines []billing.AdjustmentLine) (billing.AdjustmentList, error) {
	if actor.Kind != billing.ActorOperator || actor.ID == nil {
		return l, fmt.Errorf("send list of adjustments %s: only an operator can: %w", l.ID, billing.ErrOwnRequest)
	}
	l.RequestedBy = *actor.ID
	err := e.store.InTx(ctx, func(tx *store.Tx) error {
		spread, err := lookLockedAtAdjustments(ctx, tx, lines)
		if err != nil {
			return err
		}
		if known, err := sentBefore(ctx, tx, l); known || err != nil {
			return err
		}
		sums := billing.ListOfAdjustments(spread)
		if sums.Lines == 0 || sums.Lines < len(spread) {
			return billing.AdjustmentListError{Lines: spread}
		}
		if !bytes.Equal(sums.SHA256, l.SHA256) {
			return billing.ErrOvertaken
		}
		sums.ID, sums.Name, sums.RequestedBy = l.ID, l.Name, l.RequestedBy
		return e.keepList(ctx, tx, actor, sums, spread)
	})
	if err != nil {
		return l, err
	}
	return e.store.AdjustmentList(ctx, l.ID)
}

// lookLockedAtAdjustments looks at lines whose customers' balances are locked, in
// the order of the customers.
func lookLockedAtAdjustments(ctx context.Context, tx *store.Tx, lines []billing.AdjustmentLine) ([]billing.AdjustedLine, error) {
	customers, err := tx.CustomersByCode(ctx, codesOf(lines))
	if err != nil {
		return nil, err
	}
	for i := range customers {
		if customers[i].Balance, err = tx.LockBalance(ctx, customers[i].ID); err != nil {
			return nil, err
		}
	}
	return billing.SpreadLines(lines, byCode(customers)), nil
}

// sentBefore is true of the very list that is there already. Two lists that say the
// same lock the same balances, so that the later one finds the earlier one here.
func sentBefore(ctx context.Context, tx *store.Tx, l billing.AdjustmentList) (bool, error) {
	before, err := tx.AdjustmentList(ctx, l.ID)
	switch {
	case err == nil && bytes.Equal(before.SHA256, l.SHA256) && before.RequestedBy == l.RequestedBy:
		return true, nil
	case err == nil:
		return false, billing.ErrTaken
	case !errors.Is(err, billing.ErrNotFound):
		return false, err
	}
	before, err = tx.SentAdjustmentList(ctx, l.SHA256)
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return false, billing.ListSentError{Before: before}
}

// keepList writes a list with its lines, and posts them unless it has to wait.
func (e *Engine) keepList(ctx context.Context, tx *store.Tx, actor billing.Actor, l billing.AdjustmentList, lines []billing.AdjustedLine) error {
	l.State, l.OneOperator = billing.AdjustmentPosted, l.ByOneOperator(e.options.ApprovalLimit)
	if l.NeedsApproval(e.options.ApprovalLimit) {
		l.State = billing.AdjustmentWaiting
	}
	if err := tx.InsertAdjustmentList(ctx, l); err != nil {
		return err
	}
	if err := tx.Audit(ctx, actor, store.Did{Action: "adjustments.listed", Subject: l.ID.String(), After: l.Facts()}); err != nil {
		return err
	}
	adjustments := make([]billing.Adjustment, len(lines))
	for i, line := range lines {
		a := l.Adjustment(line)
		adjustments[i] = a
		isNew, err := tx.InsertAdjustment(ctx, a)
		if err == nil && !isNew {
			err = billing.ErrTaken
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", line.Line, err)
		}
	}
	if l.State == billing.AdjustmentWaiting {
		return auditLines(ctx, tx, actor, "adjustment.requested", adjustments)
	}
	balances := map[int64]billing.Balance{}
	for i, line := range lines {
		if _, known := balances[adjustments[i].CustomerID]; !known {
			balances[adjustments[i].CustomerID] = line.Before
		}
	}
	return e.postLines(ctx, tx, actor, adjustments, balances)
}

// postLines posts adjustments in their order, each after those before it; the
// balances are locked.
func (e *Engine) postLines(ctx context.Context, tx *store.Tx, actor billing.Actor, lines []billing.Adjustment, balances map[int64]billing.Balance) error {
	for _, a := range lines {
		before := balances[a.CustomerID]
		entry, after, err := before.Adjust(a)
		if err != nil {
			return billing.ListLineError{Line: *a.ListLine, Customer: a.CustomerName, Err: err}
		}
		if err := e.postAdjustment(ctx, tx, actor, a, entry, before, after); err != nil {
			return fmt.Errorf("line %d of list %s: %w", *a.ListLine, a.ListID, err)
		}
		balances[a.CustomerID] = after
	}
	return nil
}

func auditLines(ctx context.Context, tx *store.Tx, actor billing.Actor, action string, lines []billing.Adjustment) error {
	for _, a := range lines {
		did := store.Did{Action: action, CustomerID: &a.CustomerID, Subject: a.ID.String(), After: a.Facts()}
		if err := tx.Audit(ctx, actor, did); err != nil {
			return err
		}
	}
	return nil
}

// DecideAdjustments approves or rejects a waiting list, all its lines at once.
// Errors: those of billing.MayDecide, ErrAlreadyDecided, and a ListLineError for a
// debit of more than is available by now: then nothing is decided.
func (e *Engine) DecideAdjustments(ctx context.Context, actor billing.Actor, id uuid.UUID, approve bool) (billing.AdjustmentList, error) {
	l, err := e.store.AdjustmentList(ctx, id)
	if err != nil {
		return l, err
	}
	lines, err := e.store.ListedAdjustments(ctx, id)
	if err != nil {
		return l, err
	}
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		balances, err := lockBalances(ctx, tx, lines)
		if err != nil {
			return err
		}
		if l, err = tx.LockAdjustmentList(ctx, id); err != nil {
			return err
		}
		decider, err := e.mayDecide(ctx, tx, actor, &l.RequestedBy)
		if err != nil {
			return err
		}
		return e.decideLines(ctx, tx, actor, decided{list: l, lines: lines, balances: balances, by: decider, approve: approve})
	})
	if err != nil {
		return l, err
	}
	return e.store.AdjustmentList(ctx, id)
}

// decided is a list with its locked balances, and the word about it.
type decided struct {
	list     billing.AdjustmentList
	lines    []billing.Adjustment
	balances map[int64]billing.Balance
	by       int64
	approve  bool
}

func (e *Engine) decideLines(ctx context.Context, tx *store.Tx, actor billing.Actor, d decided) error {
	action := "adjustments.approved"
	d.list.State = billing.AdjustmentPosted
	if !d.approve {
		action, d.list.State = "adjustments.rejected", billing.AdjustmentRejected
	}
	if err := tx.DecideAdjustmentList(ctx, d.list.ID, d.list.State, d.by); err != nil {
		return err
	}
	if err := tx.Audit(ctx, actor, store.Did{Action: action, Subject: d.list.ID.String(), After: d.list.Facts()}); err != nil {
		return err
	}
	for i := range d.lines {
		d.lines[i].State = d.list.State
	}
	if !d.approve {
		return auditLines(ctx, tx, actor, "adjustment.rejected", d.lines)
	}
	return e.postLines(ctx, tx, actor, d.lines, d.balances)
}

// lockBalances locks the balances of the lines' customers, in the order of these.
func lockBalances(ctx context.Context, tx *store.Tx, lines []billing.Adjustment) (map[int64]billing.Balance, error) {
	ids := make([]int64, len(lines))
	for i, a := range lines {
		ids[i] = a.CustomerID
	}
	slices.SortFunc(ids, cmp.Compare)
	balances := map[int64]billing.Balance{}
	for _, id := range slices.Compact(ids) {
		balance, err := tx.LockBalance(ctx, id)
		if err != nil {
			return nil, err
		}
		balances[id] = balance
	}
	return balances, nil
}
