package apiwalk

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"latcom.example/latcom-billing/tools/rig"
)

const steps = 10_000

// TestTheWholeAPIAnswersAsItsDocumentSays walks ten thousand steps; then its
// database goes away.
func TestTheWholeAPIAnswersAsItsDocumentSays(t *testing.T) {
	seed := seedOf(t)
	w, r := newSystem(t)
	began := time.Now()
	w.Steps(t.Context(), seed, steps, 16)
	for _, other := range w.Others {
		w.Everywhere(t.Context(), other, seed)
	}
	w.Noise(t.Context(), seed)
	took := time.Since(began)
	answers, good := w.Sums()
	t.Logf("%d answers in %s, %.0f %% of them 2xx (goal 30), %d operations", answers, took.Round(time.Millisecond), 100*float64(good)/float64(answers), len(w.Document.Operations))
	if answers < steps*9/10 || good*100 < answers*30 {
		t.Errorf("%d answers, %d of them 2xx", answers, good)
	}
	out, err := r.Run(t.Context(), "verify")
	if err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
	if err := r.StopDatabase(); err != nil {
		t.Fatal(err)
	}
	// A key that only reads is known for a moment longer, and some questions need no more.
	for again := uint64(0); again == 0 || len(w.Never()) > 0 && again < 60; again++ {
		w.Everywhere(t.Context(), w.Right, seed+again)
		<-time.After(200 * time.Millisecond)
	}
	t.Logf("what was answered:\n%s", w)
	for i, finding := range w.Findings() {
		if i == 30 {
			t.Fatalf("and %d more", len(w.Findings())-i)
		}
		t.Error(finding)
	}
	for _, never := range w.Never() {
		t.Errorf("documented and never seen: %s", never)
	}
}

// seedOf is another each time, unless it is told.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("APIWALK_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano() % 1_000_000_000)
	}
	t.Logf("seed %d: APIWALK_SEED=%d repeats what is sent", seed, seed)
	return seed
}

// newSystem starts the real program, and makes a customer for each answer that only
// some customers get.
func newSystem(t *testing.T) (*Walk, *rig.Rig) {
	t.Helper()
	t.Chdir("../..") // where the program is built and its PostgreSQL found
	ctx := t.Context()
	r, err := rig.New(ctx, rig.Options{Latency: "5ms-40ms"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	server, _, err := r.Serve(ctx, map[string]string{"LATCOM_TIMEOUT": "2s"})
	if err != nil {
		t.Fatal(err)
	}
	document, err := Read(fetch(ctx, t, server+"/api/openapi.json"), server)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("postgres", r.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	caller := func(code, credit, change string) Caller {
		key, err := r.AddCustomer(ctx, code, credit)
		if err != nil {
			t.Fatal(err)
		}
		if change != "" {
			if _, err := db.ExecContext(ctx, "UPDATE customers SET "+change+" WHERE code = $1", code); err != nil {
				t.Fatal(err)
			}
		}
		return Caller{code, http.Header{"Authorization": {"Bearer " + key}, "X-Api-Key": {key}, "X-Customer-Id": {code}}}
	}
	wrongKey := http.Header{"Authorization": {"Bearer lb_live_WRONG"}, "X-Api-Key": {"lb_live_WRONG"}, "X-Customer-Id": {"ENVIA"}}
	return NewWalk(document,
		caller("ENVIA", "100000", ""),
		caller("POBRE", "0.01", ""),
		caller("SUSPENDIDA", "100", "suspended = true"),
		caller("LIMITADA", "100", "requests_per_minute = 1"),
		caller("LEJANA", "100", "allowed_networks = '{10.99.0.0/16}'"),
		Caller{"nobody", http.Header{}},
		Caller{"a wrong key", wrongKey},
	), r
}

func fetch(ctx context.Context, t *testing.T, address string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return raw
}
