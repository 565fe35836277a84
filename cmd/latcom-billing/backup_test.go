package main

// Backups under load, and the way back: every money row that was acknowledged
// before the moment is there, the books are proven, and nothing is sent.

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// load orders again and again until it is stopped, a hundred times a second at most,
// so that neither credit nor queue end before the test does, and counts what was
// accepted.
type load struct {
	stop     context.CancelFunc
	done     sync.WaitGroup
	mu       sync.Mutex
	accepted []string // references
}

func orderOn(t *testing.T, url, key string) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{stop: cancel}
	for worker := range 3 {
		l.done.Go(func() {
			tick := time.NewTicker(30 * time.Millisecond)
			defer tick.Stop()
			for i := 0; ctx.Err() == nil; i++ {
				<-tick.C
				reference := fmt.Sprintf("load-%d-%d", worker, i)
				if l.order(ctx, url, key, reference) == http.StatusAccepted {
					l.mu.Lock()
					l.accepted = append(l.accepted, reference)
					l.mu.Unlock()
				}
			}
		})
	}
	return l
}

// order does not wait for the delivery.
func (*load) order(ctx context.Context, url, key, reference string) int {
	body := strings.NewReader(`{"phone":"5512345678","amount":"20","reference":"` + reference + `"}`)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/topups", body)
	if err != nil {
		return 0
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Prefer", "respond-async")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.accepted)
}

// reaches waits until n more orders were accepted.
func (l *load) reaches(t *testing.T, n int) {
	t.Helper()
	want := l.count() + n
	eventually(t, func() (bool, string) { return l.count() >= want, fmt.Sprintf("only %d orders of %d", l.count(), want) })
}

func (l *load) end() {
	l.stop()
	l.done.Wait()
}

// refusesUntilChecked is a server on a restored database: it reads, and takes no
// order; it knows each of the references.
func refusesUntilChecked(t *testing.T, settings map[string]string, key string, references []string) {
	t.Helper()
	p := starts(t, settings, "serve")
	url := p.url(t)
	p.waitFor(t, "listening")
	code, body := order{method: http.MethodPost, at: url + "/api/v1/topups", key: key, body: `{"phone":"5512345678","amount":"20","reference":"after-the-restore"}`}.ask(t)
	if code != http.StatusServiceUnavailable || !strings.Contains(body, "Maintenance") {
		t.Errorf("an order after the restore: %d %s", code, body)
	}
	for _, reference := range references[max(0, len(references)-50):] { // the last ones are those that could be missing
		code, body := order{at: url + "/api/v1/topups?reference=" + reference, key: key}.ask(t)
		if code != http.StatusOK || !strings.Contains(body, `"`+reference+`"`) {
			t.Errorf("%s was accepted before the moment, and is not there: %d %s", reference, code, body)
		}
	}
	p.signal(t, syscall.SIGTERM)
	p.ends(t, 20*time.Second)
}

func TestABackupUnderLoadIsRestoredProvenAndPaused(t *testing.T) {
	data, backups, other := openFolder(t), openFolder(t), openFolder(t)
	settings := served("embedded")
	settings["DATA_DIR"], settings["SHUTDOWN_GRACE"] = data, "0s"
	p := starts(t, settings, "serve")
	url := p.url(t)
	beside := map[string]string{"DATABASE_URL": "embedded", "DATA_DIR": data}
	key := sellerKey(t, beside)
	l := orderOn(t, url, key)
	l.reaches(t, 20)
	before := l.count()
	made := runs(t, beside, "backup", backups, "--wal", "--keep", "3")
	if made.code != exitDone {
		t.Fatalf("%+v", made)
	}
	l.end()
	p.signal(t, syscall.SIGKILL) // a machine that is lost
	<-p.exited

	path := strings.TrimSpace(made.out)
	if got := runs(t, nil, "restore", "--check", path); got.code != exitDone || !strings.HasPrefix(got.out, "whole: ") {
		t.Fatalf("%+v", got)
	}
	there := map[string]string{"DATABASE_URL": "embedded", "DATA_DIR": other}
	got := runs(t, there, "restore", path)
	if got.code != exitDone || !strings.Contains(got.out, "sending   paused") || !strings.Contains(got.out, "proven: ") {
		t.Fatalf("%+v", got)
	}
	if got := runs(t, there, "restore", path); got.code != exitFailed || !strings.Contains(got.err, "there is a database in") {
		t.Errorf("over a database: %+v", got)
	}
	settings["DATA_DIR"] = other
	refusesUntilChecked(t, settings, key, l.accepted[:before])
	if got := runs(t, there, "verify"); got.code != exitDone {
		t.Errorf("%+v", got)
	}
}

func sellerKey(t *testing.T, settings map[string]string) string {
	t.Helper()
	unlimited := maps.Clone(settings)
	unlimited["APPROVAL_LIMIT_USD"] = "0"
	got := runs(t, unlimited, "customer", "add", "ENVIA", "--name", "EnviaDespensa", "--credit", "100000", "--json")
	_, after, found := strings.Cut(got.out, `"api_key":"`)
	key, _, closed := strings.Cut(after, `"`)
	if !found || !closed {
		t.Fatalf("%+v", got)
	}
	return key
}

func TestABackupIsOfTheEmbeddedDatabaseAlone(t *testing.T) {
	for _, args := range [][]string{{"backup", "/nowhere"}, {"restore", "/nowhere"}} {
		got := runs(t, map[string]string{"DATABASE_URL": "postgres://u:p@127.0.0.1:1/x"}, args...)
		if got.code != exitFailed || !strings.Contains(got.err, "docs/OPERATIONS.md") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	if got := runs(t, nil, "restore", "--check", t.TempDir()); got.code != exitFailed || !strings.Contains(got.err, "is no backup") {
		t.Errorf("%+v", got)
	}
}

func TestAStatementOfTheGapIsComparedWithTheBooks(t *testing.T) {
	lines := "transId, dist_transid ,Status,amount\nLT1,nobodys,Success,50\nLT2,nobodys-too,Fail,50\n"
	path := filepath.Join(t.TempDir(), "statement.csv")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := gapCommand{Statement: path}.read()
	if err != nil || len(read) != 2 || !read[0].delivered || read[1].delivered || read[0].ours != "nobodys" {
		t.Fatalf("%+v, %v", read, err)
	}
}
