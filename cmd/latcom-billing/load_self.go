package main

// What a load test plays against with --self: the built program as processes of its
// own, so that what they use can be told apart from the test, and a simulator in this
// one, which can be told what to do.

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"syscall"
	"time"

	traffic "latcom.example/latcom-billing/load"
)

// ownSystem is a server with its database, and a Latcom.
type ownSystem struct {
	folder  string
	program string
	env     []string
	latcom  *ownLatcom
	server  *exec.Cmd
	address string
}

func (l *loadCommand) startSelf(ctx context.Context, std streams) (_ target, err error) {
	s := &ownSystem{}
	if s.program, err = os.Executable(); err != nil {
		return target{}, fmt.Errorf("find the program itself: %w", err)
	}
	if s.folder, err = os.MkdirTemp("", "latcom-billing-load-"); err != nil {
		return target{}, fmt.Errorf("make a folder: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if err := os.Chmod(s.folder, 0o755); err != nil { //nolint:gosec // G302: the database's own user passes through
		return target{}, fmt.Errorf("open the folder: %w", err)
	}
	if s.latcom, err = startOwnLatcom(ctx, l.Latency); err != nil {
		return target{}, err
	}
	std.note("starting a server for the test, with its database in %s\n", s.folder)
	if err := s.serve(ctx, l.Concurrency); err != nil {
		return target{}, err
	}
	key, err := s.addCustomer(ctx)
	if err != nil {
		return target{}, err
	}
	settings, err := s.describe(ctx, l)
	return target{
		address: s.address, key: key, settings: settings, latcom: s.latcom, meter: traffic.Process(s.server.Process.Pid),
		is:       "a server of the test's own, a process beside it; the simulator of Latcom is inside the test",
		conclude: s.conclude, stop: s.stop,
	}, err
}

// serve starts the server and waits until it is ready.
func (s *ownSystem) serve(ctx context.Context, concurrency int) error {
	address, err := quietAddress(ctx)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("read the address: %w", err)
	}
	s.env = environmentOf(map[string]string{ //nolint:gosec // G101: they open nothing but a simulator
		"HOST": "127.0.0.1", "PORT": port, "DATABASE_URL": embedded, "DATA_DIR": filepath.Join(s.folder, "data"),
		"LATCOM_BASE_URL": "http://" + s.latcom.address, "LATCOM_USERNAME": "load", "LATCOM_PASSWORD": "load", "LATCOM_DIST_API": "load", "LATCOM_USER_UID": "load",
		"SECRET_KEY": "a secret of a load test, good for nothing else", "LOG_LEVEL": "error", "LOG_FORMAT": "json",
		"APPROVAL_LIMIT_USD": "0", "LATCOM_CONCURRENCY": strconv.Itoa(concurrency),
	})
	log, err := os.Create(filepath.Join(s.folder, "server.log"))
	if err != nil {
		return fmt.Errorf("make the server's log: %w", err)
	}
	defer log.Close()
	s.address = "http://" + address
	server := exec.CommandContext(context.WithoutCancel(ctx), s.program, "serve") //nolint:gosec // G204: this program itself
	server.Env, server.Stdout, server.Stderr, server.SysProcAttr = s.env, log, log, apart()
	if err := server.Start(); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	s.server = server
	return s.ready(ctx)
}

// environmentOf is ours with every setting of the program replaced; one that is not
// named is set to nothing, which wins over the file .env.
func environmentOf(chosen map[string]string) []string {
	env := os.Environ()
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config]()) {
		if name := field.Tag.Get("env"); name != "" {
			env = append(env, name+"="+chosen[name])
		}
	}
	return env
}

func (s *ownSystem) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+"/readyz", nil)
		if err != nil {
			return fmt.Errorf("ask whether the server is ready: %w", err)
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close() // its status is all that counts
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.folder, "server.log")) // it may have said nothing
			return fmt.Errorf("the server did not get ready: %w: %s", ctx.Err(), log)
		}
	}
}

// run runs another command of the program beside the server.
func (s *ownSystem) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.program, args...) //nolint:gosec // G204: this program itself
	var problem bytes.Buffer
	cmd.Env, cmd.Stderr, cmd.SysProcAttr = s.env, &problem, apart()
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("latcom-billing %s: %w: %s%s", args[0], err, problem.String(), out)
	}
	return out, nil
}

func (s *ownSystem) addCustomer(ctx context.Context) (key string, err error) {
	out, err := s.run(ctx, "customer", "add", "LOAD", "--name", "Load test", "--credit", "10000000", "--json")
	if err != nil {
		return "", err
	}
	var made struct {
		Key string `json:"api_key"`
	}
	if err := json.Unmarshal(out, &made); err != nil {
		return "", fmt.Errorf("read the new customer: %w", err)
	}
	return made.Key, nil
}

// describe reads from the database what figures depend on.
func (s *ownSystem) describe(ctx context.Context, l *loadCommand) ([]string, error) {
	url, running := runningDatabase(ctx, filepath.Join(s.folder, "data"))
	if !running {
		return nil, errors.New("the server's database cannot be reached")
	}
	db, err := sql.Open("postgres", url)
	if err != nil {
		return nil, fmt.Errorf("read the database's settings: %w", err)
	}
	defer db.Close()
	var version, fsync, commit, buffers string
	err = db.QueryRowContext(ctx, `SELECT current_setting('server_version'), current_setting('fsync'),
		current_setting('synchronous_commit'), current_setting('shared_buffers')`).Scan(&version, &fsync, &commit, &buffers)
	if err != nil {
		return nil, fmt.Errorf("read the database's settings: %w", err)
	}
	return []string{
		"PostgreSQL " + version, "fsync " + fsync, "synchronous_commit " + commit, "shared_buffers " + buffers,
		"DB_MAX_CONNS 20", fmt.Sprintf("LATCOM_CONCURRENCY %d", l.Concurrency), fmt.Sprintf("Latcom takes %v to %v", l.Latency.least, l.Latency.most),
		"one customer", "version " + builtVersion(),
	}, nil
}

// conclude counts at Latcom's side and has the books proven.
func (s *ownSystem) conclude(ctx context.Context) (seen, proof string, err error) {
	seen = fmt.Sprintf("the simulator delivered %d top-ups of %d requests", len(s.latcom.simulator.Deliveries()), s.latcom.simulator.Requests())
	out, err := s.run(ctx, "verify")
	return seen, string(out), err
}

// stop ends the server, then Latcom, and removes the folder.
func (s *ownSystem) stop() error {
	if s.server != nil && s.server.Process.Signal(syscall.SIGTERM) == nil {
		ended := make(chan struct{})
		go func() {
			_ = s.server.Wait() // how it ended was asked for
			close(ended)
		}()
		select {
		case <-ended:
		case <-time.After(2 * time.Minute):
			_ = s.server.Process.Kill() // it may end just now
			<-ended
		}
	}
	if s.latcom != nil {
		s.latcom.close()
	}
	return os.RemoveAll(s.folder)
}
