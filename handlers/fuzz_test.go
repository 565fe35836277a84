package handlers

// What stands in the address of a list, read here a second time.

import (
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// FuzzReadCursor: whatever is taken for a place is one that we would write.
func FuzzReadCursor(f *testing.F) {
	f.Add(writeCursor(billing.TopUp{ID: billing.NewTopUpID(), CreatedAt: time.Date(2026, 5, 1, 12, 0, 0, 123456000, time.UTC)}))
	for _, s := range []string{"", "=", "AAAA", strings.Repeat("A", 32), strings.Repeat("_", 32), strings.Repeat("A", 32) + "=", "\n", "A0\n" + strings.Repeat("0", 30)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		place, err := readCursor(s)
		if err != nil {
			return
		}
		if again := writeCursor(billing.TopUp{ID: place.ID, CreatedAt: place.CreatedAt}); again != s {
			t.Errorf("%q is the place %v, which we write %q", s, place, again)
		}
	})
}

// FuzzTopUpQuery: an address is refused with words, or each field of it narrows
// the list by itself.
func FuzzTopUpQuery(f *testing.F) {
	for _, s := range []string{
		"", "status=failed", "customer=ENVIA&phone=55+1234+5678", "from=2026-05-01&to=2026-05-31", "from=2026-05-02&to=2026-05-01", "older=AAAA",
		"status=failed&status=unknown", "status=failed,unknown", "who=me", "transaction=LT1&reference=a b", "%zz", "a;b", "from=2026-02-30",
		"reference=\x00", "older=a&newer=b", "q=status:failed+5512345678", "min=20&max=50", "amount=20..100,>50", "key=k7Q2", "phone=5512*", "date=7d", "customer=,",
	} {
		f.Add(s)
	}
	office := &office{site: &Site{Zone: time.FixedZone("Mexico City", -6*3600)}, e: echo.New()}
	f.Fuzz(func(t *testing.T, raw string) {
		q := office.read(t, raw)
		for field, problem := range q.Problems {
			if problem == "" || field != "" && field != views.FieldText && !slices.Contains(billing.FilterFields(), field) {
				t.Errorf("%q: the problem %q of %q", raw, problem, field)
			}
		}
		if q.wrong() {
			return
		}
		for name := range q.Typed {
			alone := office.read(t, url.Values{name: {q.Typed.Get(name)}}.Encode())
			if alone.wrong() || reflect.DeepEqual(alone.Filter, billing.TopUpFilter{}) {
				t.Errorf("%q: %s, %q, narrows nothing: %v", raw, name, q.Typed.Get(name), alone.Problems)
			}
		}
	})
}

// office reads addresses of its list, without a database.
type office struct {
	site *Site
	e    *echo.Echo
}

func (o *office) read(t *testing.T, raw string) *topUpQuery {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.RawQuery = raw
	q, err := o.site.readTopUpQuery(o.e.NewContext(r, httptest.NewRecorder()), views.AdminTopUpsPath, knownValues{
		fields: billing.FilterFields(), customers: []billing.Customer{{ID: 7, Code: "ENVIA", Name: "EnviaDespensa"}},
		keys: func([]string) ([]billing.APIKey, error) {
			return []billing.APIKey{{ID: 9, Hint: "lb_live_…k7Q2"}}, nil
		},
	})
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return q
}
