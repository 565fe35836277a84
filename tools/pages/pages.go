package main

// Which pages, who looks at them, and what a browser's first load is.

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/cmd/latcom-billing/history"
)

// page is one that is measured; "{topup}" in its path is the newest one.
type page struct {
	name   string
	path   string
	target string // of the fragment that htmx asks for; empty: the whole page
	member bool
}

var pages = []page{
	{name: "overview", path: "/admin"},
	{name: "overview, against last week", path: "/admin?compare=week"},
	{name: "overview, live figures", path: "/admin", target: "overview-bands"},
	{name: "overview, live charts", path: "/admin", target: "overview-charts"},
	{name: "overview, what needs somebody", path: "/admin", target: "overview-needs"},
	{name: "customers", path: "/admin/customers"},
	{name: "customers, sorted by runway", path: "/admin/customers?sort=runway"},
	{name: "a customer", path: "/admin/customers/" + history.Code},
	{name: "a customer's top-ups", path: "/admin/customers/" + history.Code + "/topups"},
	{name: "a customer's ledger", path: "/admin/customers/" + history.Code + "/ledger"},
	{name: "a customer's credit", path: "/admin/customers/" + history.Code + "/credit"},
	{name: "a customer's keys", path: "/admin/customers/" + history.Code + "/keys"},
	{name: "a customer's audit", path: "/admin/customers/" + history.Code + "/audit"},
	{name: "top-ups", path: "/admin/topups"},
	{name: "top-ups, failed", path: "/admin/topups?status=failed"},
	{name: "top-ups, of a customer", path: "/admin/topups?customer=" + history.Code},
	{name: "a top-up", path: "/admin/topups/{topup}"},
	{name: "approvals", path: "/admin/approvals"},
	{name: "credit", path: "/admin/credit"},
	{name: "credit, of a customer", path: "/admin/credit?customer=" + history.Code},
	{name: "pricing", path: "/admin/pricing"},
	{name: "float", path: "/admin/float"},
	{name: "queue", path: "/admin/queue"},
	{name: "classifications", path: "/admin/classifications"},
	{name: "exports", path: "/admin/exports"},
	{name: "audit log", path: "/admin/audit"},
	{name: "audit log, an action", path: "/admin/audit?action=key.rotated"},
	{name: "audit log, somebody", path: "/admin/audit?who=" + url.QueryEscape(busyOperator)},
	{name: "audit log, of a customer", path: "/admin/audit?customer=" + history.Code},
	{name: "audit log, a day long ago", path: "/admin/audit?to=2020-01-01"},
	{name: "settings", path: "/admin/settings"},
	{name: "dashboard", path: "/dashboard", member: true},
	{name: "dashboard, live balance", path: "/dashboard", target: "balance", member: true},
	{name: "dashboard, live chart", path: "/dashboard", target: "panel-hours", member: true},
	{name: "dashboard, history", path: "/dashboard/topups", member: true},
	{name: "dashboard, a top-up", path: "/dashboard/topups/{topup}", member: true},
}

// person is a browser that is signed in.
type person struct {
	base   string
	client *http.Client
}

type people struct{ operator, member *person }

func (w *world) signIn(ctx context.Context) (all people, err error) {
	if all.operator, err = w.person(ctx, "/admin/sign-in", url.Values{"name": {operator}, "password": {password}}); err != nil {
		return all, err
	}
	all.member, err = w.person(ctx, "/dashboard/sign-in", url.Values{"email": {memberMail}, "password": {password}})
	return all, err
}

func (p people) of(page page) *person {
	if page.member {
		return p.member
	}
	return p.operator
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (w *world) person(ctx context.Context, path string, form url.Values) (*person, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("make a cookie jar: %w", err)
	}
	p := &person{base: w.address, client: &http.Client{
		Jar: jar, Timeout: time.Minute, Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	return p, p.send(ctx, path, path, form)
}

// send fills in the form that a page shows.
func (p *person) send(ctx context.Context, page, to string, form url.Values) error {
	shown, err := p.get(ctx, page, "")
	if err != nil {
		return err
	}
	token := csrfField.FindStringSubmatch(shown.text)
	if token == nil {
		return fmt.Errorf("%s has no form", page)
	}
	form.Set("csrf", token[1])
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+to, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("send the form to %s: %w", to, err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := p.client.Do(request)
	if err != nil {
		return fmt.Errorf("send the form to %s: %w", to, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("the form sent to %s: %s", to, response.Status)
	}
	return nil
}

type answer struct {
	took  time.Duration
	bytes int    // as they came over the wire
	text  string // unpacked
}

// get asks as a browser does that takes gzip, and measures to the last byte.
func (p *person) get(ctx context.Context, path, target string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return answer{}, fmt.Errorf("ask for %s: %w", path, err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	if target != "" {
		request.Header.Set("HX-Request", "true")
		request.Header.Set("HX-Target", target)
	}
	begun := time.Now()
	response, err := p.client.Do(request)
	if err != nil {
		return answer{}, fmt.Errorf("ask for %s: %w", path, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, fmt.Errorf("read %s: %w", path, err)
	}
	got := answer{took: time.Since(begun), bytes: len(body), text: string(body)}
	if response.StatusCode != http.StatusOK {
		return got, fmt.Errorf("%s answered %s", path, response.Status)
	}
	if response.Header.Get("Content-Encoding") == "gzip" {
		got.text, err = unpack(body)
	}
	return got, err
}

func unpack(body []byte) (string, error) {
	zipped, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("unpack a page: %w", err)
	}
	text, err := io.ReadAll(zipped)
	if err != nil {
		return "", fmt.Errorf("unpack a page: %w", err)
	}
	return string(text), nil
}

// path fills in the newest top-up of the customer.
func (w *world) path(ctx context.Context, p page) (string, error) {
	if !strings.Contains(p.path, "{topup}") {
		return p.path, nil
	}
	c, err := w.store.CustomerByCode(ctx, history.Code)
	if err != nil {
		return "", err
	}
	newest, err := w.store.TopUps(ctx, billing.TopUpFilter{CustomerID: c.ID}, billing.PageRequest{Limit: 1})
	if err != nil || len(newest.TopUps) == 0 {
		return "", errors.Join(err, errors.New("there is no top-up"))
	}
	return strings.ReplaceAll(p.path, "{topup}", newest.TopUps[0].ID.String()), nil
}

// loaded are the files that a page names; fonts are named in the stylesheet.
var loaded = regexp.MustCompile(`(?:src|href)="(/static/[^"#]+)`)

// firstLoads adds up what a browser without a cache loads for a page.
func (w *world) firstLoads(ctx context.Context, who people) (bool, error) {
	fmt.Printf("\nfirst load, compressed (goal: under %d bytes)\n", bytesGoal)
	good := true
	for _, p := range []page{{name: "overview", path: "/admin"}, {name: "top-ups", path: "/admin/topups"}, {name: "dashboard", path: "/dashboard", member: true}} {
		shown, err := who.of(p).get(ctx, p.path, "")
		if err != nil {
			return false, err
		}
		sum, seen := shown.bytes, map[string]bool{}
		files := append(loaded.FindAllStringSubmatch(shown.text, -1), []string{"", "/static/fonts/geist-mono.woff2"})
		for _, file := range files {
			if seen[file[1]] {
				continue
			}
			seen[file[1]] = true
			got, err := who.of(p).get(ctx, file[1], "")
			if err != nil {
				return false, err
			}
			sum += got.bytes
		}
		good = good && sum < bytesGoal
		fmt.Printf("%-34s %9d  %s\n", p.name, sum, map[bool]string{true: "ok", false: "MISSED"}[sum < bytesGoal])
	}
	return good, nil
}
