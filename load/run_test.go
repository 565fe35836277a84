package load

// Runs against an API that answers in every way that a run has to understand.

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeAPI answers order n as its list says; it is not our program.
type fakeAPI struct {
	mu      sync.Mutex
	asked   map[string]int    // by reference
	stored  map[string]string // id to status
	forgets bool              // an order that it accepted
	first   chan struct{}     // closed at the first order
}

func newFakeAPI(t *testing.T) (*fakeAPI, *API) {
	t.Helper()
	f := &fakeAPI{asked: map[string]int{}, stored: map[string]string{}, first: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/topups", f.order)
	mux.HandleFunc("GET /api/v1/topups/{id}", f.show)
	mux.HandleFunc("GET /api/v1/topups", func(w http.ResponseWriter, _ *http.Request) { say(w, 200, map[string]any{"data": []any{}}) })
	server := httptest.NewServer(mux)
	api := NewAPI(server.URL, "key")
	t.Cleanup(func() {
		api.Close()
		server.Close()
	})
	return f, api
}

func say(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the test fails without it
}

func (f *fakeAPI) order(w http.ResponseWriter, r *http.Request) {
	var o struct{ Reference string }
	_ = json.NewDecoder(r.Body).Decode(&o) // the test fails without it
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.asked) == 0 {
		close(f.first)
	}
	f.asked[o.Reference]++
	n, id := o.Reference[strings.LastIndex(o.Reference, "-")+1:], "id-"+o.Reference
	switch {
	case n == "1": // settled at once
		f.stored[id] = "succeeded"
		say(w, 201, map[string]any{"id": id, "status": "succeeded", "failure": nil})
	case n == "2": // later
		f.stored[id] = "failed"
		say(w, 202, map[string]any{"id": id, "status": "queued"})
	case n == "3": // never accepted
		say(w, 402, map[string]any{"code": "insufficient_balance", "status": 402})
	case n == "4" && f.asked[o.Reference] == 1: // at the second try
		say(w, 503, map[string]any{"code": "unavailable", "status": 503})
	case n == "4":
		f.stored[id] = "unknown"
		say(w, 202, map[string]any{"id": id, "status": "unknown"})
	default:
		say(w, 503, map[string]any{"code": "unavailable", "status": 503})
	}
}

func (f *fakeAPI) show(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	status, known := f.stored[r.PathValue("id")]
	if !known || f.forgets {
		say(w, 404, map[string]any{"code": "not_found", "status": 404})
		return
	}
	say(w, 200, map[string]any{"id": r.PathValue("id"), "status": status, "failure": map[string]string{"code": "expired"}})
}

func played(ctx context.Context, t *testing.T, api *API, p Profile) *Result {
	t.Helper()
	r := Runner{API: api, Seed: 1, MaxOrders: 1000, Patience: time.Minute, Meter: ownProcess(t), Note: t.Logf}
	result, err := r.Play(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func five() Profile {
	return Profile{Name: "five", About: "five orders at once", Phases: []Phase{{For: time.Second, AtOnce: 5}}}
}

func TestEveryOrderIsFollowedToItsEndAndAskedForAgain(t *testing.T) {
	t.Parallel()
	f, api := newFakeAPI(t)
	result := played(t.Context(), t, api, five())
	got := result.Figures()
	if got.Sent != 5 || got.Accepted != 3 || got.Delivered != 1 || got.Failed["expired"] != 1 || got.Unknown != 1 || got.Open != 0 || got.Repeated != 2 {
		t.Errorf("figures %+v", got)
	}
	if got.Refused["insufficient_balance"] != 1 || got.Refused["unavailable"] != 1 {
		t.Errorf("refused %v", got.Refused)
	}
	if len(result.Lost) != 0 {
		t.Errorf("lost %v", result.Lost)
	}
	for reference, times := range f.asked {
		want := map[string]int{"4": 2, "5": tries}[reference[strings.LastIndex(reference, "-")+1:]]
		if times != max(want, 1) {
			t.Errorf("%s was sent %d times", reference, times)
		}
	}
}

func TestAnAcceptedOrderThatIsNotStoredIsNamed(t *testing.T) {
	t.Parallel()
	f, api := newFakeAPI(t)
	f.forgets = true
	p := Profile{Name: "one", About: "one order", Phases: []Phase{{For: time.Second, AtOnce: 1}}}
	result := played(t.Context(), t, api, p)
	report := Report{Hurry: 1, Results: []*Result{result}}
	if len(result.Lost) != 1 || report.Sound() || !strings.Contains(report.Text(), "ACCEPTED AND NOT STORED: "+result.Lost[0]) {
		t.Errorf("lost %v, sound %v:\n%s", result.Lost, report.Sound(), report.Text())
	}
}

func TestAnInterruptedRunReportsWhatWasDone(t *testing.T) {
	t.Parallel()
	f, api := newFakeAPI(t)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-f.first
		stop()
	}()
	p := Profile{Name: "long", About: "an order now and one in an hour", Phases: []Phase{{For: time.Hour, AtOnce: 1}, {For: time.Second, AtOnce: 1}}}
	result := played(ctx, t, api, p)
	if !result.Interrupted || len(result.Orders) != 1 || result.Left != 1 || result.Figures().Delivered != 1 {
		t.Errorf("interrupted %v, %d sent, %d left, %+v", result.Interrupted, len(result.Orders), result.Left, result.Figures())
	}
}

func TestAProfileWithWeatherNeedsSomebodyWhoMakesIt(t *testing.T) {
	_, api := newFakeAPI(t)
	chosen, _ := Choose([]string{"outage"}, time.Minute)
	r := Runner{API: api, MaxOrders: 1, Note: t.Logf}
	if _, err := r.Play(t.Context(), chosen[0]); err == nil || !strings.Contains(err.Error(), "--self") {
		t.Errorf("error %v", err)
	}
}

// toldLatcom writes down what it is told.
type toldLatcom struct {
	mu    sync.Mutex
	heard []string
}

func (l *toldLatcom) hear(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, what)
}
func (l *toldLatcom) Usual()                          { l.hear("usual") }
func (l *toldLatcom) Takes(least, most time.Duration) { l.hear(fmt.Sprint(least, " ", most)) }
func (l *toldLatcom) Away(away bool) error {
	l.hear(fmt.Sprint("away ", away))
	return nil
}

func TestLatcomIsToldTheWeatherAndThatAllIsAsUsualAtTheEnd(t *testing.T) {
	t.Parallel()
	_, api := newFakeAPI(t)
	latcom := &toldLatcom{}
	p := Profile{
		Name: "w", About: "w", Phases: []Phase{{For: time.Second, AtOnce: 1}},
		Weather: []Weather{{At: 0, Least: time.Second, Most: 2 * time.Second}, {At: time.Millisecond, Away: true}, {At: 2 * time.Millisecond}},
	}
	r := Runner{API: api, Latcom: latcom, Seed: 1, MaxOrders: 10, Patience: time.Minute, Note: t.Logf}
	if _, err := r.Play(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	want := "away false, 1s 2s, away true, usual, away false, usual, away false, usual"
	if got := strings.Join(latcom.heard, ", "); got != want {
		t.Errorf("Latcom heard %s, want %s", got, want)
	}
}
