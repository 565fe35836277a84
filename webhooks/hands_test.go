package webhooks_test

import (
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// Whatever a hand does in the queue's tables, what waits is delivered.
func TestAHandInTheQueueLosesNoWebhook(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"deletes the job":          `DELETE FROM river_job WHERE kind = 'webhook_deliver'`,
		"cancels it":               `UPDATE river_job SET state = 'cancelled', finalized_at = now() WHERE kind = 'webhook_deliver'`,
		"puts it off for a year":   `UPDATE river_job SET scheduled_at = now() + interval '1 year' WHERE kind = 'webhook_deliver'`,
		"moves it elsewhere":       `UPDATE river_job SET queue = 'elsewhere' WHERE kind = 'webhook_deliver'`,
		"says that somebody works": `UPDATE river_job SET state = 'running', attempted_at = now(), attempted_by = '{nobody}' WHERE kind = 'webhook_deliver'`,
		"pauses the queue":         `INSERT INTO river_queue (name, paused_at, updated_at) VALUES ('webhooks', now(), now()) ON CONFLICT (name) DO UPDATE SET paused_at = now()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, nil)
			c := storetest.Customer(t, w.store, "5000")
			e, _ := w.endpoint(c, r.URL)
			w.stop()
			_, err := w.courier.Test(t.Context(), w.ana, c.ID, e.ID)
			w.must(err)
			storetest.Owner(w.store).MustExec(query)
			storetest.Owner(w.store).MustExec(`UPDATE webhook_deliveries SET next_at = now() - interval '1 minute'`)
			w.start(says(billing.OutcomeDelivered))
			w.must(w.courier.Sweep(t.Context()))
			w.states(e, delivered)
		})
	}
}
