package billing

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestADepositToTheFloatIsWhole(t *testing.T) {
	good := FloatDeposit{ID: uuid.New(), Amount: MustMXN("1000"), Reference: "SPEI-1", Note: "March"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*FloatDeposit){
		"amount":    func(d *FloatDeposit) { d.Amount = MXN{} },
		"reference": func(d *FloatDeposit) { d.Reference = " " },
		"note":      func(d *FloatDeposit) { d.Note = "" },
		"proof":     func(d *FloatDeposit) { d.Proof = strings.Repeat("x", 201) },
	} {
		d := good
		spoil(&d)
		var wrong ValidationError
		if err := d.Check(); !errors.As(err, &wrong) || len(wrong) != 1 || wrong[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, amount := range []string{"-1", "10000000000"} {
		d := good
		d.Amount = MustMXN(amount)
		if err := d.Check(); err == nil {
			t.Errorf("%s was taken", amount)
		}
	}
	entry := good.Entry()
	if entry.Kind != EntryFloatDeposit || entry.From != AccountDeposits || entry.To != AccountFloat || entry.Currency != CurrencyMXN || entry.CustomerID != nil {
		t.Errorf("%+v", entry)
	}
	correction := good.Correction(uuid.New(), "not ours")
	if err := correction.Check(); err != nil {
		t.Error(err)
	}
	undone := correction.Entry()
	if undone.Kind != EntryFloatCorrection || undone.From != entry.To || undone.To != entry.From || !undone.Amount.Equal(entry.Amount) {
		t.Errorf("%+v", undone)
	}
}

func TestTheFloatLastsAsLongAsWhatIsLeftOfIt(t *testing.T) {
	for _, tt := range []struct {
		left, lastHour string
		want           time.Duration
	}{
		{"100", "50", 2 * time.Hour}, {"0", "50", 0}, {"-5", "50", 0}, {"-5", "0", 0}, {"100", "0", NoRunway}, {"1", "3", 20 * time.Minute},
	} {
		if got := FloatRunway(MustMXN(tt.left), MustMXN(tt.lastHour)); got != tt.want {
			t.Errorf("%s left, %s an hour: %s, want %s", tt.left, tt.lastHour, got, tt.want)
		}
	}
}
