// Command latcom-billing is the whole product in one process: the back office,
// the resellers' API, the customers' pages and the workers that carry top-ups to
// Latcom. This package wires the parts together and decides nothing about money.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // TIMEZONE on machines that have no zones

	"github.com/riverqueue/river/rivertype"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/exports"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/latcom"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/telemetry"
	"latcom.example/latcom-billing/topup"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2) // the second may come before the first was acted on
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitFailed) // at once: that is what a second signal asks for
	}()
	os.Exit(run(ctx, os.Args[1:]))
}

// patience is how long a start waits for a database that cannot be reached.
const patience = 30 * time.Second

// occasions lets a command do something of its own while the server starts.
type occasions struct {
	migrated  func(context.Context, *config, *store.Store) error // nothing is served yet
	listening func(url string)
	sandbox   func(context.Context, *topup.Engine, *store.Store) error // it is about to open
}

// operate names every part once, from the outside in, and returns when ctx has
// ended and all of them have stopped, in the opposite order.
func operate(ctx context.Context, c config, log *slog.Logger, on occasions) (err error) {
	seen, err := c.observe(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, seen.stop(ctx)) }()
	defer seen.sentry.Dying()
	log = seen.log
	log.InfoContext(ctx, "starting", "version", builtVersion())
	db, err := openDatabase(ctx, c, log, false)
	if err != nil {
		return unlessAsked(ctx, err)
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	defer func() { err = unlessAsked(ctx, err) }()

	owner := db
	if db, err = furnished(ctx, db, &c, on, log); err != nil {
		return err
	}
	second := newSecondHouse(c, owner, on, log)
	books, err := openStore(ctx, db, c, log)
	if err != nil {
		return err
	}
	defer books.Close()

	recorder := telemetry.NewRecorder(builtVersion())
	remembered, err := c.openCache(ctx, books, recorder, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remembered.Close()) }()

	provider, hangUp, err := openProvider(ctx, c, log)
	if err != nil {
		return err
	}
	defer hangUp()

	options := topup.Options{
		ListenURL: db.listen, Concurrency: c.Concurrency, RetryWindow: c.RetryWindow, MaxWait: c.MaxWait,
		Min: c.MinAmount, Max: c.MaxAmount, ApprovalLimit: c.ApprovalLimit, Zone: c.zone, Work: c.Workers,
		Classify: provider.Classify, Grouped: recorder.Grouped,
	}
	if c.StatusInquiry {
		options.Inquirer = provider
	}
	files := exports.New(books, log, c.DataDir)
	options.Beside = append(options.Beside, topup.Beside{Queue: store.ExportQueue, Workers: 1, Register: files.Register})
	courier, err := c.courier(books, recorder, log)
	if err != nil {
		return err
	}
	options.Beside = append(options.Beside, beside(courier))
	options.Disk = watchedDisk(c.DataDir)
	options.Around = []rivertype.Middleware{telemetry.Jobs{Tracing: seen.tracing}}
	engine := topup.New(books, telemetry.Measured{Next: provider, Recorder: recorder, Tracing: seen.tracing}, log, options)
	keeper := bookkeeper.New(books, log, bookkeeper.Options{Zone: c.zone, Work: c.Workers})
	post, err := c.mail()
	if err != nil {
		return err
	}
	messenger, err := c.messenger(ctx, books, post, log)
	if err != nil {
		return err
	}
	window, err := store.OpenQueueWindow(db.listen)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, window.Close()) }()
	ready := handlers.NewReadiness()
	site, err := handlers.New(handlers.Site{
		Readiness: ready,
		Store:     books, Engine: engine, Cache: remembered, Sandbox: second.door, Books: keeper, Log: log,
		AdminKey: string(c.AdminKey), SecretKey: string(c.SecretKey), SecretKeyOld: string(c.SecretKeyOld),
		BaseURL: c.BaseURL, Simulator: c.simulates(), Zone: c.zone, TrustedProxies: c.TrustedProxies,
		MetricsToken: string(c.MetricsToken), Version: builtVersion(), Explain: explain, Exports: files, Courier: courier, Messenger: messenger, Recorder: recorder, Tracing: seen.tracing, Mail: post, Settings: c.shown(), QueueWindow: window,
	})
	if err != nil {
		return err
	}
	return serve(ctx, c, workers{ready, books, engine, keeper, files, courier, messenger, second}, site, log, on.listening)
}

// unlessAsked forgets that a start was cut short by whoever told us to stop.
func unlessAsked(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// furnished brings the database to our schema and makes it fit to serve from, as
// its owner, and gives it back as the program reaches it from then on.
func furnished(ctx context.Context, db database, c *config, on occasions, log *slog.Logger) (_ database, err error) {
	few := *c
	few.MaxConns, few.MinConns = 2, 0
	owner, err := openStore(ctx, db, few, log)
	if err != nil {
		return db, err
	}
	defer func() { err = errors.Join(err, owner.Close()) }()
	if _, err := migrate(ctx, db, log); err != nil {
		return db, err
	}
	if err := prepare(ctx, c, owner, on); err != nil {
		return db, err
	}
	if err := noticeRestore(ctx, owner, log); err != nil {
		return db, err
	}
	return db.admit(ctx, *c, owner, log)
}

// prepare makes a migrated database fit to serve from.
func prepare(ctx context.Context, c *config, books *store.Store, on occasions) error {
	if err := claim(ctx, books, *c); err != nil {
		return err
	}
	if on.migrated != nil {
		if err := on.migrated(ctx, c, books); err != nil {
			return err
		}
	}
	return books.SetFirstRate(ctx, c.FirstRate)
}

// openProvider gives the way to Latcom, or to the simulator inside this process.
func openProvider(ctx context.Context, c config, log *slog.Logger) (client *latcom.Client, hangUp func(), err error) {
	base := c.LatcomBaseURL
	hangUp = func() {}
	if c.simulates() {
		listener, err := listen(ctx, "127.0.0.1:0")
		if err != nil {
			return nil, nil, err
		}
		_, hangUp = startSimulator(listener, c.simulate.options(), log)
		base = "http://" + listener.Addr().String()
		log.WarnContext(ctx, "SIMULATOR: no airtime is delivered; LATCOM_BASE_URL is the built-in simulator", "page", base)
	}
	client, err = latcom.New(latcom.Config{
		BaseURL: base, Username: string(c.LatcomUsername), Password: string(c.LatcomPassword),
		DistAPI: string(c.LatcomDistAPI), UserUID: string(c.LatcomUserUID),
		Timeout: c.LatcomTimeout, TokenTTL: c.TokenTTL, Concurrency: c.Concurrency,
	}, log)
	if err != nil {
		hangUp()
		return nil, nil, err
	}
	return client, hangUp, nil
}

// explain says what a row of the outcome policy means.
func explain(row string) (billing.Explanation, bool) {
	s, ok := latcom.Explain(row)
	return billing.Explanation{
		ResellerEnglish: s.ResellerEN, ResellerSpanish: s.ResellerES, OperatorEnglish: s.OperatorEN, OperatorSpanish: s.OperatorES,
	}, ok
}
