package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/store/storetest"
)

func TestEveryMistakeHasItsCode(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("10")
	_, poor := s.customer("1.2")
	suspendedCustomer, suspended := s.customer("10")
	s.sql(`UPDATE customers SET suspended = true WHERE id = $1`, suspendedCustomer.ID)
	_, stranger := s.customer("10")
	strangers := s.order(stranger, orderOf("theirs")).header.Get("Location")
	order := func(members string) string { return "{" + members + "}" }
	with := func(member string) string { return order(`"phone":"5512345678","amount":50,"reference":"r",` + member) }
	phone := func(p string) string { return order(`"amount":50,"reference":"r","phone":` + p) }
	amount := func(a string) string { return order(`"phone":"5512345678","reference":"r","amount":` + a) }
	reference := func(r string) string { return order(`"phone":"5512345678","amount":50,"reference":` + r) }
	post := "POST /api/v1/topups"
	tests := []struct {
		what, call, key, body string
		status                int
		code, retry           string
		fields                string // of errors[]
	}{
		{"no key", post, "", orderOf("r"), 401, "unauthorized", "never", ""},
		{"a wrong key", post, "lb_live_nobody", orderOf("r"), 401, "unauthorized", "never", ""},
		{"a very long key", post, strings.Repeat("k", 5000), orderOf("r"), 401, "unauthorized", "never", ""},
		{"a wrong key comes before a wrong body", post, "lb_live_nobody", "{", 401, "unauthorized", "never", ""},

		{"no body", post, key, "", 400, "malformed_request", "never", ""},
		{"half a body", post, key, `{"phone":"55`, 400, "malformed_request", "never", ""},
		{"text", post, key, `phone=5512345678`, 400, "malformed_request", "never", ""},
		{"NaN", post, key, amount("NaN"), 400, "malformed_request", "never", ""},
		{"Infinity", post, key, amount("-Infinity"), 400, "malformed_request", "never", ""},
		{"a comma too many", post, key, order(`"phone":"5512345678",`), 400, "malformed_request", "never", ""},
		{"single quotes", post, key, `{'phone':'5512345678'}`, 400, "malformed_request", "never", ""},
		{"two values", post, key, orderOf("r") + orderOf("r"), 400, "malformed_request", "never", ""},
		{"something after the value", post, key, orderOf("r") + "x", 400, "malformed_request", "never", ""},
		{"broken UTF-8", post, key, with("\"metadata\":{\"a\":\"\xff\"}"), 400, "malformed_request", "never", ""},
		{"a leading zero", post, key, amount("050"), 400, "malformed_request", "never", ""},
		{"nesting without end", post, key, strings.Repeat(`[`, 30000) + strings.Repeat(`]`, 30000), 400, "malformed_request", "never", ""},

		{"a body of 1 MB", post, key, with(`"metadata":{"a":"` + strings.Repeat("x", 1<<20) + `"}`), 413, "too_large", "never", ""},
		{"a byte too many", post, key, orderOf("r") + strings.Repeat(" ", maxBody+1-len(orderOf("r"))), 413, "too_large", "never", ""},

		{"an array", post, key, `[]`, 422, "invalid_request", "never", ""},
		{"null", post, key, `null`, 422, "invalid_request", "never", ""},
		{"a string", post, key, `"5512345678"`, 422, "invalid_request", "never", ""},
		{"nothing in it", post, key, `{}`, 422, "invalid_request", "never", "phone amount reference"},
		{"an unknown field", post, key, with(`"curency":"MXN"`), 422, "invalid_request", "never", "curency"},
		{"another case", post, key, order(`"Phone":"5512345678","amount":50,"reference":"r"`), 422, "invalid_request", "never", "Phone phone"},
		{"a field twice", post, key, with(`"amount":60`), 422, "invalid_request", "never", "amount"},
		{"a deep unknown field", post, key, with(`"x":` + strings.Repeat("[", 500) + strings.Repeat("]", 500)), 422, "invalid_request", "never", "x"},
		{"a phone that is a number", post, key, phone(`5512345678`), 422, "invalid_request", "never", "phone"},
		{"a phone that is null", post, key, phone(`null`), 422, "invalid_request", "never", "phone"},
		{"an amount that is a word", post, key, amount(`"abc"`), 422, "invalid_request", "never", "amount"},
		{"an amount that is NaN in a string", post, key, amount(`"NaN"`), 422, "invalid_request", "never", "amount"},
		{"an amount with a comma", post, key, amount(`"50,00"`), 422, "invalid_request", "never", "amount"},
		{"an amount with a space", post, key, amount(`" 50"`), 422, "invalid_request", "never", "amount"},
		{"an amount with an exponent in a string", post, key, amount(`"5e1"`), 422, "invalid_request", "never", "amount"},
		{"an amount that is empty", post, key, amount(`""`), 422, "invalid_request", "never", "amount"},
		{"an amount that is true", post, key, amount(`true`), 422, "invalid_request", "never", "amount"},
		{"an amount that is an object", post, key, amount(`{"mxn":50}`), 422, "invalid_request", "never", "amount"},
		{"an amount in hexadecimal", post, key, amount(`"0x32"`), 422, "invalid_request", "never", "amount"},
		{"a reference that is empty", post, key, reference(`""`), 422, "invalid_request", "never", "reference"},
		{"a reference of 65", post, key, reference(`"` + strings.Repeat("r", 65) + `"`), 422, "invalid_request", "never", "reference"},
		{"a reference with a space", post, key, reference(`"a b"`), 422, "invalid_request", "never", "reference"},
		{"a reference with an accent", post, key, reference(`"é"`), 422, "invalid_request", "never", "reference"},
		{"a reference that ends with a line", post, key, reference(`"r\n"`), 422, "invalid_request", "never", "reference"},
		{"a reference that is a number", post, key, reference(`7`), 422, "invalid_request", "never", "reference"},
		{"metadata that is an array", post, key, with(`"metadata":[]`), 422, "invalid_request", "never", "metadata"},
		{"metadata with a key twice", post, key, with(`"metadata":{"a":{"b":1,"b":2}}`), 422, "invalid_request", "never", "metadata"},
		{"metadata with NUL", post, key, with(`"metadata":{"a":"\u0000"}`), 422, "invalid_request", "never", "metadata"},
		{"metadata of 5 KB", post, key, with(`"metadata":{"a":"` + strings.Repeat("x", 5000) + `"}`), 422, "invalid_request", "never", "metadata"},
		{"metadata of 51 keys", post, key, with(`"metadata":` + manyKeys(51)), 422, "invalid_request", "never", "metadata"},
		{"metadata of 6 levels", post, key, with(`"metadata":{"a":[[[[[]]]]]}`), 422, "invalid_request", "never", "metadata"},
		{"metadata with a number that grows", post, key, with(`"metadata":{"a":1e100000}`), 422, "invalid_request", "never", "metadata"},
		{"several at once", post, key, `{"phone":1,"amount":"x","reference":"","z":0}`, 422, "invalid_request", "never", "phone amount reference z"},
		{"an unknown parameter", post + "?dry=1", key, orderOf("r"), 422, "invalid_request", "never", "dry"},

		{"an empty phone", post, key, phone(`""`), 422, "invalid_phone", "never", "phone"},
		{"a phone of 9 digits", post, key, phone(`"551234567"`), 422, "invalid_phone", "never", "phone"},
		{"a foreign phone", post, key, phone(`"+1 212 555 0100"`), 422, "invalid_phone", "never", "phone"},
		{"a phone that is a word", post, key, phone(`"abc"`), 422, "invalid_phone", "never", "phone"},
		{"a phone with NUL", post, key, phone(`"55\u000012345678"`), 422, "invalid_phone", "never", "phone"},

		{"an amount of zero", post, key, amount(`0`), 422, "amount_out_of_range", "never", ""},
		{"a negative amount", post, key, amount(`-50`), 422, "amount_out_of_range", "never", ""},
		{"a negative amount in a string", post, key, amount(`"-50.00"`), 422, "amount_out_of_range", "never", ""},
		{"an amount too fine", post, key, amount(`50.001`), 422, "amount_out_of_range", "never", ""},
		{"an amount too fine in a string", post, key, amount(`"50.005"`), 422, "amount_out_of_range", "never", ""},
		{"an amount below the range", post, key, amount(`19.99`), 422, "amount_out_of_range", "never", ""},
		{"an amount above the range", post, key, amount(`"200.01"`), 422, "amount_out_of_range", "never", ""},
		{"an amount beyond numbers", post, key, amount(`1e400`), 422, "amount_out_of_range", "never", ""},
		{"an exponent beyond integers", post, key, amount(`1e99999999999999999999`), 422, "amount_out_of_range", "never", ""},
		{"an exponent far below", post, key, amount(`1e-999999999`), 422, "amount_out_of_range", "never", ""},
		{"an amount of 20 digits", post, key, amount(`"99999999999999999999"`), 422, "amount_out_of_range", "never", ""},

		{"not enough credit", post, poor, orderOf("r"), 402, "insufficient_balance", "safe", ""},
		{"suspended", post, suspended, orderOf("r"), 403, "customer_suspended", "never", ""},

		{"somebody else's top-up", "GET " + strangers, key, "", 404, "not_found", "never", ""},
		{"an id that nobody has", "GET /api/v1/topups/tu_06900000000000000000000000", key, "", 404, "not_found", "never", ""},
		{"an id that is none", "GET /api/v1/topups/1", key, "", 404, "not_found", "never", ""},
		{"no id", "GET /api/v1/topups/", key, "", 404, "not_found", "never", ""},
		{"an unknown path", "GET /api/v1/nothing", key, "", 404, "not_found", "never", ""},
		{"an unknown version", "POST /api/v2/topups", "", "", 404, "not_found", "never", ""},
		{"the root", "GET /api", "", "", 404, "not_found", "never", ""},
		{"a path that climbs", "GET /api/v1/topups/..%2f..%2fadmin", key, "", 404, "not_found", "never", ""},
		{"another method", "PUT /api/v1/topups", key, orderOf("r"), 405, "method_not_allowed", "never", ""},
		{"DELETE", "DELETE /api/v1/topups/tu_06900000000000000000000000", key, "", 405, "method_not_allowed", "never", ""},
		{"POST to a reading", "POST /api/v1/balance", key, "{}", 405, "method_not_allowed", "never", ""},
		{"a method nobody knows", "BREW /api/v1/topups", key, "", 405, "method_not_allowed", "never", ""},

		{"an unknown filter", "GET /api/v1/topups?state=failed", key, "", 422, "invalid_request", "never", "state"},
		{"an unknown status", "GET /api/v1/topups?status=done", key, "", 422, "invalid_request", "never", "status"},
		{"a filter twice", "GET /api/v1/topups?limit=1&limit=2", key, "", 422, "invalid_request", "never", "limit"},
		{"a time without a zone", "GET /api/v1/topups?from=2026-03-12", key, "", 422, "invalid_request", "never", "from"},
		{"no rows", "GET /api/v1/topups?limit=0", key, "", 422, "invalid_request", "never", "limit"},
		{"too many rows", "GET /api/v1/topups?limit=201", key, "", 422, "invalid_request", "never", "limit"},
		{"half a row", "GET /api/v1/topups?limit=1.5", key, "", 422, "invalid_request", "never", "limit"},
		{"an invented cursor", "GET /api/v1/topups?cursor=abc", key, "", 422, "invalid_request", "never", "cursor"},
		{"a cursor beyond time", "GET /api/v1/topups?cursor=" + strings.Repeat("_", 32), key, "", 422, "invalid_request", "never", "cursor"},
		{"a filter with NUL", "GET /api/v1/topups?reference=%00", key, "", 422, "invalid_request", "never", "reference"},
		{"a filter in broken UTF-8", "GET /api/v1/topups?reference=%ff", key, "", 422, "invalid_request", "never", "reference"},
		{"a broken query", "GET /api/v1/topups?reference=%zz", key, "", 422, "invalid_request", "never", ""},
		{"a filter for a foreign phone", "GET /api/v1/topups?phone=%2B12125550100", key, "", 422, "invalid_phone", "never", "phone"},
		{"a quote for nothing", "GET /api/v1/quote", key, "", 422, "invalid_request", "never", "amount"},
		{"a quote for a word", "GET /api/v1/quote?amount=abc", key, "", 422, "invalid_request", "never", "amount"},
		{"a quote out of range", "GET /api/v1/quote?amount=5", key, "", 422, "amount_out_of_range", "never", ""},
		{"a quote too fine", "GET /api/v1/quote?amount=50.001", key, "", 422, "amount_out_of_range", "never", ""},
		{"a parameter that balance does not know", "GET /api/v1/balance?at=now", key, "", 422, "invalid_request", "never", "at"},
	}
	for _, tt := range tests {
		method, path, _ := strings.Cut(tt.call, " ")
		a := s.ask(method, path, tt.key, tt.body)
		if a.status != tt.status || a.text("code") != tt.code || a.text("retry") != tt.retry {
			t.Errorf("%s: got %d %s %s, want %d %s %s: %s", tt.what, a.status, a.text("code"), a.text("retry"), tt.status, tt.code, tt.retry, a.raw)
			continue
		}
		if a.header.Get("Content-Type") != "application/problem+json" || a.body["status"] != float64(tt.status) || a.text("title") == "" || a.text("detail") == "" {
			t.Errorf("%s: no whole problem document: %s", tt.what, a.raw)
		}
		if a.text("type") != "/api/docs#"+tt.code || a.text("request_id") != a.header.Get("X-Request-Id") {
			t.Errorf("%s: type %q, request %q", tt.what, a.text("type"), a.text("request_id"))
		}
		if fields := fieldsNamed(a); tt.fields != "" && fields != tt.fields {
			t.Errorf("%s: errors about %q, want %q: %s", tt.what, fields, tt.fields, a.raw)
		}
		if len(a.raw) > 4096 {
			t.Errorf("%s: an answer of %d bytes", tt.what, len(a.raw))
		}
	}
	page := s.ask(http.MethodGet, "/api/v1/topups", key, "")
	if b := storetest.Balance(t, s.store, c.ID); page.raw != `{"data":[],"next_cursor":null}`+"\n" || b.Held.Sign() != 0 {
		t.Errorf("something was stored: %s, held %s", page.raw, b.Held)
	}
	if log := s.log.String(); log != "" {
		t.Errorf("mistakes of others were logged: %s", log)
	}
}

func manyKeys(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"k%d":0`, i)
	}
	return "{" + strings.Join(members, ",") + "}"
}

func fieldsNamed(a answer) string {
	list, _ := a.body["errors"].([]any)
	var names []string
	for _, one := range list {
		names = append(names, fmt.Sprint(one.(map[string]any)["field"]))
	}
	return strings.Join(names, " ")
}

func TestRefusalsSayWhatToDoNext(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("1.2")
	if a := s.order("", orderOf("r")); a.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	a := s.order(key, orderOf("r"))
	if a.text("available") != "1.2000" || a.text("price") != "2.7778" || a.text("detail") != "Available is 1.2000 USD, the top-up costs 2.7778 USD. Nothing was charged." {
		t.Errorf("402 says %s", a.raw)
	}
	a = s.order(key, `{"phone":"5512345678","amount":500,"reference":"r"}`)
	if a.text("minimum") != "20.00" || a.text("maximum") != "200.00" {
		t.Errorf("422 says %s", a.raw)
	}
	a = s.order(key, `{"phone":"551234567","amount":50,"reference":"r"}`)
	if !strings.Contains(a.text("detail"), "Telefónica/Movistar, Mexico") {
		t.Errorf("an invalid phone is told %s", a.raw)
	}
	a = s.ask(http.MethodPut, "/api/v1/topups", key, "")
	if allow := strings.Split(a.header.Get("Allow"), ", "); !slices.Contains(allow, "GET") || !slices.Contains(allow, "POST") {
		t.Errorf("405 allows %s", a.header.Get("Allow"))
	}
}

func TestABodyIsJSONByItsContentTypeToo(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("100")
	tests := []struct {
		header, value string
		status        int
	}{
		{"Content-Type", "text/plain", 415},
		{"Content-Type", "application/x-www-form-urlencoded", 415},
		{"Content-Type", "application/json; charset=iso-8859-1", 415},
		{"Content-Type", "application/jsonp", 415},
		{"Content-Type", ";", 415},
		{"Content-Encoding", "gzip", 415},
		{"Content-Type", "application/json; charset=UTF-8", 201},
		{"Content-Type", "APPLICATION/JSON", 201},
		{"Content-Type", "", 201},
	}
	for i, tt := range tests {
		a := s.order(key, orderOf(fmt.Sprintf("r%d", i)), tt.header, tt.value)
		if a.status != tt.status || tt.status == 415 && a.text("code") != "unsupported_media_type" {
			t.Errorf("%s %q: got %d %s", tt.header, tt.value, a.status, a.raw)
		}
	}
}

func TestEitherHeaderCarriesTheKey(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("10")
	tests := []struct {
		headers []string
		status  int
	}{
		{[]string{"Authorization", "Bearer " + key}, 200},
		{[]string{"Authorization", "bearer  " + key}, 200},
		{[]string{"X-API-Key", key}, 200},
		{[]string{"Authorization", "Basic dTpw", "X-API-Key", key}, 200},
		{[]string{"Authorization", key}, 401},
		{[]string{"X-API-Key", key[:len(key)-1]}, 401},
	}
	for _, tt := range tests {
		if a := s.ask(http.MethodGet, "/api/v1/balance", "", "", tt.headers...); a.status != tt.status {
			t.Errorf("%q: got %d, want %d", tt.headers, a.status, tt.status)
		}
	}
	keys, err := s.store.APIKeys(t.Context(), c.ID)
	if err != nil || len(keys) != 1 || keys[0].LastUsedAt == nil {
		t.Errorf("the key's use was not noted: %+v, %v", keys, err)
	}
	s.sql(`UPDATE api_keys SET ended_at = now()`)
	if a := s.ask(http.MethodGet, "/api/v1/balance", key, ""); a.status != 401 {
		t.Errorf("an ended key: %d", a.status)
	}
}

func TestWrongKeysAreSlowedDownAndRightOnesAreNot(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, known := s.customer("10")
	if a := s.ask(http.MethodGet, "/api/v1/balance", known, ""); a.status != 200 {
		t.Fatalf("got %d", a.status)
	}
	refused, begun := 0, time.Now()
	for range 100 {
		a := s.ask(http.MethodGet, "/api/v1/balance", "lb_live_guess", "")
		if a.status == http.StatusTooManyRequests {
			refused++
			after := a.header.Get("Retry-After") // the next place comes within 2 s
			if a.text("code") != "rate_limited" || a.text("retry") != "safe" || after != "1" && after != "2" {
				t.Fatalf("got %s, Retry-After %q", a.raw, after)
			}
		}
	}
	earned := int(time.Since(begun)/(2*time.Second)) + 1 // 30 at once, then one every 2 s
	if refused < 70-earned || refused > 70 {
		t.Errorf("%d of 100 were refused, want 70 less %d at most", refused, earned)
	}
	if a := s.ask(http.MethodGet, "/api/v1/balance", known, ""); a.status != 200 {
		t.Errorf("a key that was right before: %d", a.status)
	}
}

func TestHEADAndOPTIONSAreAnsweredAsHTTPWantsIt(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("10")
	head := s.ask(http.MethodHead, "/api/v1/balance", key, "")
	if head.status != http.StatusOK || head.raw != "" || head.header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD: %d %q", head.status, head.raw)
	}
	if a := s.ask(http.MethodHead, "/api/v1/balance", "", ""); a.status != http.StatusUnauthorized {
		t.Errorf("HEAD without a key: %d", a.status)
	}
	if a := s.ask(http.MethodOptions, "/api/v1/topups", "", ""); a.status != http.StatusNoContent || !strings.Contains(a.header.Get("Allow"), "POST") {
		t.Errorf("OPTIONS: %d, Allow %q", a.status, a.header.Get("Allow"))
	}
}
