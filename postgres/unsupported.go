//go:build !unix

package postgres

import (
	"context"
	"fmt"
	"runtime"
)

// Server is never made on this system.
type Server struct{}

// Start refuses: stopping cleanly, locking and taking over need what only a Unix offers.
func Start(context.Context, Options) (*Server, error) {
	return nil, fmt.Errorf("the embedded PostgreSQL does not run on %s: %w", runtime.GOOS, ErrNoBinaries)
}

// URL is empty.
func (*Server) URL() string { return "" }

// Stop has nothing to stop.
func (*Server) Stop() error { return nil }
