//go:build unix

package postgres

import (
	"context"
	"errors"
	"sync"
	"time"
)

// keepRunning watches over the server until the returned function stops it.
func (s *Server) keepRunning(ctx context.Context, running *postmaster) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.watch(ctx, running) }()
	return sync.OnceValue(func() error {
		cancel()
		return errors.Join(<-ended, s.lock.Close())
	})
}

func (s *Server) watch(ctx context.Context, running *postmaster) error {
	for {
		select {
		case <-ctx.Done():
			return running.stop()
		case <-running.exited:
			s.log.ErrorContext(ctx, "the embedded PostgreSQL ended, starting it again",
				"why", running.state, "log", running.log.path)
			if running = s.revive(ctx); running == nil {
				return nil
			}
		}
	}
}

// revive keeps the address, which others hold, and tries for as long as we live.
func (s *Server) revive(ctx context.Context) *postmaster {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		running, err := s.launch(ctx)
		if err == nil {
			s.log.InfoContext(ctx, "the embedded PostgreSQL is back", "port", s.port)
			return running
		}
		if ctx.Err() == nil && !errors.Is(err, errInTheWay) {
			s.log.ErrorContext(ctx, "the embedded PostgreSQL does not start again", "error", err)
		}
		if !pause(ctx, wait) {
			return nil
		}
	}
}

// pause is false when there is no time left for it.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
