package storetest

// What has been so for a while.

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Age lets a top-up and its attempts be that much older, by the database's clock.
// Its entries keep their time: nobody proves these books afterwards.
func Age(t testing.TB, s *store.Store, id billing.TopUpID, by time.Duration) {
	t.Helper()
	tx := Owner(s).MustBeginTx(t.Context(), nil)
	defer tx.Rollback()
	tx.MustExecContext(t.Context(), `SET LOCAL session_replication_role = replica`) // an answer stands, but for this
	for _, query := range []string{
		`UPDATE topups SET created_at = created_at - make_interval(secs => $2), first_sent_at = first_sent_at - make_interval(secs => $2),
		                   updated_at = updated_at - make_interval(secs => $2) WHERE id = $1`,
		`UPDATE attempts SET started_at = started_at - make_interval(secs => $2), finished_at = finished_at - make_interval(secs => $2) WHERE topup_id = $1`,
	} {
		tx.MustExecContext(t.Context(), query, id, by.Seconds())
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
