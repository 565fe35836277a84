package api

// Keys as their owners rotate and end them.

import (
	"net/http"
	"testing"
	"time"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/seal"
)

func TestARotatedKeyOrdersBesideTheNewOneUntilItEndsAndTheReferencesStay(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, old := s.customer("100")
	box, err := seal.New("thirty-two bytes of a test's secret", "")
	if err != nil {
		t.Fatal(err)
	}
	door, actor := access.New(s.store, box), billing.Actor{Kind: billing.ActorSystem, Name: "test"}
	keys, err := s.store.APIKeys(t.Context(), c.ID)
	if err != nil || len(keys) != 1 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	fresh, _ := billing.NewSecretKey()
	if _, err := door.RotateKey(t.Context(), actor, keys[0], 24*time.Hour, fresh); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{"r-old": old, "r-new": fresh} {
		if a := s.order(key, orderOf(name)); a.status != http.StatusCreated {
			t.Errorf("beside each other, %s: %d %s", name, a.status, a.raw)
		}
	}
	s.sql(`UPDATE api_keys SET ended_at = ended_at - interval '24 hours' WHERE ended_at IS NOT NULL`)
	a := s.order(old, orderOf("r-late"))
	if a.status != http.StatusUnauthorized || a.text("code") != "unauthorized" || a.text("retry") != "never" {
		t.Errorf("after its overlap the old key: %d %s", a.status, a.raw)
	}
	if a := s.order(fresh, orderOf("r-old")); a.status != http.StatusOK || a.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("what the old key ordered, repeated with the new one: %d %s", a.status, a.raw)
	}
	if a := s.order(fresh, orderOf("r-late")); a.status != http.StatusCreated {
		t.Errorf("what the ended key was refused, ordered with the new one: %d %s", a.status, a.raw)
	}
	var used string
	if err := s.store.DB().GetContext(t.Context(), &used, `SELECT last_used_from FROM api_keys WHERE ended_at IS NULL`); err != nil || used != "127.0.0.1" {
		t.Errorf("it was used from %q, %v", used, err)
	}
}

// A program that still shows the old key must not shut the new one out: both
// stand behind one address.
func TestAnEndedKeyIsNoGuess(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, ended := s.customer("10")
	s.sql(`UPDATE api_keys SET ended_at = now()`)
	for range 2 * wrongBurst {
		if a := s.ask(http.MethodGet, "/api/v1/balance", ended, ""); a.status != http.StatusUnauthorized {
			t.Fatalf("an ended key: %d %s", a.status, a.raw)
		}
	}
	_, fresh := s.customer("10") // never seen before
	if a := s.ask(http.MethodGet, "/api/v1/balance", fresh, ""); a.status != http.StatusOK {
		t.Errorf("a new key from the same address: %d %s", a.status, a.raw)
	}
}
