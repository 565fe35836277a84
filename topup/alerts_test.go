package topup

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// heard is a log that a test reads.
type heard struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (h *heard) Write(line []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lines.Write(line)
}

func (h *heard) count(part string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Count(h.lines.String(), part)
}

func listening(s *store.Store) (*Engine, *heard) {
	h := &heard{}
	return New(s, nil, slog.New(slog.NewTextHandler(h, nil)), Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200")}), h
}

func openAlerts(t *testing.T, s *store.Store) map[billing.AlertKind]billing.Alert {
	t.Helper()
	open, err := s.OpenAlerts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byKind := map[billing.AlertKind]billing.Alert{}
	for _, a := range open {
		byKind[a.Kind] = a
	}
	if len(byKind) != len(open) {
		t.Errorf("%d alerts of %d kinds", len(open), len(byKind))
	}
	return byKind
}

// settleAs is the word that comes about a top-up after its attempt.
func settleAs(t *testing.T, e *Engine, topUp billing.TopUp, answer billing.Answer) {
	t.Helper()
	a, err := e.store.LastAttempt(t.Context(), topUp.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.settle(t.Context(), a, answer, nil); err != nil {
		t.Fatal(err)
	}
}

func TestUnknownTopUpsAlertAfterFifteenMinutesAndAfterADay(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, log := listening(s)
	c := storetest.Customer(t, s, "20")
	one, two := settled(t, e, order(c, "r1"), timedOut), settled(t, e, order(c, "r2"), timedOut)
	lookAround := func() map[billing.AlertKind]billing.Alert {
		t.Helper()
		if err := e.LookAround(t.Context()); err != nil {
			t.Fatal(err)
		}
		return openAlerts(t, s)
	}
	storetest.Age(t, s, one.ID, 14*time.Minute)
	if open := lookAround(); len(open) != 0 {
		t.Fatalf("alerts before their time: %v", open)
	}
	storetest.Age(t, s, one.ID, 2*time.Minute)
	storetest.Age(t, s, two.ID, 25*time.Hour)
	first := lookAround()
	for kind, want := range map[billing.AlertKind]billing.Alert{
		billing.AlertUnknownWaits: {Severity: billing.SeverityWarning, Words: map[string]string{"count": "2", "money": "5.5556"}},
		billing.AlertUnknownOld:   {Severity: billing.SeverityCritical, Words: map[string]string{"count": "1", "money": "2.7778"}},
	} {
		got := first[kind]
		if got.Severity != want.Severity || got.Words["count"] != want.Words["count"] || got.Words["money"] != want.Words["money"] || got.Link == "" {
			t.Errorf("%s: %+v", kind, got)
		}
	}
	again := lookAround()
	if again[billing.AlertUnknownWaits].ID != first[billing.AlertUnknownWaits].ID || !again[billing.AlertUnknownWaits].SeenAt.After(first[billing.AlertUnknownWaits].SeenAt) {
		t.Errorf("seen again it is another alert, or was not seen: %+v", again)
	}
	if raised := log.count("alert raised"); raised != 2 || log.count("level=ERROR") != 1 {
		t.Errorf("told %d times, want 2, one of them an error: %s", raised, log.lines.String())
	}

	settleAs(t, e, two, billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"})
	open := lookAround()
	if len(open) != 1 || open[billing.AlertUnknownWaits].Words["count"] != "1" || log.count("alert ended") != 1 {
		t.Errorf("settled, and open is %v", open)
	}
	over, err := s.EndedAlerts(t.Context(), 0, 10)
	if err != nil || len(over) != 1 || over[0].Kind != billing.AlertUnknownOld || over[0].EndedAt == nil {
		t.Errorf("over: %+v, %v", over, err)
	}
}

func TestAContradictionAlertsUntilItsCaseIsClosed(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	released := d.propose(t, billing.VerdictNotDelivered)
	if err := d.Confirm(t.Context(), d.diego, released.ID); err != nil {
		t.Fatal(err)
	}
	settleAs(t, d.Engine, d.topUp, billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"})
	if err := d.LookAround(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := openAlerts(t, d.store)[billing.AlertContradictions]; got.Words["money"] != "2.7778" || got.Severity != billing.SeverityCritical {
		t.Errorf("got %+v", got)
	}
	charge := d.propose(t, billing.VerdictCharge)
	if err := d.Confirm(t.Context(), d.diego, charge.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.LookAround(t.Context()); err != nil {
		t.Fatal(err)
	}
	if open := openAlerts(t, d.store); len(open) != 0 {
		t.Errorf("still open: %v", open)
	}
}

// Two instances that see the same thing at the same moment tell of it once.
func TestBrokenGlassAlertsForADay(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, _ := listening(s)
	for _, ago := range []string{"1 hour", "23 hours", "25 hours"} {
		s.DB().MustExecContext(t.Context(), `
			INSERT INTO audit_log (at, actor_kind, actor_name, address, action, subject) VALUES (now() - $1::interval, 'operator', 'Rosa Cué', '192.0.2.7', 'operator.broke_glass', 'rosa')`, ago)
	}
	if err := e.LookAround(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := openAlerts(t, s)[billing.AlertBrokenGlass]
	if got.Subject != "rosa" || got.Severity != billing.SeverityCritical || got.Words["address"] != "192.0.2.7" {
		t.Errorf("%+v", got)
	}
	storetest.Owner(s).MustExecContext(t.Context(), `ALTER TABLE audit_log DISABLE TRIGGER USER; UPDATE audit_log SET at = at - interval '1 day'`)
	if err := e.LookAround(t.Context()); err != nil {
		t.Fatal(err)
	}
	if open := openAlerts(t, s); len(open) != 0 {
		t.Errorf("after a day: %v", open)
	}
}

func TestTwoInstancesRaiseAnAlertOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	a := billing.Alert{Kind: "float_low", Subject: "MXN", Severity: billing.SeverityWarning, Words: map[string]string{"left": "120.00"}, Link: "/admin"}
	engines := make([]*Engine, 4)
	logs := make([]*heard, 4)
	for i := range engines {
		engines[i], logs[i] = listening(s)
	}
	storetest.Owner(s).MustExecContext(t.Context(), `
		CREATE FUNCTION hold(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('LOCK TABLE %I IN SHARE MODE', name); END $$`)
	told := func(what string) (n int) {
		for _, log := range logs {
			n += log.count(what)
		}
		return n
	}
	storetest.Contend(t, s, 4, `SELECT hold($1)`, "alerts", func(i int) {
		if err := engines[i].Raise(t.Context(), a); err != nil {
			t.Error(err)
		}
	})
	if n := told("alert raised"); n != 1 {
		t.Errorf("told %d times that it began", n)
	}
	if open := openAlerts(t, s); len(open) != 1 || open["float_low"].Words["left"] != "120.00" || open["float_low"].Subject != "MXN" {
		t.Errorf("open: %+v", open)
	}
	storetest.Contend(t, s, 4, `SELECT hold($1)`, "alerts", func(i int) {
		if err := engines[i].End(t.Context(), "float_low", "MXN"); err != nil {
			t.Error(err)
		}
	})
	if n := told("alert ended"); n != 1 {
		t.Errorf("told %d times that it is over", n)
	}
	if err := engines[0].Raise(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	over, err := s.EndedAlerts(t.Context(), 0, 10)
	if err != nil || len(over) != 1 || len(openAlerts(t, s)) != 1 {
		t.Errorf("begun again it is another alert: %+v over, %v", over, err)
	}
}

// While one instance looks after the alerts, another leaves them alone.
func TestOnePassAtATimeLooksAfterTheAlerts(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, _ := listening(s)
	c := storetest.Customer(t, s, "20")
	storetest.Age(t, s, settled(t, e, order(c, "r1"), timedOut).ID, time.Hour)
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		if mine, err := tx.TryAlerts(t.Context()); err != nil || !mine {
			t.Fatalf("the lock of a quiet database: %v, %v", mine, err)
		}
		return e.LookAround(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
	if open := openAlerts(t, s); len(open) != 0 {
		t.Errorf("two passes at once: %v", open)
	}
	if err := e.LookAround(t.Context()); err != nil || len(openAlerts(t, s)) != 1 {
		t.Errorf("nobody looked afterwards: %v", err)
	}
}
