package billing_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"latcom.example/latcom-billing/billing"
)

func TestATopUpMovesOnlyAsTheStateMachineSays(t *testing.T) {
	t.Parallel()
	allowed := map[[2]billing.Status]bool{
		{"queued", "sending"}: true, {"queued", "failed"}: true,
		{"sending", "queued"}: true, {"sending", "succeeded"}: true, {"sending", "failed"}: true, {"sending", "unknown"}: true,
		{"unknown", "succeeded"}: true, {"unknown", "failed"}: true, {"succeeded", "reversed"}: true,
	}
	for _, from := range billing.Statuses() {
		for _, to := range billing.Statuses() {
			if got := from.CanMove(to); got != allowed[[2]billing.Status{from, to}] {
				t.Errorf("%s to %s: got %v", from, to, got)
			}
		}
	}
}

func TestATopUpIDReadsBackAndNothingElseDoes(t *testing.T) {
	t.Parallel()
	id := billing.NewTopUpID()
	if got, err := billing.ParseTopUpID(id.String()); err != nil || got != id {
		t.Errorf("got %s, %v", got, err)
	}
	for _, s := range []string{"", "tu_", "tu_1", id.String() + "0", id.UUID.String(), "TU_" + id.String()[3:], "tu_" + "U" + id.String()[4:]} {
		if _, err := billing.ParseTopUpID(s); !errors.Is(err, billing.ErrNotFound) {
			t.Errorf("%q: got %v", s, err)
		}
	}
}

func TestEveryUsualWritingOfAMexicanNumberIsTheSamePhone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"5512345678", "55 1234 5678", "(55) 1234-5678", "55-1234-5678", "55.1234.5678", " 55 12 34 56 78 ",
		"525512345678", "+525512345678", "+52 55 1234 5678", "+52 (55) 1234 5678", "52 55 1234 5678",
		"+52 1 55 1234 5678", "5215512345678", "+5215512345678", "52 1 55 1234 5678", "55\u00a01234\u00a05678",
	} {
		if got, err := billing.ParsePhone(s); err != nil || got != "+525512345678" {
			t.Errorf("%q: got %q, %v", s, got, err)
		}
	}
}

func TestWhatIsNoMexicanNumberIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	tests := map[string]billing.PhoneProblem{
		"":                     billing.PhoneEmpty,
		"  ":                   billing.PhoneEmpty,
		"551234567":            billing.PhoneTooShort,
		"+52 55 1234 567":      billing.PhoneTooShort,
		"55123456789":          billing.PhoneTooLong,
		"+1 212 555 0100":      billing.PhoneForeign,
		"+34 600 000 000":      billing.PhoneForeign,
		"0512345678":           billing.PhoneForeign,
		"1512345678":           billing.PhoneForeign,
		"55 CALL NOW":          billing.PhoneNotOne,
		"5512345678 ext 5":     billing.PhoneNotOne,
		"++525512345678":       billing.PhoneNotOne,
		"55+12345678":          billing.PhoneNotOne,
		"+":                    billing.PhoneNotOne,
		"٥٥١٢٣٤٥٦٧٨":           billing.PhoneNotOne,
		"+52 1 1 55 1234 5678": billing.PhoneTooLong,
	}
	for s, want := range tests {
		_, err := billing.ParsePhone(s)
		if problem := (billing.PhoneError{}); !errors.As(err, &problem) || problem.Problem != want {
			t.Errorf("%q: got %v, want %s", s, err, want)
		}
	}
}

func TestMoneyIsReadStrictlyAndWrittenInFull(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " 1", "1 ", "1,5", "1e3", "NaN", "Inf", "0x1", "1.00001", "--1", "1-", ".", "200000000000"} {
		if _, err := billing.ParseUSD(s); err == nil {
			t.Errorf("%q was read as money", s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.Int64Range(-1e12, 1e12).Draw(t, "ten-thousandths")
		a := billing.MustUSD("0")
		for _, part := range []int64{units / 2, units - units/2} {
			a = a.Add(fromUnits(part))
		}
		again, err := billing.ParseUSD(a.String())
		if err != nil || again.Cmp(fromUnits(units)) != 0 {
			t.Fatalf("%d became %s", units, a)
		}
	})
}

func fromUnits(units int64) billing.USD {
	sign := ""
	if units < 0 {
		sign, units = "-", -units
	}
	digits := fmt.Sprintf("%05d", units)
	whole := digits[:len(digits)-4]
	return billing.MustUSD(sign + whole + "." + digits[len(digits)-4:])
}
