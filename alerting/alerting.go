// Package alerting tells people of alerts: by e-mail, in Slack, by a webhook. What is
// an alert the engine decides; whom it concerns and when he was told last stands in
// the database, so that of several instances one says it, once. It moves no money
// and knows neither who is signed in nor what pages look like.
package alerting

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/mail"
	"latcom.example/latcom-billing/seal"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/webhooks"
)

const (
	every     = 2 * time.Second
	turnLimit = 30 * time.Second // a turn may take, with a receiver that hangs
	sendLimit = 15 * time.Second // one message may
	atOnce    = 8                // messages under way in a process
	givenUp   = 24 * time.Hour   // after which a message is no news any more
)

// Options say how a messenger works.
type Options struct {
	SecretKey, SecretKeyOld string          // seal the channels' addresses and secrets
	Mail                    *mail.Sender    // nil: no letter can be sent
	AllowPrivate            bool            // http, and hosts that are not public: for development alone
	Sender                  webhooks.Sender // nil: one over HTTP
	BaseURL                 string          // where links lead; empty: they are paths
	Zone                    *time.Location  // of the times in messages
}

// Messenger carries alerts to people.
type Messenger struct {
	store   *store.Store
	log     *slog.Logger
	box     *seal.Box
	options Options
}

// New returns a messenger on a store; see Run.
func New(s *store.Store, log *slog.Logger, o Options) (*Messenger, error) {
	box, err := seal.New(o.SecretKey, o.SecretKeyOld)
	if err != nil {
		return nil, err
	}
	if o.Sender == nil {
		o.Sender = webhooks.NewHTTPSender(webhooks.HTTPOptions{AllowPrivate: o.AllowPrivate, Limit: sendLimit})
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return &Messenger{store: s, log: log, box: box, options: o}, nil
}

// AllowsPrivate says whether addresses may be on this machine or in its network.
func (m *Messenger) AllowsPrivate() bool { return m.options.AllowPrivate }

// CanMail says whether there is a server for letters.
func (m *Messenger) CanMail() bool { return m.options.Mail != nil }

// Run tells of alerts until ctx ends.
func (m *Messenger) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		turn, cancel := context.WithTimeout(ctx, turnLimit)
		if err := m.Turn(turn); err != nil && ctx.Err() == nil {
			m.log.ErrorContext(ctx, "periodic work failed", "work", "messages about alerts", "error", err)
		}
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Turn writes down which messages are due, and sends those whose turn it is.
func (m *Messenger) Turn(ctx context.Context) error {
	err := m.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.PlanNotices(ctx)
		return err
	})
	for err == nil {
		var due []store.Notice
		if due, err = m.store.ClaimNotices(ctx, atOnce); len(due) == 0 {
			break
		}
		var sent sync.WaitGroup
		for _, n := range due {
			sent.Go(func() { m.deliver(ctx, n) })
		}
		sent.Wait()
	}
	return err
}

// deliver sends one message and writes down what came of it, also when the process
// is told to stop meanwhile. Nothing of the database is held while it is sent.
func (m *Messenger) deliver(ctx context.Context, n store.Notice) {
	ctx = context.WithoutCancel(ctx)
	problem := m.send(ctx, n)
	state, pause := store.NoticeDelivered, time.Duration(0)
	switch {
	case problem == "":
	case n.Now.Sub(n.CreatedAt) > givenUp:
		state = store.NoticeFailed
	default:
		state, pause = store.NoticeWaiting, pauseAfter(n.Tries)
	}
	if problem != "" {
		m.log.WarnContext(ctx, "could not tell of an alert", "kind", string(n.Alert.Kind), "message", string(n.Message), "problem", problem, "state", state)
	}
	if err := m.store.RecordNotice(ctx, n, state, problem, pause); err != nil {
		m.log.ErrorContext(ctx, "could not record a message about an alert", "notice", n.ID, "error", err)
	}
	if n.Channel == nil {
		return
	}
	if err := m.store.NoteAlertChannel(ctx, n.Channel.ID, problem); err != nil {
		m.log.ErrorContext(ctx, "could not note how an alert channel does", "error", err)
	}
}

// pauses are how long a message waits after each try that failed.
var pauses = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute}

func pauseAfter(tries int) time.Duration { return pauses[min(tries, len(pauses)-1)] }

// purposeOf ties what is sealed to its channel.
func purposeOf(id uuid.UUID, what string) string { return what + " of alert channel " + id.String() }

// open gives what is sealed, or says that no key of ours opens it.
func (m *Messenger) open(c billing.AlertChannel, what string, sealed []byte) (string, error) {
	plain, _, err := m.box.Open(purposeOf(c.ID, what), sealed)
	if err != nil {
		return "", fmt.Errorf("open the %s of the alert channel %s: %w", what, c.Name, err)
	}
	return string(plain), nil
}

// note is what a message says, in its words.
func (m *Messenger) note(n store.Notice, language string) (views.Reader, views.AlertNote) {
	r := views.Reader{Language: views.Language(language), Zone: m.options.Zone, Now: n.Now}
	return r, views.AlertNote{Alert: n.Alert, Message: n.Message, BaseURL: m.options.BaseURL, Customer: n.Customer}
}
