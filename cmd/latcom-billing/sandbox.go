package main

// The sandbox: a second house on the same PostgreSQL, with books, engine and
// simulator of its own. It opens beside the live one, which waits for nothing of
// it, and goes on without it.

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/handlers/api"
	"latcom.example/latcom-billing/latcom"
	"latcom.example/latcom-billing/latcom/simulator"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
)

// What an idle sandbox may cost, and a busy one.
const (
	sandboxConns   = 4 // and one for its heartbeat, one to listen
	sandboxPoll    = 250 * time.Millisecond
	sandboxAtATime = 100 // requests to its simulator: they wait, and cost nothing
)

// secondHouse is the sandbox of this process.
type secondHouse struct {
	config config
	owner  database // of the live house, as its owner reaches it
	log    *slog.Logger
	door   *api.Sandbox
	hurry  float64                                                  // times faster than documented
	opened func(context.Context, *topup.Engine, *store.Store) error // before it is open; nil: nothing
	tried  chan struct{}                                            // closed when it is open, or will not be
}

func newSecondHouse(c config, owner database, on occasions, log *slog.Logger) *secondHouse {
	c.LatcomBaseURL, c.MaxConns, c.MinConns = simulated, sandboxConns, 0
	return &secondHouse{
		config: c, owner: owner, log: log.With("house", "sandbox"), door: api.NewSandbox(),
		hurry: c.hurry, opened: on.sandbox, tried: make(chan struct{}),
	}
}

// run opens the sandbox and works in it until ctx ends. Whatever goes wrong is said
// once, here and on the sandbox's pages, and is no reason for the live house to end.
func (h *secondHouse) run(ctx context.Context, grace time.Duration) {
	if err := h.work(ctx, grace); err != nil && ctx.Err() == nil {
		h.log.ErrorContext(ctx, "there is no sandbox; live keys are not touched by it", "reason", err)
		h.door.Fail(whyNoSandbox(err))
	}
	h.close()
}

// await waits until the sandbox is open, or will not be; not for ever.
func (h *secondHouse) await(ctx context.Context) {
	select {
	case <-h.tried:
	case <-ctx.Done():
	case <-time.After(patience):
	}
}

func (h *secondHouse) close() {
	select {
	case <-h.tried:
	default:
		close(h.tried)
	}
}

func (h *secondHouse) work(ctx context.Context, grace time.Duration) (err error) {
	db, err := h.furnish(ctx)
	if err != nil {
		return err
	}
	books, err := openStore(ctx, db, h.config, h.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	remembered, err := h.config.openCache(ctx, books, nil, h.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remembered.Close()) }()
	provider, hangUp, err := h.provider(ctx, books)
	if err != nil {
		return err
	}
	defer hangUp()
	c := h.config
	courier, err := h.config.courier(books, nil, h.log)
	if err != nil {
		return err
	}
	engine := topup.New(books, provider, slog.New(loud{h.log.Handler()}), topup.Options{
		ListenURL: db.listen, Concurrency: sandboxAtATime, RetryWindow: max(3*time.Second, sandbox.Hurried(sandbox.GivenUpAfter, h.hurry)), MaxWait: c.MaxWait,
		Min: c.MinAmount, Max: c.MaxAmount, Zone: c.zone, Work: c.Workers, Inquirer: provider,
		Sandbox: &topup.Sandbox{Hurry: h.hurry, Poll: sandboxPoll}, Beside: []topup.Beside{beside(courier)},
	})
	if h.opened != nil {
		if err := h.opened(ctx, engine, books); err != nil {
			return err
		}
	}
	h.door.Open(api.House{
		Store: books, Engine: engine, Cache: remembered, Books: bookkeeper.New(books, h.log, bookkeeper.Options{Zone: c.zone}), Courier: courier,
	})
	h.close()
	context.AfterFunc(ctx, engine.Stop)
	if c.Workers {
		carrying, rest := context.WithCancel(ctx)
		defer rest()
		go courier.Run(carrying)
	}
	return engine.Run(ctx, grace)
}

// furnish makes the database if it is missing, brings it to our schema, and gives
// it back as the program reaches it.
func (h *secondHouse) furnish(ctx context.Context) (database, error) {
	db, name, err := h.owner.sandbox()
	if err != nil {
		return db, err
	}
	if err := h.owner.makeSandbox(ctx, name); err != nil {
		return db, err
	}
	return furnished(ctx, db, &h.config, occasions{}, h.log)
}

// provider is a simulator of the sandbox's own, on this machine alone. Nobody's
// credentials go there.
func (h *secondHouse) provider(ctx context.Context, books *store.Store) (client *latcom.Client, hangUp func(), err error) {
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	recall := func(ctx context.Context, distTransID string) (string, bool) {
		phone, err := books.PhoneOfOrder(ctx, distTransID)
		return phone.National(), err == nil
	}
	_, hangUp = startSimulator(listener, simulator.Options{Sandbox: &simulator.Sandbox{Hurry: h.hurry, Recall: recall}}, h.log)
	client, err = latcom.New(latcom.Config{BaseURL: "http://" + listener.Addr().String(), Concurrency: sandboxAtATime}, slog.New(loud{h.log.Handler()}))
	if err != nil {
		hangUp()
		return nil, nil, err
	}
	return client, hangUp, nil
}

// sandbox is the second database: beside the first, without a pooler, which may not
// know it.
func (d database) sandbox() (second database, name string, err error) {
	first, err := pq.NewConfig(d.listen)
	if err != nil {
		return d, "", fmt.Errorf("read DATABASE_URL: %w", err)
	}
	name = sandboxOf(databaseOf(first))
	address, err := inDatabase(d.listen, name)
	return database{url: address, listen: address, stop: func() error { return nil }}, name, err
}

// sandboxOf is the name of the sandbox's database.
func sandboxOf(live string) string {
	const end = "_sandbox"
	if len(live)+len(end) > 63 { // PostgreSQL's limit for names
		sum := sha256.Sum256([]byte(live))
		live = fmt.Sprintf("%.36s_%x", live, sum[:8])
	}
	return live + end
}

// inDatabase is an address with another database.
func inDatabase(address, name string) (string, error) {
	if !strings.Contains(address, "://") {
		return fmt.Sprintf(`%s dbname='%s'`, address, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name)), nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("read DATABASE_URL: it is not an address")
	}
	q := u.Query()
	q.Del("dbname")
	u.Path, u.RawQuery = "/"+name, q.Encode()
	return u.String(), nil
}

// errMayNotMakeDatabases is why there is no sandbox, most often.
var errMayNotMakeDatabases = errors.New("the role of DATABASE_URL may not make databases (CREATEDB)")

// makeSandbox makes the second database unless it is there. That another instance
// makes it at this moment is no error.
func (d database) makeSandbox(ctx context.Context, name string) error {
	there, err := d.hasDatabase(ctx, name)
	if err != nil || there {
		return err
	}
	db, err := sql.Open("postgres", d.listen)
	if err != nil {
		return fmt.Errorf("make the database %s: %w", name, err)
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name)+` TEMPLATE template0`)
	switch {
	case err == nil, pq.As(err, "42P04") != nil, pq.As(err, "23505") != nil: // duplicate_database, or as good as made
		return nil
	case pq.As(err, "42501") != nil: // insufficient_privilege
		return fmt.Errorf("%w: let it, or make the database %s for it", errMayNotMakeDatabases, name)
	}
	return fmt.Errorf("make the database %s: %w", name, err)
}

// hasDatabase says whether the server has a database of this name.
func (d database) hasDatabase(ctx context.Context, name string) (there bool, err error) {
	db, err := sql.Open("postgres", d.listen)
	if err != nil {
		return false, fmt.Errorf("look for the database %s: %w", name, err)
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil {
		return false, fmt.Errorf("look for the database %s: %w", name, err)
	}
	return there, nil
}

// whyNoSandbox is what the pages may say: not what a driver says.
func whyNoSandbox(err error) string {
	if errors.Is(err, errMayNotMakeDatabases) {
		return err.Error()
	}
	return "its database cannot be used; the log says why"
}

// loud passes on errors alone: what is played goes wrong all the time.
type loud struct{ slog.Handler }

func (h loud) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError && h.Handler.Enabled(ctx, level)
}

// WithAttrs and WithGroup stay loud.
func (h loud) WithAttrs(attrs []slog.Attr) slog.Handler { return loud{h.Handler.WithAttrs(attrs)} }

// WithGroup is as WithAttrs.
func (h loud) WithGroup(name string) slog.Handler { return loud{h.Handler.WithGroup(name)} }
