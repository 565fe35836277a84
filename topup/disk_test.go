package topup

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// full makes the database say what it says when its disk is full, for the entries
// of one kind: at once, or at the commit.
const full = `
	CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		RAISE EXCEPTION 'could not extend file "base/16384/16402": No space left on device' USING ERRCODE = 'disk_full';
	END $$;`

func TestAFullDiskAcceptsNothingAndLosesNoAnswer(t *testing.T) {
	t.Parallel()
	for when, trigger := range map[string]string{
		"at once":       `CREATE TRIGGER disk BEFORE INSERT ON entries FOR EACH ROW WHEN (NEW.kind = '%s') EXECUTE FUNCTION disk_full()`,
		"at the commit": `CREATE CONSTRAINT TRIGGER disk AFTER INSERT ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = '%s') EXECUTE FUNCTION disk_full()`,
	} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewWithURL(t)
			c := storetest.Customer(t, s, "10")
			var sent atomic.Int32
			answer := make(chan struct{})
			e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
				sent.Add(1)
				<-answer
				return answers(billing.OutcomeDelivered)(ctx, send)
			}))
			storetest.Owner(s).MustExecContext(t.Context(), full)

			breakDisk(t, s, trigger, "hold")
			if _, _, err := e.Accept(t.Context(), order(c, "r1")); err == nil || !store.Away(err) {
				t.Errorf("accepted on a full disk: %v", err)
			}
			storetest.Owner(s).MustExecContext(t.Context(), `DROP TRIGGER disk ON entries`)
			if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 {
				t.Errorf("held %s", b.Held)
			}

			topUp := accept(t, e, order(c, "r1")) // the error used up no reference
			eventually(t, func() bool { return sent.Load() == 1 })
			breakDisk(t, s, trigger, "capture")
			close(answer)
			eventually(t, func() bool { return e.InFlight() == 0 })
			if got, err := s.TopUp(t.Context(), topUp.ID, 0); err != nil || got.Status != billing.StatusSending {
				t.Errorf("while the disk is full: %s, %v", got.Status, err)
			}
			if err := e.Sweep(t.Context()); err != nil { // it lives, and holds the answer
				t.Error(err)
			}
			storetest.Owner(s).MustExecContext(t.Context(), `DROP TRIGGER disk ON entries`)
			if got := wait(t, e, topUp); got.Status != billing.StatusSucceeded || got.Attempts != 1 || sent.Load() != 1 {
				t.Errorf("got %s after %d attempts, sent %d times", got.Status, got.Attempts, sent.Load())
			}
			if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 || b.Posted.String() != "7.2222" {
				t.Errorf("balance %s, held %s", b.Posted, b.Held)
			}
		})
	}
}

func breakDisk(t *testing.T, s *store.Store, trigger string, kind billing.EntryKind) {
	t.Helper()
	storetest.Owner(s).MustExecContext(t.Context(), fmt.Sprintf(trigger, kind))
}
