package main

// The server: starts listening and working, and stops both so that nothing that
// was accepted is lost and nobody who waits gets no answer.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"latcom.example/latcom-billing/alerting"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/exports"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

const (
	headerTime   = 5 * time.Second  // a client may take to send its headers
	idleTime     = 2 * time.Minute  // a connection may wait for its next request
	longestDrain = 10 * time.Second // still serving, for load balancers to send orders elsewhere
	answerTime   = 10 * time.Second // answers under way may take when the process stops
)

type serveCommand struct {
	AllowPrivateWebhooks bool `help:"Let webhooks go to http addresses and to hosts that are not public, this machine among them. For development alone."`
	hurried
	NoCache bool `hidden:"" help:"For measurements: ask the database every time."`
}

// hurried is for tests: nobody waits 40 s for what is documented to take as long.
type hurried struct {
	Hurry float64 `name:"sandbox-hurry" hidden:"" default:"1"`
}

// Validate refuses a clock that stands still.
func (h hurried) Validate() error {
	if h.Hurry <= 0 {
		return errors.New("--sandbox-hurry must be above 0")
	}
	return nil
}

// Help lists the settings.
func (serveCommand) Help() string { return "Settings, with their defaults:\n\n" + listSettings() }

// Run serves until the process is told to stop.
func (s serveCommand) Run(ctx context.Context, std streams) error {
	c, err := readConfig(std.settings, nil)
	if err != nil {
		return err
	}
	c.hurry, c.allowPrivateWebhooks, c.noCache = s.Hurry, s.AllowPrivateWebhooks, s.NoCache
	log := c.newLog(std.out)
	for _, name := range c.notUsedYet() {
		log.WarnContext(ctx, "this version does not use this setting yet", "setting", name)
	}
	return operate(ctx, c, log, occasions{})
}

// simulates says whether nothing real is behind this process.
func (c config) simulates() bool { return c.LatcomBaseURL == simulated }

// workers are what runs beside the web: the engine, who looks after the
// books, who makes files, who tells customers' programs, and who tells people.
type workers struct {
	ready     *handlers.Readiness
	books     *store.Store
	engine    *topup.Engine
	keeper    *bookkeeper.Keeper
	files     *exports.Runner
	courier   *webhooks.Courier
	messenger *alerting.Messenger
	second    *secondHouse
}

// serve answers requests and works the queue until ctx ends. Then load balancers are
// told, and it goes on until they have heard; after that nobody is kept waiting and no
// job is begun; requests to Latcom may end in SHUTDOWN_GRACE.
func serve(ctx context.Context, c config, w workers, site http.Handler, log *slog.Logger, listening func(url string)) error {
	working, rest := context.WithCancel(context.WithoutCancel(ctx))
	defer rest()
	parts, broken := errgroup.WithContext(working)
	parts.Go(func() error {
		w.second.run(broken, c.Grace)
		return nil
	})
	server := newServer(site, log)
	if c.Web {
		listener, err := c.listen(ctx)
		if err != nil {
			return err
		}
		parts.Go(func() error { return unlessClosed(server.Serve(listener)) })
		log.InfoContext(ctx, "listening", "address", listener.Addr().String())
		if listening != nil {
			w.second.await(ctx)
			listening("http://" + reachable(listener))
		}
	} else {
		log.InfoContext(ctx, "working without the web")
	}
	parts.Go(func() error { return w.engine.Run(broken, c.Grace) })
	parts.Go(func() error {
		w.books.KeepReady(broken)
		return nil
	})
	parts.Go(func() error {
		w.books.WatchReplica(broken, tellOfReplica(ctx, log))
		return nil
	})
	parts.Go(func() error {
		w.keeper.Run(broken)
		return nil
	})
	if c.Workers {
		parts.Go(func() error { return w.files.Run(broken) })
		parts.Go(func() error {
			w.courier.Run(broken)
			return nil
		})
		parts.Go(func() error {
			w.messenger.Run(broken)
			return nil
		})
	}

	select {
	case <-ctx.Done():
		if c.Web {
			w.ready.Drain(broken, min(longestDrain, c.Grace))
		}
	case <-broken.Done(): // a part failed: the others must not go on without it
	}
	log.InfoContext(ctx, "stopping", "under_way", w.engine.InFlight(), "grace", c.Grace.String())
	w.engine.Stop()
	rest()
	err := hangUp(context.WithoutCancel(ctx), server, min(answerTime, max(c.Grace, time.Second)))
	return errors.Join(err, within(c.Grace+answerTime, parts.Wait))
}

func newServer(site http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		// No WriteTimeout: an order may wait a minute, a live page for ever. No
		// ReadTimeout: it would end the context of both.
		Handler: site, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// hangUp stops accepting and lets the answers under way end.
func hangUp(ctx context.Context, server *http.Server, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return server.Close() // whoever is still there reads too slowly
	}
	return err
}

// within waits for an end that a lost database could put off for ever.
func within(patience time.Duration, wait func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(patience):
		return errors.New("the process did not end in time; what it left is taken up by the next start")
	}
}

func unlessClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// portsToTry is how far from its port a demo looks for a free one.
const portsToTry = 100

// listen opens PORT on HOST.
func (c config) listen(ctx context.Context) (net.Listener, error) {
	for port := c.Port; ; port++ {
		listener, err := listen(ctx, net.JoinHostPort(c.Host, strconv.Itoa(port)))
		if c.anyPort && errors.Is(err, syscall.EADDRINUSE) && port < c.Port+portsToTry {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%w; PORT and HOST say where", err)
		}
		return listener, nil
	}
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens on %s: %w", address, syscall.EADDRINUSE)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return listener, nil
}
