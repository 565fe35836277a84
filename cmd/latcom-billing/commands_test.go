package main

import (
	"encoding/json"
	"strings"
	"testing"

	"latcom.example/latcom-billing/store/storetest"
)

func TestACommandEndsWithTheCodeOfItsOutcome(t *testing.T) {
	_, url := storetest.NewAsOwner(t)
	database := map[string]string{"DATABASE_URL": url}
	nowhere := map[string]string{"DATABASE_URL": storetest.URL("no_such_database")}
	for _, test := range []struct {
		args     string
		settings map[string]string
		code     int
		says     string // on stderr
	}{
		{"", nil, exitUsage, "expected one of"},
		{"dance", nil, exitUsage, "unexpected argument dance"},
		{"serve --fast", nil, exitUsage, "unknown flag --fast"},
		{"serve", nil, exitFailed, "DATABASE_URL: it is not set"},
		{"serve now", nil, exitUsage, "unexpected argument now"},
		{"migrate", nil, exitFailed, "DATABASE_URL: it is not set"},
		{"migrate", nowhere, exitFailed, "does not exist"},
		{"migrate", database, exitDone, ""},
		{"verify", database, exitDone, ""},
		{"simulator", nil, exitUsage, "--listen"},
		{"simulator --listen 127.0.0.1:1 --latency fast", nil, exitUsage, "not a latency"},
		{"demo --latency 7s-6s", nil, exitUsage, "not a latency"},
		{"demo --top-ups -1", nil, exitUsage, ""},
		{"customer", database, exitUsage, "expected one of"},
		{"customer add ENVIA", database, exitUsage, "--name"},
		{"customer add envia --name x", database, exitUsage, "capital letters"},
		{"customer add ENVIA --name x --credit -5", database, exitUsage, "not below zero"},
		{"customer add ENVIA --name x --credit 0.00001", database, exitUsage, "4 decimals"},
		{"customer add ENVIA --name x --credit 10", database, exitDone, ""},
		{"customer add ENVIA --name x", database, exitFailed, "in use"},
		{"customer credit ENVIA 5", database, exitUsage, "--reason"},
		{"customer credit ENVIA five --reason x", database, exitUsage, "not a decimal number"},
		{"customer credit ENVIA 0 --reason x", database, exitUsage, "other than zero"},
		{"customer credit ENVIA 5 --reason x", database, exitDone, ""},
		{"customer credit ENVIA -5.5 --reason x", database, exitDone, ""},
		{"customer credit --reason x ENVIA -5", database, exitDone, ""},
		{"customer credit ENVIA -5 --reason x", database, exitFailed, "available is 4.5000 USD"},
		{"customer credit NOBODY 5 --reason x", database, exitFailed, `no customer has the code "NOBODY"`},
		{"customer credit ENVIA 1000.0001 --reason x", database, exitDone, "waits for an operator"},
		{"verify", database, exitDone, ""},
	} {
		got := runs(t, test.settings, strings.Fields(test.args)...)
		if got.code != test.code || !strings.Contains(got.err, test.says) {
			t.Errorf("%s: %d, %s%s", test.args, got.code, got.out, got.err)
		}
		if test.code != exitDone && got.out != "" {
			t.Errorf("%s prints %q as its result", test.args, got.out)
		}
	}
}

func TestEveryCommandHelps(t *testing.T) {
	for _, args := range []string{
		"--help", "demo --help", "serve --help", "migrate --help", "simulator --help", "customer --help", "customer add --help", "customer credit --help",
		"customer import-key --help", "verify --help", "load --help",
	} {
		got := runs(t, nil, strings.Fields(args)...)
		if got.code != exitDone || !strings.HasPrefix(got.out, "Usage: latcom-billing") || got.err != "" {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if help := runs(t, nil, "serve", "--help").out; !strings.Contains(help, "LATCOM_TIMEOUT") || !strings.Contains(help, "90s") {
		t.Error("serve --help does not list the settings")
	}
}

func TestACustomerIsMadeWithAKeyAndCredit(t *testing.T) {
	s, url := storetest.NewAsOwner(t)
	got := runs(t, map[string]string{"DATABASE_URL": url}, "customer", "add", "ENVIA", "--name", "Envía Despensa", "--credit", "12.5", "--json")
	var made map[string]string
	if err := json.Unmarshal([]byte(got.out), &made); err != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	c, err := s.CustomerByCode(t.Context(), "ENVIA")
	if err != nil {
		t.Fatal(err)
	}
	if len(made) != 3 || made["code"] != "ENVIA" || made["id"] == "" || !strings.HasPrefix(made["api_key"], "lb_live_") {
		t.Errorf("printed %v", made)
	}
	if c.Name != "Envía Despensa" || c.Posted.String() != "12.5000" {
		t.Errorf("made %+v", c)
	}
	if strings.Contains(got.err, made["api_key"]) {
		t.Error("the log shows the key")
	}
}

func TestWhatIsAboveTheLimitWaitsForASecondOperator(t *testing.T) {
	s, url := storetest.NewAsOwner(t)
	settings := map[string]string{"DATABASE_URL": url, "APPROVAL_LIMIT_USD": "50"}
	if got := runs(t, settings, "customer", "add", "ENVIA", "--name", "x", "--credit", "50.01"); got.code != exitDone || !strings.Contains(got.err, "waits for an operator") {
		t.Errorf("%+v", got)
	}
	if got := runs(t, settings, "customer", "credit", "ENVIA", "51", "--reason", "x"); got.code != exitDone || !strings.Contains(got.err, "waits for an operator") {
		t.Errorf("%+v", got)
	}
	waiting, err := s.WaitingAdjustments(t.Context())
	if err != nil || len(waiting) != 2 {
		t.Errorf("%d wait, %v", len(waiting), err)
	}
	if c, err := s.CustomerByCode(t.Context(), "ENVIA"); err != nil || c.Posted.Sign() != 0 {
		t.Errorf("money moved: %s, %v", c.Posted, err)
	}
}

func TestVerifyNamesWhatIsWrongAndFails(t *testing.T) {
	s, url := storetest.NewAsOwner(t)
	c := storetest.Customer(t, s, "10")
	s.DB().MustExecContext(t.Context(), `UPDATE balances SET balance = 11 WHERE customer_id = $1`, c.ID)
	got := runs(t, map[string]string{"DATABASE_URL": url}, "verify")
	if got.code != exitFailed || !strings.Contains(got.out, "balance: found 11.0000, expected 10.0000") {
		t.Errorf("%+v", got)
	}
}

func TestCommandsRefuseADatabaseThatIsNotMigrated(t *testing.T) {
	s, url := storetest.NewAsOwner(t)
	s.DB().MustExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
	for _, args := range [][]string{{"verify"}, {"customer", "add", "ENVIA", "--name", "x"}} {
		if got := runs(t, map[string]string{"DATABASE_URL": url}, args...); got.code != exitFailed || !strings.Contains(got.err, "latcom-billing migrate") {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
