package verify

// Books in which everything that can happen has happened: every outcome, every
// kind of entry, every state of a top-up, of an adjustment and of a decision.

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

func wholeStory(t testing.TB) *books {
	t.Helper()
	b := newBooks(t)
	first, second := storetest.Customer(t, b.Store, "100").ID, storetest.Customer(t, b.Store, "200").ID
	b.exec(`ALTER TABLE exchange_rates DISABLE TRIGGER ALL`)
	b.exec(`UPDATE exchange_rates SET effective_from = effective_from - interval '1 day'`)
	b.exec(`ALTER TABLE exchange_rates ENABLE TRIGGER ALL`)
	b.exec(`UPDATE products SET cost_fraction = 0.94`)
	b.terms(first, second)
	b.exec(`INSERT INTO api_keys (id, customer_id, name, hint, key_hash) OVERRIDING SYSTEM VALUE VALUES (77, $1, 'First', '…', '\x01')`, first)

	b.float()
	b.adjustments(first)
	b.lists(first, second)
	b.late(first)
	b.aDayLater()
	keyed := b.order(first, "1", "50")
	keyed.APIKeyID = new(int64)
	*keyed.APIKeyID = 77
	b.work(func(o *topup.Options) { o.RetryWindow = time.Nanosecond }, b.order(first, "4", "37.25"))
	b.work(usual, keyed, b.order(first, "2", "20"), b.order(second, "5", "77.77"), b.order(second, "1", "120"))
	b.aDayLater()
	b.sumUpDays()
	promised := b.promise(first, "44.44")
	b.promise(second, "33.33") // nobody takes it up
	b.rates()
	b.earlier("1 minute", "quotes", "exchange_rates", "change_requests") // the promise alone still knows its rate
	b.work(usual, promised)
	b.exec(`UPDATE products SET cost_fraction = 0, vat_rule = 'face_less_vat'`)
	b.decisions(b.work(usual, b.order(first, "1", "50"), b.order(second, "1", "60"), b.order(second, "3", "33.33"), b.order(second, "3", "30"),
		b.order(first, "3", "30"), b.order(first, "3", "30"), b.order(first, "3", "30")))
	b.work(func(o *topup.Options) { o.MaxWait = time.Nanosecond }, b.order(first, "1", "20"))
	b.leaveOpen(first, second)
	return b
}

// float is paid in twice, once by mistake; what was posted so far is added up.
func (b *books) float() {
	b.t.Helper()
	ctx, e := b.t.Context(), b.idle()
	wrong := billing.FloatDeposit{ID: uuid.New(), Amount: billing.MustMXN("99000"), Reference: "SPEI-1", Note: "the wrong month"}
	b.must(e.RecordFloatDeposit(ctx, b.ana, wrong))
	b.must(e.CorrectFloatDeposit(ctx, b.ben, wrong, billing.FloatDeposit{ID: uuid.New(), Note: "it was not ours"}))
	b.must(b.InTx(ctx, func(tx *store.Tx) error { return tx.RollUpFloat(ctx) }))
	b.must(e.RecordFloatDeposit(ctx, b.ana, billing.FloatDeposit{ID: uuid.New(), Amount: billing.MustMXN("50000.55"), Reference: "SPEI-1", Proof: "mail 7", Note: "March"}))
}

func (b *books) adjustments(customerID int64) {
	b.t.Helper()
	ctx, e := b.t.Context(), b.idle()
	b.adjust(b.ana, customerID, billing.ReasonCorrection, "12.3456")
	b.adjust(b.ben, customerID, billing.ReasonFee, "-1.5")
	_, err := e.Decide(ctx, b.ben, b.adjust(b.ana, customerID, billing.ReasonDeposit, "5000"), true)
	b.must(err)
	_, err = e.Decide(ctx, b.ana, b.adjust(b.ben, customerID, billing.ReasonCourtesy, "6000"), false)
	b.must(err)
	late := b.adjust(b.ana, customerID, billing.ReasonRefund, "7000")
	b.exec(`UPDATE adjustments SET expires_at = requested_at + interval '1 microsecond' WHERE id = $1`, late)
	b.expire()
	b.adjust(b.ana, customerID, billing.ReasonOpening, "8000") // still waits
	alone := billing.Adjustment{ID: uuid.New(), CustomerID: customerID, Amount: billing.MustUSD("1500"), Reason: billing.ReasonDeposit, Note: "alone"}
	_, err = b.alone().Adjust(ctx, b.ana, alone)
	b.must(err)
	for _, original := range []uuid.UUID{alone.ID, b.adjust(b.ben, customerID, billing.ReasonFee, "-3")} {
		_, err = b.alone().ReverseAdjustment(ctx, b.ana, topup.Undo{ID: uuid.New(), Original: original, Note: "a mistake"})
		b.must(err)
	}
	_, err = e.ReverseAdjustment(ctx, b.ana, topup.Undo{ID: uuid.New(), Original: b.large(customerID), Note: "still waits"})
	b.must(err)
}

// large is a posted deposit that two operators agreed on.
func (b *books) large(customerID int64) uuid.UUID {
	b.t.Helper()
	id := b.adjust(b.ana, customerID, billing.ReasonDeposit, "2000")
	_, err := b.idle().Decide(b.t.Context(), b.ben, id, true)
	b.must(err)
	return id
}

// late makes unknowns of seven top-ups, whose instance seems dead; some of them
// are decided; then their answers come after all.
func (b *books) late(customerID int64) {
	b.t.Helper()
	provider := lateFates()
	e := b.engine(provider, usual)
	stop := b.run(e)
	var lost []billing.TopUp
	for _, fate := range []string{"6", "6", "7", "7", "8", "8", "6"} {
		lost = append(lost, b.accept(e, b.order(customerID, fate, "40")))
	}
	for range lost {
		<-provider.asked
	}
	for unknown := 0; unknown < len(lost); {
		b.exec(`DELETE FROM instances`)
		b.must(b.idle().Sweep(b.t.Context()))
		b.must(b.DB().GetContext(b.t.Context(), &unknown, `SELECT count(*) FROM topups WHERE status = 'unknown'`))
	}
	b.decide(lost[0], billing.VerdictNotDelivered, "") // and it was: a loss
	b.decide(lost[1], billing.VerdictDelivered, "LT-statement")
	b.propose(lost[2], billing.VerdictDelivered, "")   // overtaken; nothing is said about the other of its kind
	b.decide(lost[4], billing.VerdictDelivered, "LT9") // and it was not: the case stays open
	b.decide(lost[5], billing.VerdictDelivered, "LT8") // and it was not
	b.decide(lost[6], billing.VerdictNotDelivered, "") // and it was
	close(provider.released)
	stop()
	b.decide(lost[0], billing.VerdictCharge, "")
	b.decide(lost[5], billing.VerdictStands, "")
	b.decide(lost[6], billing.VerdictStands, "")
}

// sumUpDays sums up the days before yesterday, as housekeeping does with those that
// ended 26 hours ago: what that leaves depends on the time of day.
func (b *books) sumUpDays() {
	b.t.Helper()
	b.exec(`UPDATE day_sums_through SET through = date_bin('1 day', now() - interval '1 day', '2000-01-01 00:00:00+00')`)
	b.exec(`INSERT INTO day_sums
		SELECT customer_id, date_bin('1 day', began, '2000-01-01 00:00:00+00'),
		       sum(accepted), sum(succeeded), sum(failed), sum(unknown), sum(reversed), sum(delivered), sum(charged), sum(spent)
		FROM quarter_hours WHERE began < (SELECT through FROM day_sums_through) GROUP BY 1, 2`)
}

// decisions are about two that succeeded and five that are unknown.
func (b *books) decisions(topUps []billing.TopUp) {
	b.t.Helper()
	b.decide(topUps[0], billing.VerdictReverse, "")
	b.propose(topUps[1], billing.VerdictReverse, "")
	b.decide(topUps[2], billing.VerdictDelivered, "LT-by-hand")
	b.decide(topUps[3], billing.VerdictNotDelivered, "")
	b.propose(topUps[4], billing.VerdictDelivered, "")
	b.must(b.idle().Disagree(b.t.Context(), b.ben, b.propose(topUps[5], billing.VerdictNotDelivered, ""), "wrong day"))
}

// leaveOpen accepts two top-ups and begins one of them.
func (b *books) leaveOpen(first, second int64) {
	b.t.Helper()
	ctx := b.t.Context()
	b.must(b.idle().RecordFloatDeposit(ctx, b.ana, billing.FloatDeposit{ID: uuid.New(), Amount: billing.MustMXN("700"), Reference: "SPEI-2", Note: "April"}))
	b.accept(b.idle(), b.order(first, "1", "60"))
	begun := b.accept(b.idle(), b.order(second, "1", "70"))
	_, err := b.Heartbeat(ctx, "alive", "here")
	b.must(err)
	b.must(b.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.StartAttempts(ctx, "alive", begun.ID)
		return err
	}))
}

// promise quotes a price, and gives the order that takes it up.
func (b *books) promise(customerID int64, amount string) billing.Order {
	b.t.Helper()
	q, err := b.idle().PromiseQuote(b.t.Context(), customerID, billing.MustMXN(amount))
	b.must(err)
	o := b.order(customerID, "1", amount)
	o.Quote = &q.ID
	return o
}
