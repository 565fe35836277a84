// Package webhooks tells customers' programs of events: it carries what the engine
// wrote into the database to the customers' endpoints, after Standard Webhooks 1.0,
// and changes those endpoints for whoever may. It decides nothing about top-ups or
// money, and knows neither who is signed in nor what pages look like.
package webhooks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/seal"
	"latcom.example/latcom-billing/store"
)

const (
	// Workers is how many requests may be under way at once in a process.
	Workers = 48
	// Poll is how long a committed event waits for a worker, at most.
	Poll = 100 * time.Millisecond

	sweepEvery   = 5 * time.Second
	turnLimit    = 10 * time.Second
	recordLimit  = 10 * time.Second // one try to record an answer may take
	recordTries  = 5
	turnsToClean = 120 // sweeps between two looks for old tries
)

// Options say how a courier works.
type Options struct {
	SecretKey, SecretKeyOld string // seal the endpoints' secrets
	AllowPrivate            bool   // http, and hosts that are not public: for development alone
	Sender                  Sender // nil: one over HTTP
}

// Courier carries events to endpoints.
type Courier struct {
	store  *store.Store
	box    *seal.Box
	log    *slog.Logger
	sender Sender
	turns  turns

	allowPrivate bool
}

// New returns a courier on a store. Its jobs are worked by the engine's queue (see
// Register), its sweep by Run.
func New(s *store.Store, log *slog.Logger, o Options) (*Courier, error) {
	box, err := seal.New(o.SecretKey, o.SecretKeyOld)
	if err != nil {
		return nil, err
	}
	if o.Sender == nil {
		o.Sender = NewHTTPSender(HTTPOptions{AllowPrivate: o.AllowPrivate})
	}
	return &Courier{store: s, box: box, log: log, sender: o.Sender, allowPrivate: o.AllowPrivate}, nil
}

// AllowsPrivate says whether endpoints may be on this machine or in its network.
func (c *Courier) AllowsPrivate() bool { return c.allowPrivate }

// Register adds the worker to a queue's.
func (c *Courier) Register(workers *river.Workers) error {
	if err := river.AddWorkerSafely(workers, worker{courier: c}); err != nil {
		return fmt.Errorf("prepare the worker of webhooks: %w", err)
	}
	return nil
}

// Run takes up what dead instances left and forgets old tries, until ctx ends. It
// must run beside the queue that works Register's job.
func (c *Courier) Run(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for turns := 0; ; turns++ {
		turn, cancel := context.WithTimeout(ctx, turnLimit)
		err := c.Sweep(turn)
		if turns%turnsToClean == 0 {
			err = errors.Join(err, c.store.ForgetWebhookTries(turn))
		}
		cancel()
		if err != nil && ctx.Err() == nil {
			c.log.ErrorContext(ctx, "periodic work failed", "work", "webhooks", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Sweep queues again what no job will take up: of dead instances, and whatever a
// hand did in the queue's tables.
func (c *Courier) Sweep(ctx context.Context) error {
	requeued, err := c.store.RequeueLostWebhooks(ctx)
	if requeued > 0 {
		c.log.WarnContext(ctx, "took up webhooks again", "webhooks", requeued)
	}
	return err
}

// worker works the queue's jobs.
type worker struct {
	river.WorkerDefaults[store.WebhookJob]
	courier *Courier
}

// Timeout: none of the queue's; a request has its own.
func (worker) Timeout(*river.Job[store.WebhookJob]) time.Duration { return -1 }

// NextRetry is soon: an error of Work means that the database was away.
func (worker) NextRetry(*river.Job[store.WebhookJob]) time.Time {
	return time.Now().Add(5 * time.Second)
}

// Work tries one delivery. No connection to the database is held meanwhile.
func (w worker) Work(ctx context.Context, job *river.Job[store.WebhookJob]) error {
	c := w.courier
	d, err := c.store.DueDelivery(ctx, job.Args.Delivery)
	switch {
	case errors.Is(err, billing.ErrNotFound):
		return nil
	case err != nil:
		return err
	case d.State != billing.DeliveryWaiting || !d.Due:
		return nil // done, or another job's
	case d.EndpointState != billing.EndpointOn:
		return c.store.InTx(ctx, func(tx *store.Tx) error { return tx.EndWaitingWebhooks(ctx, d.EndpointID) })
	}
	turn, wait := c.turns.take(d, time.Now())
	if turn == nil {
		return c.store.PostponeWebhook(ctx, job.ID, wait)
	}
	ctx = context.WithoutCancel(ctx) // what was asked is written down, also when the process stops
	return c.record(ctx, judge(d, c.try(ctx, d, turn)))
}

// try sends one request and gives its place back.
func (c *Courier) try(ctx context.Context, d store.DueDelivery, place *turn) (a Answer) {
	defer func() { place.end(a) }()
	secrets, err := c.secretsOf(ctx, d)
	if err != nil {
		c.log.ErrorContext(ctx, "could not open the secret of a webhook endpoint", "endpoint", d.EndpointID.String(), "error", err)
		return Answer{Problem: billing.ProblemSecret}
	}
	return c.sender.Send(ctx, Message{URL: d.URL, ID: d.EventID.String(), At: d.Now, Body: d.Body, Secrets: secrets})
}

// record writes what a try did, for as long as a passing trouble of the database
// may last. What cannot be written is tried again by another job: at least once.
func (c *Courier) record(ctx context.Context, t store.TriedWebhook) (err error) {
	for n := range recordTries {
		turn, cancel := context.WithTimeout(ctx, recordLimit)
		err = c.store.InTx(turn, func(tx *store.Tx) error {
			if t.Try.Problem == billing.ProblemGone {
				if err := tx.EndpointGone(turn, t.Delivery); err != nil {
					return err
				}
			}
			return tx.RecordWebhookTry(turn, t)
		})
		cancel()
		if err == nil {
			return nil
		}
		<-time.After(100 * time.Millisecond << n)
	}
	return fmt.Errorf("record a try of webhook delivery %d: %w", t.Delivery.ID, err)
}
