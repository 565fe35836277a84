package topup

// Working the queue: started when the database is there, stopped in order.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/store"
)

// work runs the queue's workers and the sweep until ctx ends.
func (e *Engine) work(ctx context.Context, grace time.Duration) error {
	queue, err := e.startQueue(ctx)
	if queue == nil {
		return err
	}
	e.every(ctx, sweepEvery, "sweep", e.Sweep)
	e.Stop()
	soft, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := queue.Stop(soft); err != nil {
		e.log.WarnContext(soft, "left requests to Latcom behind; they become unknown", "under_way", e.InFlight())
	}
	return nil
}

// startQueue tries until the database is there. A nil queue without an error
// means that ctx ended first.
func (e *Engine) startQueue(ctx context.Context) (*store.Queue, error) {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		queue, err := e.newQueue()
		if err != nil {
			return nil, err
		}
		err = startWithin(ctx, queue, turnLimit)
		switch {
		case err == nil:
			return queue, nil
		case ctx.Err() == nil && !store.Away(err):
			return nil, fmt.Errorf("start the queue: %w", err)
		case ctx.Err() == nil:
			e.log.ErrorContext(ctx, "could not start the queue; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(pause):
		}
	}
}

// startWithin starts a queue that goes on when ctx ends: it is stopped in order.
// A start that ctx ends, or that takes too long, is given up; the queue's own
// farewell to a database that is away is not waited for.
func startWithin(ctx context.Context, queue *store.Queue, limit time.Duration) error {
	life, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	ctx, enough := context.WithTimeout(ctx, limit)
	defer enough()
	goOn := context.AfterFunc(ctx, giveUp)
	started := make(chan error, 1)
	go func() { started <- queue.Start(life) }()
	select {
	case err := <-started:
		if goOn() || err != nil {
			return err
		}
	case <-ctx.Done():
	}
	return ctx.Err()
}

func (e *Engine) newQueue() (*store.Queue, error) {
	workers := river.NewWorkers()
	if err := errors.Join(river.AddWorkerSafely(workers, sendWorker{engine: e}), river.AddWorkerSafely(workers, inquireWorker{engine: e})); err != nil {
		return nil, fmt.Errorf("prepare the queue's workers: %w", err)
	}
	queues := map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: e.options.Concurrency, FetchPollInterval: e.sendPoll()}}
	if e.options.Inquirer != nil {
		queues[store.InquiryQueue] = river.QueueConfig{MaxWorkers: 4}
	}
	if e.options.Sandbox != nil {
		if err := errors.Join(river.AddWorkerSafely(workers, reverseWorker{engine: e}), river.AddWorkerSafely(workers, repeatWorker{engine: e})); err != nil {
			return nil, fmt.Errorf("prepare the queue's workers: %w", err)
		}
		queues[store.ReversalQueue] = river.QueueConfig{MaxWorkers: 1}
	}
	for _, beside := range e.options.Beside {
		if err := beside.Register(workers); err != nil {
			return nil, err
		}
		queues[beside.Queue] = river.QueueConfig{MaxWorkers: beside.Workers, FetchPollInterval: beside.Poll}
	}
	return e.store.NewQueue(&river.Config{
		ID:                   e.instanceID,
		Queues:               queues,
		Workers:              workers,
		Middleware:           e.options.Around,
		FetchCooldown:        10 * time.Millisecond,
		FetchPollInterval:    time.Second,
		JobTimeout:           -1,
		RescueStuckJobsAfter: 24 * time.Hour,        // the sweep is quicker, and knows what may be sent
		ReindexerSchedule:    river.NeverSchedule(), // rebuilding an index takes its owner, whom we are not
		Logger:               slog.New(warnOnly{e.log.Handler()}),
	})
}

// warnOnly passes on what an operator has to know of the queue's own log.
type warnOnly struct{ slog.Handler }

func (h warnOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}
