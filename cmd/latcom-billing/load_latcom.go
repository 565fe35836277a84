package main

// The Latcom of a load test: a simulator that can be slow, and not be there.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"latcom.example/latcom-billing/latcom/simulator"
)

// ownLatcom is a simulator that can be told to be slow, or not to be there.
type ownLatcom struct {
	simulator   *simulator.Simulator
	least, most time.Duration // as usual
	address     string
	server      *http.Server // nil while nobody can reach it
}

func startOwnLatcom(ctx context.Context, usual latency) (*ownLatcom, error) {
	address, err := quietAddress(ctx)
	if err != nil {
		return nil, err
	}
	l := &ownLatcom{
		simulator: simulator.New(simulator.Options{LatencyMin: usual.least, LatencyMax: usual.most, Seed: 1}),
		least:     usual.least, most: usual.most, address: address,
	}
	return l, l.Away(false)
}

// Usual lets deliveries take what they usually do.
func (l *ownLatcom) Usual() { l.simulator.SetLatency(l.least, l.most) }

// Takes lets them take from least to most.
func (l *ownLatcom) Takes(least, most time.Duration) { l.simulator.SetLatency(least, most) }

// Away closes its port and cuts its connections, or opens the port again. What it
// is delivering at that moment it delivers, and nobody hears of it: as the real one.
func (l *ownLatcom) Away(away bool) error {
	switch {
	case away && l.server != nil:
		server := l.server
		l.server = nil
		if err := server.Close(); err != nil {
			return fmt.Errorf("cut Latcom off: %w", err)
		}
	case !away && l.server == nil:
		listener, err := listen(context.Background(), l.address)
		if err != nil {
			return fmt.Errorf("let Latcom be reached: %w", err)
		}
		l.server = &http.Server{Handler: l.simulator, ReadHeaderTimeout: headerTime, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
		go l.server.Serve(listener) //nolint:errcheck // it ends when it is closed
	}
	return nil
}

func (l *ownLatcom) close() {
	l.simulator.Close()
	_ = l.Away(true) // its connections are ours: nobody is left to care
}

// quietAddress is a free port below those that systems hand out to outgoing
// connections: nobody takes it between its closing and its opening again.
func quietAddress(ctx context.Context) (string, error) {
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(12000))) //nolint:gosec // any free one will do
		listener, err := listen(ctx, address)
		if err == nil {
			return address, listener.Close()
		}
	}
	return "", errors.New("there is no free port from 20000 to 31999")
}
