// Package rig starts the real program for measurements: a throw-away embedded
// PostgreSQL with fsync on, the simulator as a process of its own, and one or
// more `latcom-billing serve`. It knows the program from outside only.
package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"latcom.example/latcom-billing/postgres"
)

// Rig is a running system.
type Rig struct {
	Folder      string
	DatabaseURL string
	Simulator   string // its address, http://127.0.0.1:PORT

	binary   string
	database *postgres.Server
	started  []*exec.Cmd
	kept     bool
}

// Options say how slow the simulator is, and where the database lives.
type Options struct {
	Latency string // "6s-7s"
	// Binaries is another PostgreSQL than the embedded one: a folder with bin/postgres in it.
	Binaries string
	Folder   string // kept when the rig closes; empty: a new one, thrown away

	Settings map[string]string // of PostgreSQL
}

// New builds the program and starts the database and the simulator.
func New(ctx context.Context, o Options) (*Rig, error) {
	folder, err := makeFolder(o.Folder)
	if err != nil {
		return nil, err
	}
	r := &Rig{Folder: folder, binary: filepath.Join(folder, "latcom-billing"), kept: o.Folder != ""}
	if err := r.start(ctx, o); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// makeFolder makes one in which the database's own user may pass through.
func makeFolder(folder string) (string, error) {
	var err error
	if folder == "" {
		folder, err = os.MkdirTemp("", "latcom-billing-rig-")
	} else if folder, err = filepath.Abs(folder); err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		return "", fmt.Errorf("open the folder: %w", err)
	}
	return folder, nil
}

func (r *Rig) start(ctx context.Context, o Options) (err error) {
	build := exec.CommandContext(ctx, "go", "build", "-o", r.binary, "latcom.example/latcom-billing/cmd/latcom-billing")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the program: %w", err)
	}
	if r.database, err = postgres.Start(ctx, postgres.Options{DataDir: filepath.Join(r.Folder, "data"), Binaries: o.Binaries, Settings: o.Settings}); err != nil {
		return fmt.Errorf("start the database: %w", err)
	}
	r.DatabaseURL = r.database.URL()
	return r.Simulate(ctx, o.Latency)
}

// Serve starts one instance and waits until it is ready, unless it has no web (WEB=false). It returns its address
// and its process.
func (r *Rig) Serve(ctx context.Context, settings map[string]string, flags ...string) (address string, process *os.Process, err error) {
	host, err := freeAddress()
	if err != nil {
		return "", nil, err
	}
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		return "", nil, fmt.Errorf("read the address: %w", err)
	}
	env := map[string]string{
		"HOST": "127.0.0.1", "PORT": port, "LATCOM_BASE_URL": r.Simulator,
		"LATCOM_USERNAME": "rig", "LATCOM_PASSWORD": "rig", "LATCOM_DIST_API": "rig", "LATCOM_USER_UID": "rig",
		"SECRET_KEY": "a secret of the rig, good for nothing else", "LOG_LEVEL": "warn",
	}
	for name, value := range settings {
		env[name] = value
	}
	cmd, err := r.launch(ctx, "serve-"+port, env, append([]string{"serve"}, flags...)...)
	if err != nil {
		return "", nil, err
	}
	if env["WEB"] == "false" {
		return "", cmd.Process, nil
	}
	return "http://" + host, cmd.Process, waitFor(ctx, "http://"+host+"/readyz")
}

// AddCustomer makes a customer with credit in USD and returns its API key.
func (r *Rig) AddCustomer(ctx context.Context, code, credit string) (key string, err error) {
	out, err := r.Run(ctx, "customer", "add", code, "--name", "Rig "+code, "--credit", credit, "--json")
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

// Run runs a command of the program to its end and returns what it printed.
func (r *Rig) Run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, r.binary, args...)
	cmd.Env = r.environment(nil)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("latcom-billing %s: %w: %s", strings.Join(args, " "), err, problem.String())
	}
	return out, nil
}

// Deliveries asks the simulator how many top-ups it delivered.
func (r *Rig) Deliveries(ctx context.Context) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Simulator+"/deliveries", nil)
	if err != nil {
		return 0, fmt.Errorf("ask the simulator: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask the simulator: %w", err)
	}
	defer res.Body.Close()
	var said struct {
		Count int `json:"count"`
	}
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil {
		return 0, fmt.Errorf("read what the simulator delivered: %w", err)
	}
	return said.Count, nil
}

// PeakMemory is the most memory that a process had resident, in MB, ever or since
// ForgetPeak.
func PeakMemory(p *os.Process) (float64, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(p.Pid) + "/status")
	if err != nil {
		return 0, fmt.Errorf("read the process's memory: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("the process's memory is not told here")
}

// ForgetPeak lets PeakMemory begin anew with what is resident now (proc(5), clear_refs).
func ForgetPeak(p *os.Process) error {
	err := os.WriteFile("/proc/"+strconv.Itoa(p.Pid)+"/clear_refs", []byte("5"), 0)
	if err != nil {
		return fmt.Errorf("forget the process's peak of memory: %w", err)
	}
	return nil
}

// StopDatabase takes the database away, for what the program answers then.
func (r *Rig) StopDatabase() error {
	database := r.database
	r.database = nil
	return database.Stop()
}

// Close stops what is running, each process by its own id, and removes the folder.
func (r *Rig) Close() error {
	var problems []error
	for _, cmd := range r.started {
		if cmd.Process.Signal(syscall.SIGTERM) == nil {
			cmd.Wait() //nolint:errcheck // how it ended was asked for
		}
	}
	if r.database != nil {
		problems = append(problems, r.database.Stop())
	}
	if !r.kept {
		problems = append(problems, os.RemoveAll(r.Folder))
	}
	return errors.Join(problems...)
}

func (r *Rig) launch(ctx context.Context, name string, env map[string]string, args ...string) (*exec.Cmd, error) {
	log, err := os.Create(filepath.Join(r.Folder, name+".log"))
	if err != nil {
		return nil, fmt.Errorf("make a log: %w", err)
	}
	cmd := exec.CommandContext(ctx, r.binary, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = r.environment(env), log, log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	r.started = append(r.started, cmd)
	return cmd, nil
}

func (r *Rig) environment(more map[string]string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.Folder, "DATABASE_URL=" + r.DatabaseURL, "APPROVAL_LIMIT_USD=0"}
	for name, value := range more {
		env = append(env, name+"="+value)
	}
	return env
}

// freeAddress finds a port that a process started next may listen on. It stays
// below 32768, where Linux hands out ports to every connection that anybody
// opens: one of those could take it before the process does.
func freeAddress() (string, error) {
	var err error
	for range 50 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(12000))) //nolint:gosec // any free one will do
		var l net.Listener
		if l, err = (&net.ListenConfig{}).Listen(context.Background(), "tcp", address); err == nil {
			return address, l.Close()
		}
	}
	return "", fmt.Errorf("find a free port: %w", err)
}

// waitFor asks until a page answers 200, for 30 s at most.
func waitFor(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("ask %s: %w", url, err)
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s did not get ready: %w", url, ctx.Err())
		case <-tick.C:
		}
	}
}
