//go:build unix

package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/lib/pq"
)

// Server is an embedded PostgreSQL that runs until Stop, or until this process ends in any other way.
type Server struct {
	cluster  *cluster
	lock     *os.File
	log      *slog.Logger
	port     int
	settings map[string]string

	stop func() error
}

// Start makes the cluster if there is none, takes it over if a killed run left it, and returns when it
// answers. ctx limits the start, not the life, of the server. A server that dies is started again at the
// same address. Errors: ErrNoBinaries; everything else explains itself.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	begun := time.Now()
	cluster, lock, err := openCluster(o)
	if err != nil {
		return nil, fmt.Errorf("the embedded database cannot start: %w", err)
	}
	s := &Server{cluster: cluster, lock: lock, log: o.Log, settings: o.Settings}
	running, err := s.begin(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the embedded database cannot start: %w", err), lock.Close())
	}
	s.stop = s.keepRunning(context.WithoutCancel(ctx), running)
	s.log.InfoContext(ctx, "the embedded PostgreSQL is ready", "port", s.port,
		"data", cluster.dir.data(), "took", time.Since(begun).Round(time.Millisecond))
	return s, nil
}

// URL is for lib/pq and anything else that reads PostgreSQL's URLs. It holds the password.
func (s *Server) URL() string { return s.urlOf(name) }

// Stop shuts the server down fast: open transactions are rolled back, everything is written. It returns
// when the server is gone and the folder is free; a second call gets the same answer.
func (s *Server) Stop() error { return s.stop() }

func (s *Server) urlOf(database string) string {
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(name, s.cluster.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return address.String()
}

// begin is the first launch. What may be in its way for a moment is waited for.
func (s *Server) begin(ctx context.Context) (*postmaster, error) {
	if err := s.cluster.initialise(ctx); err != nil {
		return nil, err
	}
	if err := s.endLeftover(ctx); err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		var err error
		if s.port, err = freePort(ctx); err != nil {
			return nil, err
		}
		running, err := s.launch(ctx)
		if !errors.Is(err, errInTheWay) || attempt == 20 || !pause(ctx, 250*time.Millisecond) {
			return running, err
		}
	}
}

func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("there is no free port for the embedded PostgreSQL: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func (s *Server) launch(ctx context.Context) (*postmaster, error) {
	running, err := s.cluster.launch(ctx, s.arguments())
	if err != nil {
		return nil, err
	}
	if err := s.ensureDatabase(ctx); err != nil {
		return nil, errors.Join(err, running.stop())
	}
	return running, nil
}

// arguments: the defaults suit two cores and little memory, the caller's are put on top, and last comes
// what we rely on.
func (s *Server) arguments() []string {
	chosen := map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
		"max_connections": "200", "shared_buffers": "128MB", "effective_cache_size": "512MB",
		"maintenance_work_mem": "64MB", "max_wal_size": "512MB", "random_page_cost": "1.1", "jit": "off",
		"max_parallel_workers_per_gather": "1", "timezone": "UTC", "log_timezone": "UTC", "log_checkpoints": "off",
	}
	maps.Copy(chosen, s.settings)
	maps.Copy(chosen, map[string]string{
		"listen_addresses": "127.0.0.1", "port": strconv.Itoa(s.port), "unix_socket_directories": "",
		"logging_collector": "off", "log_destination": "stderr", "lc_messages": "C",
		"archive_mode": "on", "archive_command": s.cluster.dir.archiveCommand(),
	})
	var arguments []string
	for _, setting := range slices.Sorted(maps.Keys(chosen)) {
		arguments = append(arguments, "-c", setting+"="+chosen[setting])
	}
	return arguments
}

// ensureDatabase also proves that the password opens the cluster.
func (s *Server) ensureDatabase(ctx context.Context) error {
	err := s.execute(ctx, s.URL(), "SELECT 1")
	if pq.As(err, "3D000") != nil { // invalid_catalog_name: the first start, or one that died right here
		err = s.execute(ctx, s.urlOf("postgres"), "CREATE DATABASE "+name)
	}
	if err != nil {
		return fmt.Errorf("PostgreSQL runs but cannot be used: %w", err)
	}
	return nil
}

func (s *Server) execute(ctx context.Context, address, statement string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}
