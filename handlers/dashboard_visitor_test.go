package handlers_test

// A site with a real database and engine, and the browsers that visit it.

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/alerting"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/exports"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

const (
	serverKey = "the-key-of-this-server"
	password  = "correct horse battery"
)

// passwordHash is made once: it takes 64 MiB and a tenth of a second.
var passwordHash = sync.OnceValue(func() string { return access.HashPassword(password) })

// premises are one site, open until its test ends.
type premises struct {
	store   *store.Store
	engine  *topup.Engine
	courier *webhooks.Courier
	echo    *echo.Echo
	url     string
}

type delivers func(context.Context, billing.Send) billing.Answer

func (d delivers) TopUp(ctx context.Context, s billing.Send) billing.Answer { return d(ctx, s) }

// outcome answers each order with one outcome. The reason is what no customer
// may ever read.
func outcome(o billing.Outcome) delivers {
	return func(context.Context, billing.Send) billing.Answer {
		return billing.Answer{Outcome: o, Reason: "wire-evidence", ProviderTransactionID: "LT77001", CarrierTransactionID: "88260455"}
	}
}

func openSite(t *testing.T, provider topup.Provider, change ...func(*handlers.Site)) premises {
	t.Helper()
	s, address := storetest.NewWithURL(t)
	log := discard
	files := exports.New(s, log, t.TempDir())
	courier, err := webhooks.New(s, log, webhooks.Options{SecretKey: strings.Repeat("s", 32), AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	messenger, err := alerting.New(s, log, alerting.Options{SecretKey: strings.Repeat("s", 32), AllowPrivate: true, BaseURL: "https://billing.example"})
	if err != nil {
		t.Fatal(err)
	}
	engine := topup.New(s, provider, log, topup.Options{
		ListenURL: address, Concurrency: 5, RetryWindow: time.Minute, MaxWait: 15 * time.Minute,
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), ApprovalLimit: billing.DefaultApprovalLimit, Work: true,
		Beside: []topup.Beside{
			{Queue: store.ExportQueue, Workers: 1, Register: files.Register},
			{Queue: store.WebhookQueue, Workers: 4, Poll: 20 * time.Millisecond, Register: courier.Register},
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- engine.Run(ctx, 10*time.Second) }()
	go func() { ended <- files.Run(ctx) }()
	keeper := bookkeeper.New(s, log, bookkeeper.Options{Zone: mexico(t)})
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		keeper.Run(ctx)
	}()
	site := handlers.Site{
		QueueWindow: openWindow(t, address),
		Store:       s, Engine: engine, Books: keeper, Log: log, AdminKey: serverKey, SecretKey: strings.Repeat("s", 32), Zone: mexico(t), Version: "test",
		Exports: files, Courier: courier, Messenger: messenger,
	}
	for _, c := range change {
		c(&site)
	}
	t.Cleanup(func() {
		cancel()
		<-kept
		if err := errors.Join(<-ended, <-ended); err != nil {
			t.Error(err)
		}
	})
	return premises{store: s, engine: engine, courier: courier}.served(t, site)
}

// openWindow lets the back office look at the queue's jobs.
func openWindow(t *testing.T, address string) *store.QueueWindow {
	t.Helper()
	w, err := store.OpenQueueWindow(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// served are the premises with another site in front of them.
func (p premises) served(t *testing.T, site handlers.Site) premises {
	t.Helper()
	e, err := handlers.New(site)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	t.Cleanup(func() {
		p.engine.Stop() // streams end
		server.Close()
	})
	p.echo, p.url = e, server.URL
	return p
}

var discard = slog.New(slog.DiscardHandler)

func mexico(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Mexico_City")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// addMember adds somebody of a customer who may sign in.
func (p premises) addMember(t *testing.T, c billing.Customer, email string) (id int64) {
	t.Helper()
	return p.addMemberAs(t, c, email, billing.MemberOwner)
}

func (p premises) addMemberAs(t *testing.T, c billing.Customer, email string, role billing.MemberRole) (id int64) {
	t.Helper()
	err := p.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		id, err = tx.InsertMember(t.Context(), billing.Member{CustomerID: c.ID, Email: email, Name: "Laura Campos", Role: role, PasswordHash: passwordHash()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (p premises) addOperator(t *testing.T, name string) {
	t.Helper()
	err := p.store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertOperator(t.Context(), billing.Operator{SignInName: name, Name: "Diego Ríos", Role: billing.RoleAdmin, PasswordHash: passwordHash()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// order accepts a top-up and waits until it is settled.
func (p premises) order(t *testing.T, c billing.Customer, reference string) billing.TopUp {
	t.Helper()
	accepted, _, err := p.engine.Accept(t.Context(), billing.Order{CustomerID: c.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN("50")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	settled, err := p.engine.Wait(ctx, accepted)
	if err != nil || !settled.Status.Settled() {
		t.Fatalf("top-up %s is %s: %v", settled.ID, settled.Status, err)
	}
	return settled
}

// visitor is a browser: it keeps cookies and follows no redirect by itself.
type visitor struct {
	t      *testing.T
	client *http.Client
	base   string
}

func (p premises) visit(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t: t, base: p.url, client: &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what a visitor got.
type answer struct {
	status int
	header http.Header
	body   string
	*goquery.Document
	by visitor
}

// follow goes where the answer leads.
func (a answer) follow() answer {
	a.by.t.Helper()
	if a.status != http.StatusSeeOther {
		a.by.t.Fatalf("it leads nowhere: %d %s", a.status, text(a.Find(`[role="alert"], .field-error`)))
	}
	return a.by.get(a.header.Get("Location"))
}

func (v visitor) do(method, path string, form url.Values, header ...string) answer {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	document, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: string(body), Document: document, by: v}
}

func (v visitor) get(path string, header ...string) answer {
	v.t.Helper()
	return v.do(http.MethodGet, path, nil, header...)
}

// until asks for a page again and again until something is on it.
func (v visitor) until(path, selector string) answer {
	v.t.Helper()
	for {
		if got := v.get(path); got.Find(selector).Length() > 0 {
			return got
		}
		if v.t.Context().Err() != nil {
			v.t.Fatalf("%s never shows %s", path, selector)
		}
	}
}

// part asks as htmx does for one element of a page.
func (v visitor) part(path, id string) answer {
	v.t.Helper()
	return v.get(path, "HX-Request", "true", "HX-Target", id)
}

// submit fills in the form on a page that posts to action, hidden fields
// included, and sends it.
func (v visitor) submit(page, action string, typed url.Values) answer {
	v.t.Helper()
	form := url.Values{}
	v.get(page).Find(`form[action="` + action + `"]`).Find(`input[type="hidden"], input[type="checkbox"][checked]`).Each(func(_ int, field *goquery.Selection) {
		form.Add(field.AttrOr("name", ""), field.AttrOr("value", ""))
	})
	if form.Get("csrf") == "" {
		v.t.Fatalf("%s has no form for %s", page, action)
	}
	for name, values := range typed {
		form[name] = values
	}
	return v.do(http.MethodPost, action, form)
}

func (v visitor) signInAsMember(email string) visitor {
	v.t.Helper()
	got := v.submit("/dashboard/sign-in", "/dashboard/sign-in", url.Values{"email": {email}, "password": {password}})
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/dashboard" {
		v.t.Fatalf("sign-in of %s: %d to %q", email, got.status, got.header.Get("Location"))
	}
	return v
}

// cookie is the value that the browser holds; empty without one.
func (v visitor) cookie(name string) string {
	v.t.Helper()
	at, err := url.Parse(v.base)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// tight is text without its spaces: between two elements there may be one or none.
func tight(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), "")
}

// text is a selection as a person reads it.
func text(s *goquery.Selection) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s.Text(), "\u00a0", " ")), " ")
}
