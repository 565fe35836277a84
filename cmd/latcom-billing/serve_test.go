package main

// A server's life, and what it does when the world around it fails.

import (
	"maps"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/views"
)

// served are the settings of a server on a database of its own.
func served(url string) map[string]string {
	return map[string]string{
		"DATABASE_URL": url, "PORT": "0", "HOST": "127.0.0.1", "SECRET_KEY": hidden[1], "ADMIN_KEY": hidden[2], "LATCOM_BASE_URL": "simulator",
	}
}

func TestAServerStopsWhenItIsTold(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		_, url := storetest.NewAsOwner(t)
		p := starts(t, served(url), "serve")
		becomes(t, p.url(t)+views.DashboardSignInPath, http.StatusOK)
		p.signal(t, signal)
		if code := p.ends(t, 10*time.Second); code != exitDone {
			t.Errorf("after %s it ends with %d", signal, code)
		}
	}
}

func TestAServerSaysLoudlyThatItSimulates(t *testing.T) {
	_, url := storetest.NewAsOwner(t)
	p := starts(t, served(url), "serve")
	p.waitFor(t, "SIMULATOR: no airtime is delivered")
	p.url(t)
}

func TestAServerNeverLogsASecret(t *testing.T) {
	_, url := storetest.NewAsOwner(t)
	settings := served(url)
	maps.Copy(settings, map[string]string{
		"LOG_LEVEL": "debug", "METRICS_TOKEN": hidden[7], "SMTP_URL": "smtp://x:" + hidden[8] + "@mail.example", "LATCOM_PASSWORD": hidden[4],
		"REDIS_URL": "redis://x:" + hidden[8] + "@127.0.0.1:1",
	})
	p := starts(t, settings, "serve")
	becomes(t, p.url(t)+views.DashboardSignInPath, http.StatusOK)
	p.signal(t, syscall.SIGTERM)
	p.ends(t, 10*time.Second)
	p.waitFor(t, "Redis is away")
	sees(t, "the log", p.output())
}

func TestADatabaseRefusesTheOtherKindOfProvider(t *testing.T) {
	_, url := storetest.NewAsOwner(t)
	p := starts(t, served(url), "serve")
	p.url(t)
	p.signal(t, syscall.SIGTERM)
	p.ends(t, 10*time.Second)

	live := served(url)
	live["LATCOM_BASE_URL"] = "http://127.0.0.1:9"
	got := runs(t, live, "serve")
	if got.code != exitFailed || !strings.Contains(got.err, "simulated top-ups, and LATCOM_BASE_URL names a live provider") {
		t.Errorf("%+v", got)
	}

	_, url = storetest.NewAsOwner(t)
	live["DATABASE_URL"] = url
	p = starts(t, live, "serve")
	p.url(t)
	p.signal(t, syscall.SIGTERM)
	p.ends(t, 10*time.Second)
	got = runs(t, served(url), "serve")
	if got.code != exitFailed || !strings.Contains(got.err, "real top-ups, and LATCOM_BASE_URL is the simulator") {
		t.Errorf("%+v", got)
	}
}

func TestAServerThatFindsItsPortTakenSaysSo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, url := storetest.NewAsOwner(t)
	settings := served(url)
	_, settings["PORT"], _ = net.SplitHostPort(taken.Addr().String())
	if got := runs(t, settings, "serve"); got.code != exitFailed || !strings.Contains(got.err, "another program listens on") {
		t.Errorf("%+v", got)
	}
}

func TestAServerWorksWithoutTheWeb(t *testing.T) {
	_, url := storetest.NewAsOwner(t)
	settings := served(url)
	settings["WEB"] = "false"
	p := starts(t, settings, "serve")
	p.waitFor(t, "working without the web")
	p.signal(t, syscall.SIGTERM)
	if code := p.ends(t, 10*time.Second); code != exitDone || strings.Contains(p.output(), "listening") {
		t.Errorf("it ends with %d", code)
	}
}

func TestAServerOutlivesItsDatabaseAndFindsItAgain(t *testing.T) {
	_, url := storetest.NewAsOwner(t)
	between := storetest.NewWire(t, url)
	key := newKey(t, url)
	p := starts(t, served(between.URL), "serve")
	balance := order{at: p.url(t) + "/api/v1/balance", key: key}
	becomesFor(t, balance, http.StatusOK)
	between.Cut()
	becomesFor(t, balance, http.StatusServiceUnavailable)
	between.Mend()
	becomesFor(t, balance, http.StatusOK)
	p.signal(t, syscall.SIGTERM)
	if code := p.ends(t, 15*time.Second); code != exitDone {
		t.Errorf("it ends with %d", code)
	}
}

func TestAServerWaitsForADatabaseThatIsNotThereYet(t *testing.T) {
	_, url := storetest.NewAsOwner(t)
	between := storetest.NewWire(t, url)
	between.Cut()
	p := starts(t, served(between.URL), "serve")
	p.waitFor(t, "the database cannot be reached; trying again")
	between.Mend()
	becomes(t, p.url(t)+views.DashboardSignInPath, http.StatusOK)
}
