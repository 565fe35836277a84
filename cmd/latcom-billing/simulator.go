package main

// The simulator: alone as a command, or inside a server that LATCOM_BASE_URL
// tells to simulate.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"latcom.example/latcom-billing/latcom/simulator"
)

// latency is how long deliveries take: "6s-7s", or "100ms" for always the same.
type latency struct{ least, most time.Duration }

// UnmarshalText reads a duration or two with a dash between them.
func (l *latency) UnmarshalText(text []byte) (err error) {
	least, most, isRange := strings.Cut(string(text), "-")
	if !isRange {
		most = least
	}
	if l.least, err = time.ParseDuration(least); err == nil {
		l.most, err = time.ParseDuration(most)
	}
	if err != nil || l.least < 0 || l.most < l.least {
		return fmt.Errorf("%q is not a latency such as 6s-7s", text)
	}
	// To the simulator two zeros mean its own default.
	l.most = max(l.most, time.Nanosecond)
	return nil
}

// simulateWith is how a simulator behaves.
type simulateWith struct {
	Latency  latency `default:"6s-7s" placeholder:"6s-7s" help:"How long a delivery takes, from-to (${default})."`
	Seed     uint64  `placeholder:"N" help:"Makes what is random come out the same."`
	Outliers float64 `placeholder:"0.01" help:"Share of the deliveries that take three times as long."`
}

func (w simulateWith) options() simulator.Options {
	return simulator.Options{LatencyMin: w.Latency.least, LatencyMax: w.Latency.most, Seed: w.Seed, Outliers: w.Outliers}
}

type simulatorCommand struct {
	Listen string `required:"" placeholder:"ADDR" help:"Where to listen, such as 127.0.0.1:9090 or :9090."`
	simulateWith
}

// Run serves until the process is told to stop.
func (s *simulatorCommand) Run(ctx context.Context, std streams) error {
	c, err := readConfig(std.settings, loggingOnly)
	if err != nil {
		return err
	}
	log := c.newLog(std.err)
	listener, err := listen(ctx, s.Listen)
	if err != nil {
		return err
	}
	latcom, stop := startSimulator(listener, s.options(), log)
	defer stop()
	err = std.print("The simulator listens. LATCOM_BASE_URL=http://%s; its page lists what it delivered and which phones meet which fate.\n", reachable(listener))
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-latcom:
		return err
	}
}

// startSimulator serves a simulator on listener. failed tells when it cannot go
// on; stop ends it, and what it is delivering is delivered at once.
func startSimulator(listener net.Listener, o simulator.Options, log *slog.Logger) (failed <-chan error, stop func()) {
	latcom := simulator.New(o)
	server := &http.Server{Handler: latcom, ReadHeaderTimeout: headerTime, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	ended := make(chan error, 1)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the simulator ended", "error", err)
			ended <- fmt.Errorf("the simulator: %w", err)
		}
	}()
	return ended, func() {
		latcom.Close()
		_ = server.Close() // its connections are ours: nobody is left to care
	}
}

// reachable is a listener's address as a program on this machine can call it.
func reachable(listener net.Listener) string {
	address, ok := listener.Addr().(*net.TCPAddr)
	if ok && address.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", address.Port)
	}
	return listener.Addr().String()
}
