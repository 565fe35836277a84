package billing_test

import (
	"testing"

	"latcom.example/latcom-billing/billing"
)

func TestACellThatWouldRunAsAFormulaIsDisarmed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "order-1": "order-1", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r": "'\r", "\n1": "'\n1",
		"ñ": "ñ", "'=1": "'=1",
	} {
		if got := billing.SafeCell(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if got := billing.SafeCell([]byte(in)); string(got) != want {
			t.Errorf("the bytes of %q became %q, want %q", in, got, want)
		}
	}
}
