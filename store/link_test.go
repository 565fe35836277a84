package store_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// soon is far above what is promised, and far below for ever.
const soon = 20 * time.Second

func TestWorkOnADatabaseThatFallsSilentEndsWithItsContext(t *testing.T) {
	t.Parallel()
	work := map[string]func(context.Context, *store.Store) error{
		"a query": func(ctx context.Context, s *store.Store) error {
			_, err := s.LiveInstances(ctx)
			return err
		},
		"a transaction": func(ctx context.Context, s *store.Store) error {
			return s.InTx(ctx, func(*store.Tx) error { return nil })
		},
		"a heartbeat": func(ctx context.Context, s *store.Store) error {
			_, err := s.Heartbeat(ctx, "one", "here")
			return err
		},
		"a ping": func(ctx context.Context, s *store.Store) error { return s.Ping(ctx) },
	}
	for name, do := range work {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, url := storetest.NewWithURL(t)
			w := storetest.NewWire(t, url)
			s, err := store.Open(t.Context(), store.Options{URL: w.URL})
			if err != nil {
				t.Fatal(err)
			}
			if err := do(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			w.Freeze()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			ended := make(chan error, 1)
			go func() { ended <- do(ctx, s) }()
			select {
			case err := <-ended:
				if err == nil || !store.Away(err) {
					t.Errorf("got %v, want an error that says that the database is away", err)
				}
			case <-time.After(soon):
				t.Error("it hangs")
			}
			w.Mend()
			if err := do(t.Context(), s); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestATransactionThatStandsStillIsEndedByTheDatabase(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	var limit string
	if err := s.DB().GetContext(t.Context(), &limit, `SHOW idle_in_transaction_session_timeout`); err != nil || limit != "15s" {
		t.Errorf("got %q, %v", limit, err)
	}
}

func TestAHeartbeatWaitsForNoOtherWork(t *testing.T) {
	t.Parallel()
	_, url := storetest.NewWithURL(t)
	s, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tx, err := s.DB().BeginTx(t.Context(), &sql.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := s.Heartbeat(t.Context(), "one", "here"); err != nil {
		t.Error(err)
	}
}

func TestAnInstanceThatWasSilentTooLongIsTold(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	beat := func(want bool) {
		t.Helper()
		if missed, err := s.Heartbeat(t.Context(), "one", "here"); err != nil || missed != want {
			t.Errorf("got %v, %v; want %v", missed, err, want)
		}
	}
	beat(true) // its first
	beat(false)
	s.DB().MustExecContext(t.Context(), `UPDATE instances SET seen_at = now() - interval '21 seconds'`)
	beat(true)
	beat(false)
	s.DB().MustExecContext(t.Context(), `DELETE FROM instances`)
	beat(true)
}
