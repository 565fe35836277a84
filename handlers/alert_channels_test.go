package handlers_test

// Where alerts go, as an operator sets it; what members are told, as they do.

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/views"
)

// alertCases are the routes of alerts with who may, for the walk along all of them.
func alertCases(c billing.Customer) map[string]struct {
	path, may string
	allowed   int
} {
	const look, manage = "viewer support finance admin", "finance admin"
	nobodys := "/admin/alerts/channels/" + uuid.NewString()
	return map[string]struct {
		path, may string
		allowed   int
	}{
		"GET /admin/alerts":                               {"/admin/alerts", look, 200},
		"GET /admin/alerts/channels":                      {"/admin/alerts/channels", look, 200},
		"POST /admin/alerts/channels":                     {"/admin/alerts/channels", manage, 422},
		"GET /admin/alerts/channels/new":                  {"/admin/alerts/channels/new", manage, 200},
		"GET /admin/alerts/channels/:id":                  {nobodys, manage, 404},
		"POST /admin/alerts/channels/:id":                 {nobodys, manage, 404},
		"POST /admin/alerts/channels/:id/switch":          {nobodys + "/switch", manage, 404},
		"GET /admin/alerts/channels/:id/removal":          {nobodys + "/removal", manage, 404},
		"POST /admin/alerts/channels/:id/removal":         {nobodys + "/removal", manage, 303}, // gone already
		"POST /admin/alerts/channels/:id/test":            {nobodys + "/test", manage, 404},
		"POST /admin/alerts/thresholds":                   {"/admin/alerts/thresholds", manage, 422},
		"GET /admin/help/alerts":                          {"/admin/help/alerts", look, 200},
		"GET /admin/help/alerts/:kind":                    {"/admin/help/alerts/disk_full", look, 200},
		"POST /admin/customers/:code/notifications/watch": {"/admin/customers/" + c.Code + "/notifications/watch", manage, 422},
	}
}

// channelForm is one that is filled in well.
func channelForm(kind, address string) url.Values {
	return url.Values{
		"kind": {kind}, "name": {"On call"}, "address": {address}, "mail_to": {"ana@office.example\nluis@office.example"}, "least": {"warning"}, "language": {"en"}, "quiet": {"15"}, "customers": {"true"},
	}
}

func TestAChannelIsAddedTriedAndChangedAndNeverShowsItsAddress(t *testing.T) {
	t.Parallel()
	status, said := http.StatusOK, make(chan string, 10)
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said <- r.URL.Path
		w.WriteHeader(status)
		_, _ = w.Write([]byte("invalid_token"))
	}))
	defer sink.Close()
	p := openOffice(t)
	v := p.as(t, billing.RoleFinance)
	if got := v.get("/admin/alerts/channels"); !strings.Contains(text(got.Find("#channels")), "Nobody is told") {
		t.Errorf("without a channel it says %q", text(got.Find("#channels")))
	}
	form := channelForm("slack", sink.URL+"/services/T0/B0/very-secret")
	form.Set("id", uuid.NewString())
	for range 2 { // the second time there is nothing to do
		if got := v.submit("/admin/alerts/channels/new", "/admin/alerts/channels", form); got.status != http.StatusSeeOther {
			t.Fatalf("it was not added: %d %s", got.status, text(got.Find(".field-error")))
		}
	}
	page := v.get("/admin/alerts/channels")
	if page.Find("#channels tbody tr").Length() != 1 || strings.Contains(page.Text(), "very-secret") {
		t.Errorf("the list says %q", text(page.Find("#channels")))
	}
	one := page.Find("#channels a.rowlink").AttrOr("href", "")
	if got := v.get(one); got.status != http.StatusOK || strings.Contains(markup(t, got), "very-secret") {
		t.Errorf("its form shows the address: %d", got.status)
	}
	var kept string
	if err := p.store.DB().GetContext(t.Context(), &kept, `SELECT encode(target, 'escape') FROM alert_channels`); err != nil || strings.Contains(kept, "very-secret") {
		t.Errorf("it is kept as %q, %v", kept, err)
	}

	v.submit("/admin/alerts/channels", one+"/test", url.Values{})
	if path := <-said; path != "/services/T0/B0/very-secret" {
		t.Errorf("the test went to %q", path)
	}
	if got := text(v.get("/admin/alerts/channels").Find(".toast")); !strings.Contains(got, "On call took the test") {
		t.Errorf("the toast says %q", got)
	}
	status = http.StatusForbidden
	v.submit("/admin/alerts/channels", one+"/test", url.Values{})
	<-said
	if got := text(v.get("/admin/alerts/channels").Find(".toast")); !strings.Contains(got, "did not take the test") || !strings.Contains(got, "403 invalid_token") {
		t.Errorf("the toast says %q", got)
	}

	change := channelForm("slack", "")
	change.Set("name", "Night shift")
	if got := v.submit(one, one, change); got.status != http.StatusSeeOther {
		t.Fatalf("changed: %d", got.status)
	}
	status = http.StatusOK
	v.submit("/admin/alerts/channels", one+"/test", url.Values{})
	if path := <-said; path != "/services/T0/B0/very-secret" {
		t.Errorf("an empty address did not keep it: %q", path)
	}
	if got := v.submit(one+"/removal", one+"/removal", url.Values{}); got.status != http.StatusSeeOther {
		t.Errorf("removed: %d", got.status)
	}
	if got := v.do(http.MethodPost, one+"/removal", url.Values{"csrf": {v.csrf()}}); got.status != http.StatusSeeOther {
		t.Errorf("removed twice: %d", got.status)
	}
	if got := v.get("/admin/alerts/channels"); got.Find("#channels tbody tr").Length() != 0 {
		t.Error("it is still there")
	}
}

func markup(t *testing.T, a answer) string {
	t.Helper()
	text, err := a.Html()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAChannelThatIsFilledInWrongIsSaidBesideTheField(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleAdmin)
	for _, test := range []struct{ kind, field, value, wrong string }{
		{"email", "mail_to", "nobody", "mail_to"},
		{"email", "mail_to", "", "mail_to"},
		{"slack", "address", "hooks.slack.com/x", "address"},
		{"webhook", "address", "https://ana:pw@example.com/x", "address"},
		{"webhook", "secret", "s3cret", "secret"},
		{"pigeon", "kind", "pigeon", "kind"},
		{"email", "quiet", "soon", "quiet"},
		{"email", "quiet", "1441", "quiet"},
		{"email", "name", "", "name"},
		{"email", "least", "", "least"},
	} {
		form := channelForm(test.kind, "https://hooks.example.com/x")
		form.Set("id", uuid.NewString())
		form.Set(test.field, test.value)
		got := v.submit("/admin/alerts/channels/new", "/admin/alerts/channels", form)
		if got.status != http.StatusUnprocessableEntity || got.Find("#f-"+test.wrong+"-error").Length() != 1 {
			t.Errorf("%s with %s=%q: %d, %q", test.kind, test.field, test.value, got.status, text(got.Find(".field-error")))
		}
	}
	if got := v.get("/admin/alerts/channels"); got.Find("#channels tbody tr").Length() != 0 {
		t.Error("one was kept all the same")
	}
}

func TestThresholdsAreSetOnceAndKeptInTheLog(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleFinance)
	form := url.Values{"success": {"95"}, "latency": {"20"}, "queue": {"60"}, "float": {"25,000.50"}, "disk": {"0"}}
	for range 2 {
		if got := v.submit("/admin/alerts/channels", "/admin/alerts/thresholds", form); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, text(got.Find(".field-error")))
		}
	}
	now, err := p.store.AlertThresholds(t.Context())
	if err != nil || now.SuccessPercent != 95 || now.FloatBelow.String() != "25000.50" || now.DiskPercent != 0 {
		t.Errorf("%+v, %v", now, err)
	}
	var lines int
	if err := p.store.DB().GetContext(t.Context(), &lines, `SELECT count(*) FROM audit_log WHERE action = 'alert_thresholds.changed'`); err != nil || lines != 1 {
		t.Errorf("%d lines in the log, %v", lines, err)
	}
	for field, value := range map[string]string{"success": "100", "latency": "-1", "queue": "soon", "float": "x", "disk": "2.5"} {
		wrong := url.Values{}
		for name := range form {
			wrong[name] = form[name]
		}
		wrong[field] = []string{value}
		got := v.submit("/admin/alerts/channels", "/admin/alerts/thresholds", wrong)
		if got.status != http.StatusUnprocessableEntity || got.Find("#f-"+field+"-error").Length() != 1 || got.Find("#f-"+field).AttrOr("value", "") != value {
			t.Errorf("%s=%s: %d %q", field, value, got.status, text(got.Find(".field-error")))
		}
	}
}

func TestMembersSayWhatTheyAreToldByEMail(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "300")
	p.addMember(t, c, "laura@envia.mx")
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	form := url.Values{"runway": {"6"}, "language": {"en"}, "mail": {"false"}}
	for range 2 {
		if got := laura.submit("/dashboard/notifications", "/dashboard/notifications/watch", form); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
	}
	if w, err := p.store.CustomerWatch(t.Context(), c.ID); err != nil || w != (billing.CustomerWatch{RunwayMinutes: 360, Language: "en"}) {
		t.Errorf("%+v, %v", w, err)
	}
	got := laura.submit("/dashboard/notifications", "/dashboard/notifications/watch", url.Values{"runway": {"200"}, "language": {"en"}})
	if got.status != http.StatusUnprocessableEntity || got.Find("#f-runway-error").Length() != 1 || got.Find("#f-low").AttrOr("value", "") == "" {
		t.Errorf("%d %q", got.status, text(got.Find(".field-error")))
	}
}

// Each kind has a name, steps and a page that says them, in both languages.
func TestEveryKindOfAlertSaysWhatToDo(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleViewer)
	for _, kind := range billing.AlertKinds() {
		for _, language := range views.Languages {
			r := views.Reader{Language: language}
			if len(views.AlertSteps(r, kind)) == 0 || views.AlertName(r, kind) == string(kind) {
				t.Errorf("%s says nothing in %s", kind, language)
			}
		}
		if got := v.get(views.AlertHelpPath(kind)); got.status != http.StatusOK || got.Find("#alert-"+string(kind)+" li").Length() == 0 {
			t.Errorf("%s: %d", kind, got.status)
		}
	}
	if got := v.get("/admin/help/alerts/none"); got.status != http.StatusNotFound {
		t.Errorf("no kind: %d", got.status)
	}
}
