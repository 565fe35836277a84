package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"latcom.example/latcom-billing/store/storetest"
)

func batchOf(more string, orders ...string) string {
	return `{"orders":[` + strings.Join(orders, ",") + `]` + more + `}`
}

// became lists what became of each order: status, code or reference, "again" for a replay.
func became(t *testing.T, a answer) string {
	t.Helper()
	var words []string
	for i, one := range members(t, a.body["results"]) {
		word := fmt.Sprint(one["status"])
		if problem, ok := one["problem"].(map[string]any); ok {
			word += " " + fmt.Sprint(problem["code"])
		}
		if one["replayed"] == true {
			word += " again"
		}
		if one["index"] != float64(i) {
			word += " out of place"
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

func TestEachOrderOfABatchIsAnsweredByItself(t *testing.T) {
	t.Parallel()
	gate, release := held("delivered")
	defer release()
	s := start(t, gate)
	c, key := s.customer("6")
	orders := []string{
		orderOf("a"), `{"phone":"1","amount":50,"reference":"b"}`, `{}`, orderOf("a"), `{"phone":"5512345678","amount":60,"reference":"a"}`,
		`{"phone":"5512345678","amount":5,"reference":"c"}`, orderOf("d"), orderOf("e"),
	}
	first := "202; 422 invalid_phone; 422 invalid_request; 202 again; 409 reference_reused; 422 amount_out_of_range; 202; 402 insufficient_balance"
	dry := s.ask(http.MethodPost, "/api/v1/topups/batch", key, batchOf(`,"dry_run":true`, orders...))
	if dry.status != http.StatusOK || became(t, dry) != first || dry.text("total_price") != "5.5556" || dry.body["accepted"] != 2.0 || dry.body["refused"] != 5.0 {
		t.Errorf("a dry run: %d %s\n%s", dry.status, became(t, dry), dry.raw)
	}
	if b := storetest.Balance(t, s.store, c.ID); b.Held.Sign() != 0 {
		t.Fatalf("a dry run holds %s", b.Held)
	}
	whole := s.ask(http.MethodPost, "/api/v1/topups/batch", key, batchOf("", orders...))
	if whole.status != http.StatusOK || became(t, whole) != first || whole.text("total_price") != "5.5556" || whole.text("available_after") != "0.4444" {
		t.Errorf("%d %s\n%s", whole.status, became(t, whole), whole.raw)
	}
	again := s.ask(http.MethodPost, "/api/v1/topups/batch", key, batchOf("", orders...))
	if became(t, again) != strings.Replace(strings.Replace(first, "202", "202 again", 1), "out_of_range; 202", "out_of_range; 202 again", 1) || again.text("total_price") != "0.0000" {
		t.Errorf("again: %s\n%s", became(t, again), again.raw)
	}
	if b := storetest.Balance(t, s.store, c.ID); b.Held.String() != "5.5556" {
		t.Errorf("held are %s", b.Held)
	}
	release()
	if a := s.order(key, orderOf("d")); a.text("status") != "succeeded" {
		t.Errorf("an order of the batch by itself: %d %s", a.status, a.raw)
	}
	last := s.ask(http.MethodPost, "/api/v1/topups/batch", key, batchOf("", orderOf("d")))
	if became(t, last) != "200 again" {
		t.Errorf("one that is final: %s", last.raw)
	}
}

func TestADryRunKnowsTheKeysCapAndWhatWasJustToppedUp(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("100")
	s.order(key, orderOf("before"))
	s.sql(`UPDATE customers SET guard_minutes = 5 WHERE id = $1`, c.ID)
	s.sql(`UPDATE api_keys SET daily_cap = 6 WHERE customer_id = $1`, c.ID)
	dry := s.ask(http.MethodPost, "/api/v1/topups/batch", key, batchOf(`,"dry_run":true`, orderOf("same"),
		`{"phone":"5587654321","amount":20,"reference":"a"}`, `{"phone":"5587654321","amount":40,"reference":"b"}`))
	if got := became(t, dry); got != "409 recently_topped_up; 202; 429 key_cap_reached" {
		t.Errorf("%s: %s", got, dry.raw)
	}
}

func TestABatchIsReadStrictlyAndBounded(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("100")
	many := make([]string, mostOrder+1)
	for i := range many {
		many[i] = `{}`
	}
	for body, code := range map[string]string{
		`{`: codeMalformed, `[]`: codeInvalid, `{}`: codeInvalid, `{"orders":[]}`: codeInvalid, `{"orders":{}}`: codeInvalid, `{"orders":[1]}`: codeInvalid,
		`{"orders":null}`: codeInvalid, batchOf(`,"dry_run":1`, `{}`): codeInvalid, batchOf(`,"more":1`, `{}`): codeInvalid,
		batchOf(`,"dry_run":true,"dry_run":true`, `{}`): codeInvalid, batchOf("", many...): codeInvalid,
		`{"x":"` + strings.Repeat("x", maxBatch) + `"}`: codeTooLarge,
	} {
		if a := s.ask(http.MethodPost, "/api/v1/topups/batch", key, body); a.text("code") != code {
			t.Errorf("%.40s: %d %.300s", body, a.status, a.raw)
		}
	}
	if a := s.ask(http.MethodPost, "/api/v1/topups/batch", key, batchOf("", many[:mostOrder]...)); a.status != http.StatusOK || a.body["refused"] != float64(mostOrder) {
		t.Errorf("as many as there may be: %d %.300s", a.status, a.raw)
	}
	if a := s.ask(http.MethodPut, "/api/v1/topups/batch", key, "{}"); a.status != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", a.status)
	}
}

func TestBatchesSideBySideSellEachOrderOnce(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("100")
	orders := make([]string, 20)
	for i := range orders {
		orders[i] = orderOf(fmt.Sprintf("r%d", i))
	}
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			a, err := s.try(t.Context(), http.MethodPost, "/api/v1/topups/batch", key, batchOf("", orders...))
			if err != nil || a.status != http.StatusOK || a.body["refused"] != 0.0 {
				t.Errorf("%d %.300s, %v", a.status, a.raw, err)
			}
		})
	}
	wait.Wait()
	var topUps int
	if err := s.store.DB().Get(&topUps, `SELECT count(*) FROM topups WHERE customer_id = $1`, c.ID); err != nil || topUps != 20 {
		t.Errorf("%d top-ups of 20 orders, %v", topUps, err)
	}
}
