package main

// Moving in from the old system, with generated tables of its shape.

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"latcom.example/latcom-billing/store/storetest"
)

const (
	oldKeyOfEnvia  = "enviadespensa_prod_2024_key"
	oldKeyOfOthers = "abarrotes_prod_2024_key"
)

// theOldSystem makes the old tables beside the new ones, as rich in oddities as
// such tables are, and returns their address.
func theOldSystem(t *testing.T, more ...string) (old, url string) {
	t.Helper()
	s, url := storetest.NewAsOwner(t)
	for _, statement := range append([]string{
		`CREATE SCHEMA old`,
		`CREATE TABLE old.customers (id serial PRIMARY KEY, customer_id text, company_name text, api_key text, current_balance double precision, credit_limit numeric DEFAULT 0, is_active boolean DEFAULT true, email text)`,
		`CREATE TABLE old.transactions (id serial PRIMARY KEY, customer_id text, phone text, amount double precision, amount_usd double precision, currency text, reference text, status text, operator_transaction_id text, created_at timestamp DEFAULT '2026-11-20 10:00:00', processed_at timestamptz)`,
		`CREATE TABLE old.billing_records (id serial PRIMARY KEY, customer_id text, amount numeric, type text, created_at timestamptz DEFAULT now())`,
		`INSERT INTO old.customers (customer_id, company_name, api_key, current_balance, credit_limit) VALUES
			('envia-001', 'EnviaDespensa', '` + oldKeyOfEnvia + `', 812.345678, 500), ('abarrotes_2', 'Abarrotes Dos', '` + oldKeyOfOthers + `', 0, 0)`,
		`INSERT INTO old.transactions (customer_id, phone, amount, amount_usd, reference, status, operator_transaction_id)
			SELECT 'envia-001', '551234' || lpad(i::text, 4, '0'), 50, 2.7778, 'order-' || i, CASE i % 10 WHEN 0 THEN 'FAILED' ELSE 'SUCCESS' END, 'LT' || i FROM generate_series(1, 2500) i`,
		`INSERT INTO old.transactions (customer_id, phone, amount, amount_usd, reference, status) VALUES
			('envia-001', '5512340010', 50, 2.7778, 'order-10', 'SUCCESS'),
			('envia-001', 'none', 20.005, 1.123456, 'no-phone', 'success'),
			('abarrotes_2', '5512345678', 20, 1.1, NULL, 'success'),
			('abarrotes_2', '5512345678', 20, 1.1, 'order-1', 'PENDING'),
			('abarrotes_2', '5512345678', 20, 1.1, 'strange', 'maybe')`,
		`INSERT INTO old.billing_records (customer_id, amount, type) VALUES ('envia-001', 1000, 'deposit'), ('envia-001', -187.65, 'topup'), ('nobody', 1, 'deposit')`,
	}, more...) {
		s.DB().MustExecContext(t.Context(), statement)
	}
	return url + "&search_path=old", url
}

func TestAnImportTakesEverythingOnceAndItsReferencesStayTaken(t *testing.T) {
	old, url := theOldSystem(t)
	settings := map[string]string{"DATABASE_URL": url}
	dry := runs(t, settings, "import", old, "--dry-run")
	for _, want := range []string{
		"dry run: nothing was changed",
		"read      2 customers: balances USD 812.345678 there, USD 812.3457 here",
		"read      2505 transactions, 2504 references: 2253 succeeded, 250 failed, 2 unknown; MXN 125130.01",
		"read      3 billing records: USD 813.35",
		"1 × a reference that was used twice", "1 × a phone that is none", "1 × a transaction without a reference", "1 × a transaction that has not ended",
		"1 × a status that is not known", "1 × a credit limit", "2505 × a time without a zone, taken for one of UTC", "more than 4 decimals", "more than 2 decimals",
		"1 × a billing record of a customer that is not there",
	} {
		if !strings.Contains(dry.out, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, dry.out)
		}
	}
	if strings.Contains(dry.out+dry.err, oldKeyOfEnvia) {
		t.Error("a key is printed")
	}
	if got := runs(t, settings, "verify"); got.code != exitDone || !strings.Contains(got.out, "0 customers") {
		t.Errorf("after the dry run: %+v", got)
	}
	first := runs(t, settings, "import", old)
	if first.code != exitDone || !strings.Contains(first.out, "imported  2 customers, 2 keys, 1 opening balances: USD 812.3457 posted, USD 0.0000 waiting") ||
		!strings.Contains(first.out, "imported  2504 top-ups new, 0 changed, 0 were there") {
		t.Fatalf("%+v", first)
	}
	again := runs(t, settings, "import", old)
	if again.code != exitDone || !strings.Contains(again.out, "imported  0 top-ups new, 0 changed, 2504 were there") {
		t.Errorf("again: %+v", again)
	}
	if got := runs(t, settings, "verify"); got.code != exitDone || !strings.Contains(got.out, "2 customers, 0 top-ups") || !strings.Contains(got.out, "1 adjustments") {
		t.Errorf("%+v", got)
	}
	servesThePast(t, url)
}

// servesThePast asks as the old integrations do.
func servesThePast(t *testing.T, url string) {
	t.Helper()
	p := starts(t, served(url), "serve")
	at := p.url(t)
	for name, test := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"the same order":         {`{"phone":"5512340007","amount":"50","reference":"order-7"}`, http.StatusOK, `"status":"succeeded"`},
		"with another phone":     {`{"phone":"5512340008","amount":"50","reference":"order-7"}`, http.StatusConflict, `reference_reused`},
		"one that failed":        {`{"phone":"5512340020","amount":"50","reference":"order-20"}`, http.StatusOK, `"status":"failed"`},
		"failed, then delivered": {`{"phone":"5512340010","amount":"50","reference":"order-10"}`, http.StatusOK, `"status":"succeeded"`},
		"without a phone":        {`{"phone":"5512340010","amount":"20.01","reference":"no-phone"}`, http.StatusConflict, `reference_reused`},
	} {
		code, body := order{method: http.MethodPost, at: at + "/api/v1/topups", key: oldKeyOfEnvia, body: test.body}.ask(t)
		if code != test.status || !strings.Contains(body, test.says) {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	code, body := order{at: at + "/api/v1/balance", key: oldKeyOfEnvia}.ask(t)
	if code != http.StatusOK || !strings.Contains(body, `"balance":"812.3457"`) {
		t.Errorf("%d %s", code, body)
	}
}

func TestAnImportIsStoppedByWhatNoRuleCanDecide(t *testing.T) {
	old, url := theOldSystem(t,
		`INSERT INTO old.customers (customer_id, company_name, api_key, current_balance) VALUES
			('minus', 'Minus', 'minus_prod_2024_key', -3), ('MINUS', 'Twice', 'twice_prod_2024_key', 0), ('weak', 'Weak', 'short', 0), ('copy', 'Copy', '`+oldKeyOfEnvia+`', 0)`,
		`INSERT INTO old.transactions (customer_id, phone, amount, reference, status) VALUES ('gone', '5512345678', 20, 'x', 'success')`)
	got := runs(t, map[string]string{"DATABASE_URL": url}, "import", old)
	if got.code != exitFailed {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{"a balance below zero", "the same code", "can be guessed", "the same API key", "of a customer that is not there"} {
		if !strings.Contains(got.out, "1 × stopped: ") || !strings.Contains(got.out, want) {
			t.Errorf("it does not say %q:\n%s", want, got.out)
		}
	}
	if got := runs(t, map[string]string{"DATABASE_URL": url}, "verify"); !strings.Contains(got.out, "0 customers") {
		t.Errorf("something was written: %+v", got)
	}
}

func TestAnImportFromFilesKeepsReferencesAlone(t *testing.T) {
	_, url := storetest.NewAsOwner(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"customers.csv":    "customer_id,company_name\nENVIA,EnviaDespensa\n",
		"transactions.csv": "id,customer_id,reference,phone,amount,status,created_at\nLT9,ENVIA,gap-1,5512345678,50,pending,2026-11-25T10:00:00Z\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	settings := map[string]string{"DATABASE_URL": url}
	if got := runs(t, settings, "import", dir, "--history-only"); got.code != exitDone || !strings.Contains(got.out, "1 top-ups new") || !strings.Contains(got.out, "0 opening balances") {
		t.Fatalf("%+v", got)
	}
	settled := strings.ReplaceAll("id,customer_id,reference,phone,amount,status,created_at\nLT9,ENVIA,gap-1,5512345678,50,pending,2026-11-25T10:00:00Z\n", "pending", "success")
	if err := os.WriteFile(filepath.Join(dir, "transactions.csv"), []byte(settled), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := runs(t, settings, "import", dir, "--history-only"); got.code != exitDone || !strings.Contains(got.out, "0 top-ups new, 1 changed") {
		t.Errorf("what ended since: %+v", got)
	}
}
