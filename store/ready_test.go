package store_test

import (
	"testing"

	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAsManyConnectionsAreReadyAsAreToBe(t *testing.T) {
	t.Parallel()
	_, url := storetest.NewWithURL(t)
	s, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 6, MinConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if now := s.Stats(); now.Idle < 4 || now.MaxOpenConnections != 6 {
		t.Errorf("%d of at most %d connections are ready", now.Idle, now.MaxOpenConnections)
	}
}

func TestWhatTakesTooLongIsGivenUpByTheDatabase(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	direct := map[string]string{"statement_timeout": "20s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "15s"}
	for name, want := range direct {
		var got string
		if err := s.DB().GetContext(t.Context(), &got, `SELECT current_setting($1)`, name); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", name, got, err, want)
		}
	}
	pooled, err := store.Open(t.Context(), store.Options{URL: url + "&application_name=pooled", Direct: url, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer pooled.Close()
	tx := pooled.DB().MustBeginTx(t.Context(), nil)
	for name, want := range direct {
		var got string
		if err := tx.GetContext(t.Context(), &got, `SELECT current_setting($1)`, name); err != nil || got != want {
			t.Errorf("in a transaction through a pooler %s is %s, %v; want %s", name, got, err, want)
		}
	}
	if _, err := tx.ExecContext(t.Context(), `SET LOCAL statement_timeout = '20ms'`); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `SELECT pg_sleep(60)`); !store.Slow(err) || !store.Away(err) {
		t.Errorf("given up: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	var after string
	if err := pooled.DB().GetContext(t.Context(), &after, `SHOW statement_timeout`); err != nil || after != "0" {
		t.Errorf("a transaction's limit outlived it: %s, %v", after, err)
	}
}

func TestAPositionIsWrittenAsPostgreSQLWritesIt(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	now, err := s.Position(t.Context())
	if err != nil || now == 0 {
		t.Fatal(now, err)
	}
	for text, want := range map[string]bool{now.String(): true, "16/B374D848": true, "0/0": true, "": false, "x": false, "1/2/3": false, "1/": false, "100000000/0": false, "1/2 OR": false} {
		if p, ok := store.ParsePosition(text); ok != want || ok && p.String() != text {
			t.Errorf("%q is read as %s, %v", text, p, ok)
		}
	}
}
