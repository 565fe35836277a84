package handlers_test

// River's own pages about its jobs: framed, under our policy, and to look at only.

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestTheQueuesJobsAreToLookAtOnly(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	p.accept(t, storetest.Customer(t, p.store, "100"), "r1")
	v := p.as(t, billing.RoleAdmin)
	var before string
	const jobs = `SELECT COALESCE(string_agg(j::text, ' ' ORDER BY id), '') FROM river_job j`
	if err := p.store.DB().GetContext(t.Context(), &before, jobs); err != nil || before == "" {
		t.Fatalf("%q, %v", before, err)
	}
	var id int64
	if err := p.store.DB().GetContext(t.Context(), &id, `SELECT id FROM river_job`); err != nil {
		t.Fatal(err)
	}
	body := `{"ids":["` + strconv.FormatInt(id, 10) + `"]}`
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for _, path := range []string{"", "/", "/jobs", "/api/jobs/cancel", "/api/jobs/delete", "/api/jobs/retry", "/api/queues/default/pause", "/api/queues/default/resume", "/api/queues/default", "/api/queues", "/api/jobs/" + strconv.FormatInt(id, 10)} {
			if got := v.sends(method, "/admin/queue/river"+path, body, v.csrf()); got != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, got)
			}
			if got := v.sends(method, "/admin/queue/river"+path, body, ""); got != http.StatusForbidden {
				t.Errorf("%s %s without a token of ours: %d", method, path, got)
			}
		}
	}
	var after string
	if err := p.store.DB().GetContext(t.Context(), &after, jobs); err != nil || after != before {
		t.Errorf("the jobs were\n%s\nand are\n%s (%v)", before, after, err)
	}
	var paused int
	if err := p.store.DB().GetContext(t.Context(), &paused, `SELECT count(*) FROM river_queue WHERE paused_at IS NOT NULL`); err != nil || paused != 0 {
		t.Errorf("%d queues are paused, %v", paused, err)
	}
}

// sends asks with a JSON body, as River's scripts do, and a token in the header.
func (v visitor) sends(method, path, body, token string) int {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("X-CSRF-Token", token)
	}
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

func TestTheQueuesJobsAreShownToOperatorsInOurFrame(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	c := storetest.Customer(t, p.store, "100")
	order := p.accept(t, c, "r1")
	p.addMember(t, c, "laura@envia.mx")
	v := p.as(t, billing.RoleViewer)
	if got := v.get("/admin/queue").Find(`#panel-jobs a[href="/admin/queue/river/"]`); got.Length() != 1 {
		t.Error("the queue's page does not lead there")
	}
	page := v.get("/admin/queue/river/jobs?state=available", "Accept", "text/html")
	if page.status != http.StatusOK || page.Find(`header.lb-bar a[href="/admin/queue"]`).Length() != 1 || page.Find(`head link[href^="/static/river.css"]`).Length() != 1 {
		t.Errorf("the page (%d) is not in our frame", page.status)
	}
	if said := text(page.Find("header.lb-bar")); !strings.Contains(said, "nothing here cancels, deletes or repeats one") {
		t.Errorf("the bar says %q", said)
	}
	jobs := v.get("/admin/queue/river/api/jobs?state=available&limit=20")
	if jobs.status != http.StatusOK || !strings.Contains(jobs.body, order.ID.UUID.String()) {
		t.Errorf("the jobs: %d %.300s", jobs.status, jobs.body)
	}
	if got := v.get("/admin/queue/river/api/states"); got.status != http.StatusOK || !strings.Contains(got.body, `"available":1`) {
		t.Errorf("the states: %d %.300s", got.status, got.body)
	}
	for who, v := range map[string]visitor{"nobody": p.visit(t), "a member": p.visit(t).signInAsMember("laura@envia.mx")} {
		for _, path := range []string{"/admin/queue/river", "/admin/queue/river/", "/admin/queue/river/api/jobs", "/admin/queue/river/assets/x.js"} {
			if got := v.get(path); got.status != http.StatusSeeOther {
				t.Errorf("%s gets %d at %s", who, got.status, path)
			}
		}
	}
}

// The one style that River's scripts write into a page is allowed by its hash: a
// newer River that writes another one fails here, not in the browser.
func TestTheQueuesJobsKeepAPolicyWithoutInlineStylesOrScripts(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	v := p.as(t, billing.RoleViewer)
	page := v.get("/admin/queue/river/", "Accept", "text/html")
	policy := page.header.Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") || !strings.Contains(policy, "script-src 'self';") {
		t.Errorf("the policy: %s", policy)
	}
	script := page.Find(`script[type="module"]`)
	if script.Length() != 1 || page.Find(`script:not([src]):not([type="application/json"]), style, [style], [onload]`).Length() != 0 {
		t.Errorf("something stands inline: %.500s", page.body)
	}
	written := regexp.MustCompile("createTextNode\\(`(\\*,[^`]+)`\\)").FindStringSubmatch(v.get(script.AttrOr("src", "")).body)
	if written == nil {
		t.Fatal("River's script writes no style of the kind any more: take its hash out")
	}
	sum := sha256.Sum256([]byte(written[1]))
	if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, "style-src 'self' "+hash+";") {
		t.Errorf("the policy %s does not allow %s", policy, hash)
	}
	if got := v.get(script.AttrOr("src", "")).header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("scripts are cached as %q", got)
	}
}
