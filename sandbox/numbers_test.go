package sandbox

import (
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"
)

// each calls fn with every documented number.
func each(fn func(n Number)) {
	for _, o := range Outcomes() {
		for _, d := range Delays() {
			for _, w := range Webhooks() {
				fn(Number{o, d, w})
			}
		}
	}
}

func TestEveryDocumentedNumberIsReadAsItIsWritten(t *testing.T) {
	seen := map[string]bool{}
	each(func(n Number) {
		phone := n.Phone("42")
		if got, documented := Read(phone); !documented || got != n || seen[phone] || len(phone) != 10 {
			t.Errorf("%s is read as %+v, %v", phone, got, documented)
		}
		if got, documented := Read("+52" + phone); !documented || got != n {
			t.Errorf("+52%s is read as %+v", phone, got)
		}
		seen[phone] = true
	})
	if len(seen) != len(outcomes)*len(delays)*len(webhooks) {
		t.Errorf("%d numbers", len(seen))
	}
}

func TestADocumentedNumberIsNobodys(t *testing.T) {
	each(func(n Number) {
		parsed, err := phonenumbers.Parse("+52"+n.Phone("00"), "MX")
		if err != nil || phonenumbers.IsValidNumber(parsed) {
			t.Errorf("%s stands in the numbering plan (%v)", n.Phone("00"), err)
		}
	})
}

func TestAnyOtherNumberMeansNothing(t *testing.T) {
	for _, phone := range []string{"", "5512345678", "2020991100", "2020002100", "2020000000", "202000110", "20200011000", "+522020000500", "5500001100"} {
		if n, documented := Read(phone); documented {
			t.Errorf("%s means %+v", phone, n)
		}
	}
	if got := Of(Reversed, 7*time.Second, HookTwice, "05"); got != "2020087205" {
		t.Errorf("Of: %s", got)
	}
	if got := Of(Reversed, time.Minute, HookTwice, "05"); got != "" {
		t.Errorf("Of what there is not: %s", got)
	}
}

func TestAHurriedSandboxKeepsTheOrderOfThings(t *testing.T) {
	if Hurried(40*time.Second, 0) != 40*time.Second || Hurried(40*time.Second, 20) != 2*time.Second {
		t.Error("hurried wrongly")
	}
}
