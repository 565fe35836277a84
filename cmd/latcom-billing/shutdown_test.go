package main

// What becomes of orders under way when a server is told to stop.

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// ordered is a server that stops, with one order that waits for its end.
type ordered struct {
	server *process
	store  *store.Store
	answer chan string // to the reseller: status and body
}

// orders starts a simulator and a server, and orders a top-up that is under way
// when it returns.
func orders(t *testing.T, latency, phone string, more map[string]string) ordered {
	t.Helper()
	s, url := storetest.NewAsOwner(t)
	simulator := starts(t, nil, "simulator", "--listen", "127.0.0.1:0", "--latency", latency)
	line := simulator.waitFor(t, "LATCOM_BASE_URL=")
	base, _, _ := strings.Cut(strings.SplitAfter(line, "LATCOM_BASE_URL=")[1], ";")
	settings := served(url)
	settings["LATCOM_BASE_URL"] = base
	for name, value := range more {
		settings[name] = value
	}
	o := ordered{server: starts(t, settings, "serve"), store: s, answer: make(chan string, 1)}
	request := order{
		method: http.MethodPost, at: o.server.url(t) + "/api/v1/topups", key: newKey(t, url),
		body: `{"phone":"` + phone + `","amount":"50","reference":"one"}`,
	}
	go func() {
		code, body := request.ask(t)
		o.answer <- http.StatusText(code) + " " + body
	}()
	eventually(t, func() (bool, string) {
		open, err := s.OpenNow(t.Context(), 0)
		return err == nil && open.Sending == 1, "the order is not under way"
	})
	return o
}

func (o ordered) topUp(t *testing.T) billing.TopUp {
	t.Helper()
	c, err := o.store.CustomerByCode(t.Context(), "ENVIA")
	if err != nil {
		t.Fatal(err)
	}
	found, err := o.store.TopUpByReference(t.Context(), c.ID, "one")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAServerThatStopsAnswersWhoWaitsAndFinishesWhatIsUnderWay(t *testing.T) {
	o := orders(t, "4s", "5512345678", nil)
	o.server.signal(t, syscall.SIGTERM)
	if answer := <-o.answer; !strings.HasPrefix(answer, "Accepted ") || !strings.Contains(answer, `"sending"`) {
		t.Errorf("the reseller is answered %s", answer)
	}
	if status := o.topUp(t).Status; status != billing.StatusSending {
		t.Errorf("when the reseller is answered the top-up is %s", status)
	}
	if code := o.server.ends(t, 30*time.Second); code != exitDone {
		t.Errorf("it ends with %d", code)
	}
	if status := o.topUp(t).Status; status != billing.StatusSucceeded {
		t.Errorf("in the end the top-up is %s", status)
	}
}

func TestAServerWaitsNoLongerThanItsGrace(t *testing.T) {
	o := orders(t, "1s", "5512990003", map[string]string{"SHUTDOWN_GRACE": "1s"})
	o.server.signal(t, syscall.SIGTERM)
	if code := o.server.ends(t, 20*time.Second); code != exitDone {
		t.Errorf("it ends with %d", code)
	}
	if status := o.topUp(t).Status; status != billing.StatusSending {
		t.Errorf("what was left is %s; the sweep of the next start takes it up", status)
	}
}

func TestASecondSignalEndsAServerAtOnce(t *testing.T) {
	o := orders(t, "1s", "5512990003", map[string]string{"SHUTDOWN_GRACE": "5m"})
	o.server.signal(t, syscall.SIGTERM)
	<-o.answer
	o.server.signal(t, syscall.SIGTERM)
	o.server.ends(t, 10*time.Second)
}
