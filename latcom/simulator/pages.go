package simulator

// What people and tests see of it: a page, and the deliveries as JSON.

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
)

// deliveries answers GET /deliveries, with ?dist_transid= for one order alone:
// {"count", "requests", "logins", "deliveries": [Delivery…]}. count and requests
// are of what was asked for, logins of all.
func (s *Simulator) deliveries(w http.ResponseWriter, r *http.Request) {
	list, requests := s.Deliveries(), s.Requests()
	if id := r.URL.Query().Get("dist_transid"); id != "" {
		list = slices.DeleteFunc(list, func(d Delivery) bool { return d.DistTransID != id })
		requests = int64(s.RequestsFor(id))
	}
	answer(w, http.StatusOK, map[string]any{
		"count": len(list), "requests": requests, "logins": s.Logins(), "deliveries": list,
	})
}

// shown is how many deliveries the page lists.
const shown = 100

// page answers GET /.
func (s *Simulator) page(w http.ResponseWriter, _ *http.Request) {
	list := s.Deliveries()
	count := len(list)
	list = list[max(0, count-shown):]
	slices.Reverse(list)
	var page bytes.Buffer
	err := home.Execute(&page, map[string]any{
		"Count": count, "Requests": s.Requests(), "Logins": s.Logins(), "Fates": Fates(), "Last": list,
	})
	if err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = page.WriteTo(w) // an error means that nobody reads it
}

var home = template.Must(template.New("home").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Latcom simulator</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem;color:#1c1f24;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #dde1e6;vertical-align:top}
td.n,th.n{text-align:right}code{font-family:ui-monospace,monospace}.wide{overflow-x:auto}
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#15181c}th,td{border-color:#333940}}
</style>
<h1>Latcom simulator</h1>
<p>No airtime leaves this machine. {{.Requests}} orders asked for, {{.Count}} delivered, {{.Logins}} logins.
All deliveries as JSON: <a href="/deliveries">/deliveries</a>.</p>
<h2>Fates</h2>
<p>The last six digits of a phone choose what happens. Any other phone is delivered.</p>
<div class="wide"><table><thead><tr><th>phone ends with<th>what happens<th>delivered<th>to conclude</thead><tbody>
{{range .Fates}}<tr><td><code>{{.Digits}}</code><td>{{.Happens}}<td>{{if .Delivered}}yes{{else}}no{{end}}<td>{{.Concludes}}{{with .Then}}, then {{.}}{{end}}
{{end}}</tbody></table></div>
<h2>Last deliveries</h2>
<div class="wide"><table><thead><tr><th>at (UTC)<th>phone<th class="n">sent MXN<th class="n">received MXN<th>dist_transid<th>transId<th>venTransid<th class="n">requests</thead><tbody>
{{range .Last}}<tr><td>{{.At.Format "2006-01-02 15:04:05"}}<td>{{.MSISDN}}<td class="n">{{.Amount}}<td class="n">{{.Received}}<td><code>{{.DistTransID}}</code><td>{{.TransID}}<td>{{.VenTransID}}<td class="n">{{.Requests}}
{{else}}<tr><td colspan="8">None yet.
{{end}}</tbody></table></div>
</html>
`))
