package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// openFolder is one that the embedded database can use even when we are root and
// it is somebody else.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "latcom-billing-demo-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

// invited is what a demo prints.
type invited struct{ url, adminKey, password, apiKey string }

func invitedBy(t *testing.T, p *process) invited {
	t.Helper()
	p.waitFor(t, "Ctrl-C stops everything")
	find := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(p.output())
		if found == nil {
			t.Fatalf("the demo does not print %s:\n%s", pattern, p.output())
		}
		return found[1]
	}
	return invited{
		find(`Back office +(http://127\.0\.0\.1:[0-9]+)/admin\n`), find(`key ([A-Z0-9]{26}) `),
		find(`lucia@enviadespensa\.example, password (\S{16})\n`), find(`Authorization: Bearer (lb_live_\S+)' `),
	}
}

func TestADemoIsAllThatIsNeeded(t *testing.T) {
	data := openFolder(t)
	settings := map[string]string{"PORT": "0", "DATABASE_URL": "postgres://somewhere.example/else"}
	args := []string{"demo", "--data-dir", data, "--top-ups", "300", "--latency", "50ms"}
	p := starts(t, settings, args...)
	in := invitedBy(t, p)
	p.waitFor(t, "SIMULATOR")
	if line := p.waitFor(t, "does not use this setting"); !strings.Contains(line, "DATABASE_URL") {
		t.Error(line)
	}
	code, body := order{
		method: http.MethodPost, at: in.url + "/api/v1/topups", key: in.apiKey, body: `{"phone":"5512345678","amount":"50.00","reference":"demo-1"}`,
	}.ask(t)
	if code != http.StatusCreated || !strings.Contains(body, `"price":"2.7778"`) {
		t.Errorf("the API answers %d: %s", code, body)
	}

	t.Run("commands work beside it", func(t *testing.T) {
		beside := map[string]string{"DATABASE_URL": "embedded", "DATA_DIR": data}
		if got := runs(t, beside, "verify"); got.code != exitDone || !strings.Contains(got.out, "3 customers, 301 top-ups") {
			t.Errorf("%+v", got)
		}
		if got := runs(t, beside, "customer", "add", "NUEVO", "--name", "Nuevo"); got.code != exitDone {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a second one in the same folder is refused", func(t *testing.T) {
		if got := runs(t, settings, args...); got.code != exitFailed || !strings.Contains(got.err, "another latcom-billing") {
			t.Errorf("%+v", got)
		}
	})

	p.signal(t, syscall.SIGTERM)
	if code := p.ends(t, 30*time.Second); code != exitDone {
		t.Errorf("it ends with %d", code)
	}
	t.Run("commands start the database themselves when it has ended", func(t *testing.T) {
		if got := runs(t, map[string]string{"DATABASE_URL": "embedded", "DATA_DIR": data}, "verify"); got.code != exitDone {
			t.Errorf("%+v", got)
		}
	})
	t.Run("the next start has the same keys and data", func(t *testing.T) {
		p := starts(t, settings, args...)
		again := invitedBy(t, p)
		if in.url = again.url; again != in {
			t.Errorf("%+v after %+v", again, in)
		}
		if code, _ := (order{at: again.url + "/api/v1/topups?reference=demo-1", key: again.apiKey}).ask(t); code != http.StatusOK {
			t.Errorf("the API answers %d", code)
		}
	})
}
