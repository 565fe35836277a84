package bookkeeper

// Having the books proven, and keeping what came of it.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/verify"
)

// ErrUnderWay means that the books are being proven already.
var ErrUnderWay = errors.New("the books are being proven already")

// request is a wish for a proof; a zero one is the hour's.
type request struct {
	by    *int64     // operator
	ended chan error // told how it ended; nil: nobody waits
}

// waitForProof is how long Ask waits: small books are proven by then.
const waitForProof = 2 * time.Second

// Ask has the books proven now, for an operator, and waits a moment for the end:
// then it returns true, and what came of it is kept, a failure too. Longer proofs
// go on; Store.ProofUnderWay tells of them. Errors: ErrUnderWay when it is being
// done already.
func (k *Keeper) Ask(ctx context.Context, actor billing.Actor) (ended bool, err error) {
	since, err := k.store.ProofUnderWay(ctx)
	if err != nil {
		return false, err
	}
	if since != nil {
		return false, ErrUnderWay
	}
	err = k.store.InTx(ctx, func(tx *store.Tx) error {
		return tx.Audit(ctx, actor, store.Did{Action: "books.proof_asked"})
	})
	if err != nil {
		return false, err
	}
	r := request{by: actor.ID, ended: make(chan error, 1)}
	patience := time.NewTimer(waitForProof)
	defer patience.Stop()
	select {
	case k.asked <- r:
	case <-patience.C:
		return false, ErrUnderWay // this keeper is at work
	}
	select {
	case err := <-r.ended:
		if errors.Is(err, ErrUnderWay) {
			return false, err
		}
		return true, nil // a failure is kept, and logged
	case <-patience.C:
		return false, nil
	}
}

// prove proves the books and keeps the result, unless somebody else is at it.
func (k *Keeper) prove(ctx context.Context, r request) (err error) {
	if r.ended != nil {
		defer func() { r.ended <- err }()
	}
	alone, err := k.store.ProveAlone(ctx, func() error {
		if r.ended == nil { // another instance may have ended just now
			if due, err := k.store.ProofDue(ctx); err != nil || !due {
				return err
			}
		}
		return k.proveAndKeep(ctx, r.by)
	})
	if err == nil && !alone && r.ended != nil {
		return ErrUnderWay
	}
	return err
}

// proveAndKeep keeps a failure too: books that nobody could look at are not
// proven.
func (k *Keeper) proveAndKeep(ctx context.Context, by *int64) error {
	begun := time.Now()
	report, failure := verify.RunBeside(ctx, k.store.DB().DB)
	if failure != nil && errors.Is(ctx.Err(), context.Canceled) {
		return failure // this process was told to stop
	}
	p := billing.Proof{CheckedAt: report.CheckedAt, TookMillis: time.Since(begun).Milliseconds(), AskedBy: by}
	if failure != nil {
		failure = fmt.Errorf("prove the books: %w", failure)
		p.Problem = failure.Error()
	} else {
		p.Wrong, p.Waiting, p.Report = report.Wrong, report.Waiting, inWords(report)
	}
	// Time that was too short for the proof must do for saying so.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := k.store.InsertProof(keep, p); err != nil {
		return errors.Join(failure, err)
	}
	if failure != nil {
		return failure
	}
	if !p.Proven() {
		k.log.ErrorContext(ctx, "the books are not proven", "differences", p.Wrong, "waiting", p.Waiting, "first", report.Differences[0].String())
		return nil
	}
	k.log.InfoContext(ctx, "proved the books", "entries", report.Entries, "took", p.Took().String())
	return nil
}

// mostKept bounds the differences that are kept of one proof; all of them are
// counted, and the command verify prints more.
const mostKept = 200

func inWords(r verify.Report) billing.ProofReport {
	words := billing.ProofReport{
		Customers: r.Customers, TopUps: r.TopUps, Attempts: r.Attempts, Entries: r.Entries, Adjustments: r.Adjustments, Checkpoints: r.Checkpoints,
	}
	for _, a := range r.Accounts {
		words.Accounts = append(words.Accounts, billing.AccountSum{
			Account: billing.Account(a.Name), Currency: billing.Currency(a.Currency), In: a.In, Out: a.Out, Balance: a.Balance,
		})
	}
	for _, d := range r.Differences[:min(len(r.Differences), mostKept)] {
		words.Differences = append(words.Differences, billing.Difference{Table: d.Table, Row: d.Row, Rule: d.Rule, Found: d.Found, Expected: d.Expected})
	}
	return words
}
