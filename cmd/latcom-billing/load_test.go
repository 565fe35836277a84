package main

// The load test by itself: small ones, on a system of their own.

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestALoadTestMakesItsOwnSystemReportsAndProvesTheBooks(t *testing.T) {
	report := filepath.Join(t.TempDir(), "load.md")
	got := runs(t, nil, "load", "--self", "--latency", "50ms", "--for", "3s", "--hurry", "400", "--max-orders", "60", "--report", report, "day-100x", "outage")
	if got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{"TIME WAS COMPRESSED 400 TIMES", "day-100x: a hundred times", "accepted = stored", "fsync on", "the simulator delivered ", "proven: "} {
		if !strings.Contains(got.out, want) {
			t.Errorf("it does not say %q:\n%s", want, got.out)
		}
	}
	for path, want := range map[string]string{report: "![outage: orders", filepath.Join(strings.TrimSuffix(report, ".md"), "outage.svg"): "<svg"} {
		if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v: no %q in\n%s", path, err, want, text)
		}
	}
}

func TestALoadTestThatIsInterruptedReportsWhatWasDone(t *testing.T) {
	p := starts(t, nil, "load", "--self", "--latency", "50ms", "--for", "1h", "day-10x", "burst")
	p.waitFor(t, "day-10x: ten times that: 12,500 orders an hour; 12500 orders")
	p.signal(t, syscall.SIGINT)
	if code := p.ends(t, 2*time.Minute); code != exitDone {
		t.Errorf("it ended with %d", code)
	}
	for _, want := range []string{"Interrupted: this is what was done until then.", "orders of the profile were not sent", "proven: "} {
		if !strings.Contains(p.output(), want) {
			t.Errorf("it does not say %q", want)
		}
	}
}

func TestALoadTestGoesToNobodyElse(t *testing.T) {
	live := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	t.Cleanup(live.Close)
	for _, test := range []struct {
		args string
		code int
		says string
	}{
		{"load day", exitFailed, "--api-key is missing"},
		{"load --self night", exitFailed, `there is no profile "night"`},
		{"load --address http://192.0.2.7 --api-key x day", exitFailed, "192.0.2.7 is not this machine: a load test there needs --i-own-this-server"},
		{"load --address 127.0.0.1:80 --api-key x day", exitFailed, "is not an address such as"},
		{"load --api-key x day --address " + live.URL, exitFailed, "the orders would be real top-ups"},
		{"load --for 2h day", exitUsage, "at most 1h"},
		{"load --hurry 0 day", exitUsage, "--hurry"},
		{"load --report x.txt day", exitUsage, "ends with .md"},
		{"load --list", exitDone, ""},
	} {
		got := runs(t, nil, strings.Fields(test.args)...)
		if got.code != test.code || !strings.Contains(got.err, test.says) {
			t.Errorf("%s: %d, %s%s", test.args, got.code, got.out, got.err)
		}
	}
}

func TestAReportDoesNotShowTheKey(t *testing.T) {
	for _, args := range [][]string{{"load", "--api-key", "lb_live_1", "day"}, {"load", "--api-key=lb_live_1", "day"}} {
		if shown := strings.Join(shownArguments(args), " "); strings.Contains(shown, "lb_live_1") || !strings.Contains(shown, "KEY day") {
			t.Errorf("%v is shown as %s", args, shown)
		}
	}
}
