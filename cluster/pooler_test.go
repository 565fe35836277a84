package cluster

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestOrdersGoOnWhenThePoolerWasKilledAndNoneIsMadeUpMeanwhile(t *testing.T) {
	s := theSystem(t)
	first, firstProcess := s.serve(t, nil)
	second, secondProcess := s.serve(t, nil)
	before := delivered(t, s)
	o := &orders{accepted: map[string]bool{}}
	for i := range 10 {
		o.ask(s, []string{first, second}[i%2], fmt.Sprintf("pooler-a-%d", i), i%3 == 0)
	}
	lived := scan[int](t, s, `SELECT count(*) FROM instances WHERE seen_at > now() - interval '20 seconds'`)

	s.pooler.kill()
	eventually(t, "known by /readyz", func() bool {
		return status(first+"/readyz") == http.StatusServiceUnavailable && status(second+"/readyz") == http.StatusServiceUnavailable
	})
	for i := range 4 {
		code, text := post(s.key, []string{first, second}[i%2]+"/api/v1/topups", fmt.Sprintf(`{"phone":"5512345678","amount":"50","reference":"pooler-gone-%d"}`, i), false)
		if code != http.StatusServiceUnavailable || !strings.Contains(text, "same_reference") {
			t.Errorf("without a pooler an order is answered %d: %s", code, text)
		}
	}
	if n := scan[int](t, s, `SELECT count(*) FROM instances WHERE seen_at > now() - interval '20 seconds'`); n != lived {
		t.Errorf("%d instances live by their heartbeats, which go without the pooler, not %d", n, lived)
	}
	if err := s.pooler.start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "known by /readyz", func() bool {
		return status(first+"/readyz") == http.StatusOK && status(second+"/readyz") == http.StatusOK
	})
	for i := range 10 {
		o.ask(s, []string{first, second}[i%2], fmt.Sprintf("pooler-b-%d", i), i%3 == 0)
	}
	s.reckon(t, o, "pooler", before)
	stopped(t, firstProcess)
	stopped(t, secondProcess)
}

// What a pooler lets nobody set for a session, the role has, and each transaction.
func TestLimitsHoldBehindThePooler(t *testing.T) {
	s := theSystem(t)
	_, process := s.serve(t, nil)
	defer stopped(t, process)
	role := scan[string](t, s, `
		SELECT array_to_string(setconfig, ' ') FROM pg_db_role_setting WHERE setrole = (SELECT oid FROM pg_roles WHERE rolname = current_database() || '_app')`)
	for _, limit := range []string{"statement_timeout=", "lock_timeout=", "idle_in_transaction_session_timeout="} {
		if !strings.Contains(role, limit) {
			t.Errorf("the role has not %s, only %s", limit, role)
		}
	}
}
