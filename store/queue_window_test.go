package store_test

import (
	"strings"
	"testing"

	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func TestNothingIsChangedThroughAWindowOnTheQueue(t *testing.T) {
	t.Parallel()
	s, address := storetest.NewWithURL(t)
	w, err := store.OpenQueueWindow(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	var id int64
	if err := s.DB().GetContext(t.Context(), &id, `INSERT INTO river_job (kind, args, queue, state, max_attempts) VALUES ('topup_send', '{}', 'default', 'available', 1000) RETURNING id`); err != nil {
		t.Fatal(err)
	}
	if job, err := w.Queue.JobGet(t.Context(), id); err != nil || job.Kind != "topup_send" {
		t.Fatalf("looking: %+v, %v", job, err)
	}
	if _, err := s.DB().ExecContext(t.Context(), `INSERT INTO river_queue (name, created_at, updated_at) VALUES ('default', now(), now())`); err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"cancel": func() error { _, err := w.Queue.JobCancel(t.Context(), id); return err },
		"delete": func() error { _, err := w.Queue.JobDelete(t.Context(), id); return err },
		"retry":  func() error { _, err := w.Queue.JobRetry(t.Context(), id); return err },
		"pause":  func() error { return w.Queue.QueuePause(t.Context(), "default", nil) },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "read-only transaction") {
			t.Errorf("%s: %v", what, err)
		}
	}
	var state string
	if err := s.DB().GetContext(t.Context(), &state, `SELECT state FROM river_job WHERE id = $1`, id); err != nil || state != "available" {
		t.Errorf("the job is %q, %v", state, err)
	}
}
