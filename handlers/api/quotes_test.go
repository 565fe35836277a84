package api

import (
	"net/http"
	"strings"
	"testing"

	"latcom.example/latcom-billing/store/storetest"
)

func quotedOrder(reference, amount, more string) string {
	return `{"phone":"5512345678","amount":"` + amount + `","reference":"` + reference + `",` + more + `}`
}

func TestAnOrderGoesByItsQuoteOrNotAboveItsMaxPrice(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("100")
	_, stranger := s.customer("100")
	q := s.ask(http.MethodPost, "/api/v1/quotes", key, `{"amount":50}`)
	if q.status != http.StatusCreated || q.text("price") != "2.7778" || q.text("expires_at") <= q.text("created_at") {
		t.Fatalf("%d %s", q.status, q.raw)
	}
	quote := `"quote":"` + q.text("id") + `"`
	storetest.Owner(s.store).MustExec(`INSERT INTO exchange_rates (mxn_per_usd) VALUES (10)`)
	want := func(what string, a answer, status int, code string) {
		t.Helper()
		if a.status != status || a.text("code") != code {
			t.Errorf("%s: %d %s", what, a.status, a.raw)
		}
	}
	changed := s.order(key, quotedOrder("r0", "50", `"max_price":"4.9999"`))
	want("above max_price", changed, http.StatusConflict, codePriceChanged)
	if changed.text("price") != "5.0000" || changed.text("retry") != "never" {
		t.Errorf("it says %s", changed.raw)
	}
	want("another amount", s.order(key, quotedOrder("r0", "60", quote)), http.StatusUnprocessableEntity, codeQuoteMismatch)
	want("a stranger's", s.order(stranger, quotedOrder("r0", "50", quote)), http.StatusUnprocessableEntity, codeQuoteMismatch)
	want("no id", s.order(key, quotedOrder("r0", "50", `"quote":"x"`)), http.StatusUnprocessableEntity, codeInvalid)
	want("no amount", s.order(key, quotedOrder("r0", "50", `"max_price":-1`)), http.StatusUnprocessableEntity, codeInvalid)
	a := s.order(key, quotedOrder("r1", "50", quote+`,"max_price":2.7778`))
	if a.status != http.StatusCreated || a.text("price") != "2.7778" || a.text("exchange_rate") != "18.0000" {
		t.Errorf("with it: %d %s", a.status, a.raw)
	}
	if a := s.order(key, quotedOrder("r1", "50", quote)); a.status != http.StatusOK || a.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("again: %d %s", a.status, a.raw)
	}
	want("used", s.order(key, quotedOrder("r2", "50", quote)), http.StatusConflict, codeQuoteUsed)
	late := s.ask(http.MethodPost, "/api/v1/quotes", key, `{"amount":"50"}`)
	storetest.Owner(s.store).MustExec(`ALTER TABLE quotes DISABLE TRIGGER ALL; UPDATE quotes SET expires_at = now() - interval '1 second' WHERE topup_id IS NULL; ALTER TABLE quotes ENABLE TRIGGER ALL`)
	want("expired", s.order(key, quotedOrder("r3", "50", `"quote":"`+late.text("id")+`"`)), http.StatusConflict, codeQuoteExpired)
	if a := s.order(key, orderOf("r0")); a.status != http.StatusCreated || a.text("price") != "5.0000" {
		t.Errorf("the reference that was refused: %d %s", a.status, a.raw)
	}
}

func TestAQuoteIsReadStrictly(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("100")
	for body, code := range map[string]string{
		`{`: codeMalformed, `[]`: codeInvalid, `{}`: codeInvalid, `{"amount":"x"}`: codeInvalid, `{"amount":50,"amount":50}`: codeInvalid,
		`{"amount":50,"phone":"1"}`: codeInvalid, `{"amount":5}`: codeAmount, `{"amount":50.001}`: codeAmount,
		`{"x":"` + strings.Repeat("x", maxBody) + `"}`: codeTooLarge,
	} {
		if a := s.ask(http.MethodPost, "/api/v1/quotes", key, body); a.text("code") != code {
			t.Errorf("%.40s: %d %s", body, a.status, a.raw)
		}
	}
}
