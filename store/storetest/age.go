package storetest

// What has been so for a while.

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Age lets a top-up have been in its state for longer, by the database's clock:
// its last attempt ended that much earlier.
func Age(t testing.TB, s *store.Store, id billing.TopUpID, by time.Duration) {
	t.Helper()
	tx := s.DB().MustBeginTx(t.Context(), nil)
	defer tx.Rollback()
	tx.MustExecContext(t.Context(), `SET LOCAL session_replication_role = replica`) // an answer stands, but for this
	for _, query := range []string{
		`UPDATE topups SET updated_at = updated_at - make_interval(secs => $2) WHERE id = $1`,
		`UPDATE attempts SET finished_at = finished_at - make_interval(secs => $2) WHERE topup_id = $1`,
	} {
		tx.MustExecContext(t.Context(), query, id, by.Seconds())
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
