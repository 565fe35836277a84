package main

import (
	"bytes"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAnOldKeyIsImportedFromStandardInputAlone(t *testing.T) {
	s, url := storetest.NewWithURL(t)
	c, other := storetest.Customer(t, s, "10"), storetest.Customer(t, s, "10")
	const key = "ed_prod_0123456789abcdef"
	for _, test := range []struct {
		stdin string
		args  []string
		code  int
		says  string
	}{
		{key + "\n", []string{c.Code, "--customer-id", "envia-001"}, exitDone, ""},
		{key, []string{c.Code, "--customer-id", "envia-001"}, exitDone, ""},
		{key, []string{other.Code}, exitFailed, "another customer has this key"},
		{key, []string{"NOBODY"}, exitFailed, `no customer has the code "NOBODY"`},
		{"short", []string{c.Code}, exitFailed, "16 characters or more"},
		{"", []string{c.Code}, exitFailed, "16 characters or more"},
		{key + "\n" + key, []string{c.Code}, exitFailed, "more than one line"},
		{"ed prod 0123456789abcdef", []string{c.Code}, exitFailed, "without spaces"},
		{key, []string{c.Code, key}, exitUsage, "unexpected argument"},
		{key, nil, exitUsage, "<code>"},
	} {
		cmd := command(t, map[string]string{"DATABASE_URL": url}, append([]string{"customer", "import-key"}, test.args...)...)
		var out, errs bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(test.stdin), &out, &errs
		if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		if code := cmd.ProcessState.ExitCode(); code != test.code || !strings.Contains(errs.String(), test.says) {
			t.Errorf("%q %v: %d, %s%s", test.stdin, test.args, code, out.String(), errs.String())
		}
		if strings.Contains(out.String()+errs.String(), key) && !strings.Contains(test.says, "unexpected") {
			t.Errorf("%v prints the key", test.args)
		}
	}
	found, err := s.APIKeyByHash(t.Context(), billing.HashSecret(key))
	if err != nil || found.CustomerID != c.ID || found.Hint != "…cdef" {
		t.Errorf("kept %+v, %v", found, err)
	}
	audit, err := s.CustomerAudit(t.Context(), c.ID, 10)
	if err != nil || len(audit) != 1 || audit[0].Action != "key.imported" {
		t.Errorf("the audit log has %+v, %v", audit, err)
	}
}
