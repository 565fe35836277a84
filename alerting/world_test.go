package alerting_test

// An engine on a simulated Latcom, a messenger, and receivers that are real: a mail
// server, and servers for Slack and a webhook.

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/alerting"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/latcom"
	"latcom.example/latcom-billing/latcom/simulator"
	post "latcom.example/latcom-billing/mail"
	"latcom.example/latcom-billing/mail/mailtest"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

var (
	discard = slog.New(slog.DiscardHandler)
	secret  = strings.Repeat("s", 32)
)

// receivers keep what they were told.
type receivers struct {
	smtp string // address of the mail server
	http string // of the server for Slack and the webhook

	mu      sync.Mutex
	letters []letter
	slack   []string
	hooks   []hook
	refuse  bool // the HTTP server answers 500
}

type letter struct {
	to, subject, text, id string
}

type hook struct {
	Type      string            `json:"type"`
	Kind      billing.AlertKind `json:"kind"`
	Subject   string            `json:"subject"`
	Title     string            `json:"title"`
	ToDo      []string          `json:"to_do"`
	Since     time.Time         `json:"since"`
	EndedAt   *time.Time        `json:"ended_at"`
	Link      string            `json:"link"`
	Help      string            `json:"help"`
	id        string
	signature string
}

func newReceivers(t *testing.T) *receivers {
	t.Helper()
	r := &receivers{}
	office := &mailtest.Office{}
	r.smtp = office.Open(t)
	go func() {
		for {
			select {
			case m := <-office.Letters:
				r.keep(m)
			case <-t.Context().Done():
				return
			}
		}
	}()
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.http = server.URL
	return r
}

func (r *receivers) keep(m *mail.Message) {
	text, _ := io.ReadAll(m.Body)
	subject, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.letters = append(r.letters, letter{to: m.Header.Get("To"), subject: subject, text: strings.ReplaceAll(string(text), "\r\n", "\n"), id: m.Header.Get("Message-Id")})
}

// ServeHTTP is Slack, and whoever receives webhooks.
func (r *receivers) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	text, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse {
		http.Error(w, "out of order", http.StatusInternalServerError)
		return
	}
	if req.URL.Path == "/slack" {
		var said struct {
			Text string `json:"text"`
		}
		_ = json.Unmarshal(text, &said)
		r.slack = append(r.slack, said.Text)
		return
	}
	var h hook
	_ = json.Unmarshal(text, &h)
	h.id, h.signature = req.Header.Get("webhook-id"), req.Header.Get("webhook-signature")
	r.hooks = append(r.hooks, h)
}

func (r *receivers) refuses(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = on
}

// counts are how often each receiver was told that an alert of a kind began, or is
// over.
func (r *receivers) counts(kind billing.AlertKind, message billing.Message) (mail, slack, hook int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	help := "/admin/help/alerts/" + string(kind) + "\n"
	over := message == billing.MessageEnded
	for _, l := range r.letters {
		if strings.Contains(l.text+"\n", help) && strings.HasPrefix(l.subject, "[Over]") == over {
			mail++
		}
	}
	for _, text := range r.slack {
		if strings.Contains(text+"\n", help) && strings.Contains(text, "*Over: ") == over {
			slack++
		}
	}
	for _, h := range r.hooks {
		if h.Kind == kind && h.Type == "alert."+string(message) {
			hook++
		}
	}
	return mail, slack, hook
}

// world is one of them all.
type world struct {
	*receivers
	t         *testing.T
	store     *store.Store
	engine    *topup.Engine
	messenger *alerting.Messenger
	latcom    *simulator.Simulator
	gate      *gate
	ana, luis billing.Actor
}

// gate stands before Latcom and can be shut: what comes meanwhile waits there.
type gate struct {
	next http.Handler
	mu   sync.RWMutex
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.RLock() // whoever holds it shuts the gate
	defer g.mu.RUnlock()
	g.next.ServeHTTP(w, r)
}

// open starts a world with three channels, quiet for 15 minutes.
func open(t *testing.T, change ...func(*latcom.Config, *topup.Options)) *world {
	t.Helper()
	s, address := storetest.NewWithURL(t)
	w := &world{receivers: newReceivers(t), t: t, store: s, latcom: simulator.New(simulator.Options{LatencyMax: time.Nanosecond, TokenTTL: time.Hour})}
	w.gate = &gate{next: w.latcom}
	server := httptest.NewServer(w.gate)
	t.Cleanup(func() {
		w.latcom.Close()
		server.Close()
	})
	c := latcom.Config{BaseURL: server.URL, Timeout: time.Minute, Concurrency: 30}
	o := topup.Options{
		ListenURL: address, Concurrency: 30, RetryWindow: 10 * time.Minute, MaxWait: 2 * time.Hour, Min: billing.MustMXN("20"), Max: billing.MustMXN("200"),
		ApprovalLimit: billing.DefaultApprovalLimit, Work: true,
	}
	for _, with := range change {
		with(&c, &o)
	}
	client, err := latcom.New(c, discard)
	if err != nil {
		t.Fatal(err)
	}
	w.engine = topup.New(s, client, discard, o)
	w.ana, w.luis = storetest.Operator(t, s, "Ana", billing.RoleFinance), storetest.Operator(t, s, "Luis", billing.RoleFinance)
	w.messenger = w.newMessenger()
	w.addChannels()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.engine.Run(ctx, 10*time.Second) }()
	t.Cleanup(func() {
		w.engine.Stop()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return w
}

// newMessenger is another instance's.
func (w *world) newMessenger() *alerting.Messenger {
	w.t.Helper()
	sender, err := post.New("smtp://" + w.smtp + "?from=billing@latcom.example")
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := alerting.New(w.store, discard, alerting.Options{SecretKey: secret, Mail: sender, AllowPrivate: true, BaseURL: "https://billing.example"})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

const signing = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func (w *world) addChannels() {
	w.t.Helper()
	channel := billing.ChannelInput{Name: "x", Least: billing.SeverityWarning, Customers: true, Language: "en", QuietMinutes: billing.UsualQuiet}
	mail, slack, hook := channel, channel, channel
	mail.Kind, mail.MailTo = billing.ChannelEmail, []string{"ana@office.example", "luis@office.example"}
	slack.Kind, slack.Address = billing.ChannelSlack, w.http+"/slack"
	hook.Kind, hook.Address, hook.Secret = billing.ChannelWebhook, w.http+"/hook", signing
	for _, in := range []billing.ChannelInput{mail, slack, hook} {
		in.Name = string(in.Kind)
		if err := w.messenger.Make(w.t.Context(), w.ana, uuid.New(), in); err != nil {
			w.t.Fatal(err)
		}
	}
}

// patience is how long a condition may take on a machine that is busy.
const patience = 60 * time.Second

func (w *world) until(what string, so func() bool) {
	w.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(patience); !so(); {
		select {
		case <-limit:
			w.t.Fatalf("%s: never", what)
		case <-tick.C:
		}
	}
}

// look is a pass of everything that looks after alerts and tells of them.
func (w *world) look() {
	w.t.Helper()
	for _, pass := range []func(context.Context) error{w.engine.LookAround, w.engine.LookAtCustomers, w.messenger.Turn} {
		if err := pass(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// told waits until every receiver was told of a kind, and sees that nobody was told
// twice.
func (w *world) told(message billing.Message, kinds ...billing.AlertKind) {
	w.t.Helper()
	for _, kind := range kinds {
		w.until(string(kind)+" "+string(message), func() bool {
			w.look()
			mail, slack, hook := w.counts(kind, message)
			return mail >= 1 && slack >= 1 && hook >= 1
		})
		w.look()
		if mail, slack, hook := w.counts(kind, message); mail != 1 || slack != 1 || hook != 1 {
			w.t.Errorf("%s was told as %s %d times by mail, %d in Slack, %d by webhook", kind, message, mail, slack, hook)
		}
	}
}

func (w *world) raised(kinds ...billing.AlertKind) {
	w.t.Helper()
	w.told(billing.MessageRaised, kinds...)
}

func (w *world) over(kinds ...billing.AlertKind) {
	w.t.Helper()
	w.told(billing.MessageEnded, kinds...)
}

// accept takes an order; trouble with Latcom is what the test is about.
func (w *world) accept(c billing.Customer, reference string) billing.TopUp {
	w.t.Helper()
	accepted, _, err := w.engine.Accept(w.t.Context(), orderOf(c, reference))
	if err != nil {
		w.t.Fatal(err)
	}
	return accepted
}

func orderOf(c billing.Customer, reference string) billing.Order {
	return billing.Order{CustomerID: c.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN("50")}
}

// tries is accept for an order that may be refused because the breaker is open.
func (w *world) tries(c billing.Customer, reference string) (billing.TopUp, bool) {
	w.t.Helper()
	accepted, _, err := w.engine.Accept(w.t.Context(), orderOf(c, reference))
	var closed billing.UnavailableError
	if err != nil && !errors.As(err, &closed) {
		w.t.Fatal(err)
	}
	return accepted, err == nil
}

// ends waits until a top-up is in a state.
func (w *world) ends(t billing.TopUp, as billing.Status) {
	w.t.Helper()
	w.until(t.Reference+" is "+string(as), func() bool {
		now, err := w.store.TopUp(w.t.Context(), t.ID, 0)
		return err == nil && now.Status == as
	})
}

// sql changes the database as its owner can, beside the program.
func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	tx := storetest.Owner(w.store).MustBeginTx(w.t.Context(), nil)
	defer tx.Rollback() // after a commit it has nothing to undo
	tx.MustExecContext(w.t.Context(), `SET LOCAL session_replication_role = replica`)
	tx.MustExecContext(w.t.Context(), query, args...)
	if err := tx.Commit(); err != nil {
		w.t.Fatal(err)
	}
}

// isOpen says whether an alert of a kind stands.
func (w *world) isOpen(kind billing.AlertKind) bool {
	w.t.Helper()
	all, err := w.store.OpenAlerts(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.ContainsFunc(all, func(a billing.Alert) bool { return a.Kind == kind })
}
