package topup

// Many decisions at once, from a list: looked at before anything is kept, then
// proposed whole or not at all, and confirmed by a second operator.

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// caseReader is what a list is looked at with, outside and inside a transaction.
type caseReader interface {
	Named(ctx context.Context, lines []billing.ListLine) (map[int][]billing.TopUp, error)
	ProposedAbout(ctx context.Context, ids []billing.TopUpID) ([]billing.TopUpID, error)
	Customer(ctx context.Context, id int64) (billing.Customer, error)
}

// Look says what each line of a list would do as things stand now, or why it
// cannot be proposed. Effects of one customer add up in the file's order.
func (e *Engine) Look(ctx context.Context, lines []billing.ListLine) ([]billing.ListedCase, error) {
	return look(ctx, e.store, lines)
}

func look(ctx context.Context, r caseReader, lines []billing.ListLine) ([]billing.ListedCase, error) {
	named, err := r.Named(ctx, lines)
	if err != nil {
		return nil, err
	}
	cases := make([]billing.ListedCase, len(lines))
	seen := map[billing.TopUpID]bool{}
	for i, line := range lines {
		cases[i] = find(line, named[i])
		if id := cases[i].Found.ID; cases[i].Problem == "" {
			if seen[id] {
				cases[i].Problem = billing.ListTwice
			}
			seen[id] = true
		}
	}
	if err := refuseProposed(ctx, r, cases); err != nil {
		return nil, err
	}
	return cases, addEffects(ctx, r, cases)
}

// find holds a line against the top-ups that it names.
func find(line billing.ListLine, named []billing.TopUp) billing.ListedCase {
	c := billing.ListedCase{ListLine: line, Problem: line.Check()}
	if c.Problem == billing.ListNoName {
		return c
	}
	if len(named) == 1 {
		c.Found = named[0]
	}
	if c.Problem != "" {
		return c
	}
	switch {
	case len(named) == 0:
		c.Problem = billing.ListNotFound
	case len(named) > 1:
		c.Problem = billing.ListTwoFound
	case !line.Fits(c.Found):
		c.Problem = billing.ListMismatch
	case line.Verdict.Decidable(c.Found, nil) != nil:
		c.Problem = billing.ListSettled
	}
	return c
}

// refuseProposed marks the lines whose top-up has another proposal.
func refuseProposed(ctx context.Context, r caseReader, cases []billing.ListedCase) error {
	proposed, err := r.ProposedAbout(ctx, idsOf(cases))
	if err != nil {
		return err
	}
	waits := map[billing.TopUpID]bool{}
	for _, id := range proposed {
		waits[id] = true
	}
	for i := range cases {
		if cases[i].Problem == "" && waits[cases[i].Found.ID] {
			cases[i].Problem = billing.ListWaits
		}
	}
	return nil
}

// idsOf are the top-ups of the lines that have no problem yet.
func idsOf(cases []billing.ListedCase) []billing.TopUpID {
	var ids []billing.TopUpID
	for _, c := range cases {
		if c.Problem == "" {
			ids = append(ids, c.Found.ID)
		}
	}
	return ids
}

// AddEffects says what each line does to its customer's account as it stands now,
// after the lines before it.
func (e *Engine) AddEffects(ctx context.Context, cases []billing.ListedCase) error {
	return addEffects(ctx, e.store, cases)
}

// addEffects says what each line does to its customer's account after the lines
// before it.
func addEffects(ctx context.Context, r caseReader, cases []billing.ListedCase) error {
	accounts := map[int64]billing.Balance{}
	for i := range cases {
		c := &cases[i]
		if c.Problem != "" {
			continue
		}
		now, known := accounts[c.Found.CustomerID]
		if !known {
			customer, err := r.Customer(ctx, c.Found.CustomerID)
			if err != nil {
				return err
			}
			now = customer.Balance
		}
		effect, err := c.Verdict.Effect(c.Found, now)
		if err != nil {
			return fmt.Errorf("line %d of a list: %w", c.Line, err)
		}
		c.Effect, accounts[c.Found.CustomerID] = effect, effect.After
	}
	return nil
}

// ProposeList proposes every line of a list, or none: then it is a ListError with
// what is wrong. Sent twice it is done once; an id that was used for another list
// is ErrTaken.
func (e *Engine) ProposeList(ctx context.Context, actor billing.Actor, l billing.DecisionList, lines []billing.ListLine) error {
	if actor.Kind != billing.ActorOperator || actor.ID == nil {
		return fmt.Errorf("propose list %s: only an operator can: %w", l.ID, billing.ErrOwnRequest)
	}
	l.ProposedBy = *actor.ID
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		before, err := tx.DecisionList(ctx, l.ID)
		switch {
		case err == nil && bytes.Equal(before.SHA256, l.SHA256) && before.ProposedBy == l.ProposedBy:
			return nil
		case err == nil:
			return billing.ErrTaken
		case !errors.Is(err, billing.ErrNotFound):
			return err
		}
		cases, err := lookLocked(ctx, tx, lines)
		if err != nil {
			return err
		}
		if err := tx.InsertDecisionList(ctx, l); err != nil {
			return err
		}
		for _, c := range cases {
			if err := e.proposeLine(ctx, tx, actor, l.Decision(c)); err != nil {
				return fmt.Errorf("line %d: %w", c.Line, err)
			}
			if err := tx.InsertDecisionListLine(ctx, l.ID, c.Line, l.DecisionID(c.Line)); err != nil {
				return err
			}
		}
		return nil
	})
}

// proposeLine is Propose for a top-up that is locked already.
func (e *Engine) proposeLine(ctx context.Context, tx *store.Tx, actor billing.Actor, d billing.Decision) error {
	if err := d.Check(); err != nil {
		return err
	}
	t, err := tx.TopUp(ctx, d.TopUpID, 0)
	if err != nil {
		return err
	}
	return e.propose(ctx, tx, actor, t, d)
}

// lookLocked looks at a list whose top-ups are locked: what it says holds until
// the transaction ends.
func lookLocked(ctx context.Context, tx *store.Tx, lines []billing.ListLine) ([]billing.ListedCase, error) {
	first, err := look(ctx, tx, lines)
	if err != nil {
		return nil, err
	}
	if _, err := tx.LockTopUps(ctx, idsOf(first), true); err != nil {
		return nil, err
	}
	cases, err := look(ctx, tx, lines)
	if err != nil {
		return nil, err
	}
	if len(cases) == 0 || len(idsOf(cases)) < len(cases) {
		return nil, billing.ListError{Cases: cases}
	}
	return cases, nil
}

// ListOutcome is what became of a list's lines that waited.
type ListOutcome struct {
	Done   int           // carried out, or rejected, now
	Failed map[int]error // by line: why not; the line waits on, or was decided by others
}

// ConfirmList lets a second operator carry out what still waits of a list, line
// by line: each is its own transaction, as if confirmed alone. Done again it goes
// on where it was. Errors: billing.ErrOwnRequest for the proposer, and what
// concerns no line.
func (e *Engine) ConfirmList(ctx context.Context, actor billing.Actor, id uuid.UUID) (ListOutcome, error) {
	return e.endList(ctx, id, func(d billing.Decision) error { return e.Confirm(ctx, actor, d.ID) })
}

// DisagreeList lets a second operator reject what still waits of a list.
func (e *Engine) DisagreeList(ctx context.Context, actor billing.Actor, id uuid.UUID, objection string) (ListOutcome, error) {
	return e.endList(ctx, id, func(d billing.Decision) error { return e.Disagree(ctx, actor, d.ID, objection) })
}

func (e *Engine) endList(ctx context.Context, id uuid.UUID, end func(billing.Decision) error) (ListOutcome, error) {
	outcome := ListOutcome{Failed: map[int]error{}}
	lines, err := e.store.ListedDecisions(ctx, id)
	if err != nil {
		return outcome, err
	}
	for _, line := range lines {
		if line.Decision.State != billing.DecisionWaiting {
			continue
		}
		err := end(line.Decision)
		var wrong billing.ValidationError
		switch {
		case err == nil:
			outcome.Done++
		case errors.Is(err, billing.ErrAlreadyDecided), errors.Is(err, billing.ErrIllegalMove), errors.Is(err, billing.ErrAlreadySettled):
			outcome.Failed[line.Line] = err
		case errors.Is(err, billing.ErrOwnRequest), errors.Is(err, billing.ErrOwnMaking), errors.Is(err, billing.ErrApprovesLater), errors.As(err, &wrong):
			return outcome, err
		default:
			return outcome, fmt.Errorf("line %d of list %s: %w", line.Line, id, err)
		}
	}
	return outcome, nil
}
