package torture

// Latcom as the engine meets it: the simulator, a witness who writes down every
// request before the simulator sees it, and a way there that can be cut.

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"latcom.example/latcom-billing/latcom/simulator"
)

// witness stands in front of the simulator.
type witness struct {
	*simulator.Simulator
	server *httptest.Server

	mu       sync.Mutex
	requests map[string][]int // HTTP status of each whole request for a dist_transid; 0: none was given
	visits   map[string]*operation
	gates    map[string]chan struct{} // of what is held; closed when it may go on
	active   int                      // visits that are neither over nor held
	quiet    *sync.Cond
}

func newWitness(seed uint64) *witness {
	w := &witness{
		Simulator: simulator.New(simulator.Options{LatencyMax: time.Nanosecond, Seed: seed, TokenTTL: time.Hour}),
		requests:  map[string][]int{}, visits: map[string]*operation{}, gates: map[string]chan struct{}{},
	}
	w.quiet = sync.NewCond(&w.mu)
	w.server = httptest.NewServer(w)
	return w
}

func (w *witness) close() {
	w.releaseAll()
	w.Close()
	w.server.Close()
}

// expects says which operation is about to ask for a dist_transid.
func (w *witness) expects(distTransID string, o *operation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.visits[distTransID] = o
}

// ServeHTTP writes down and passes on.
func (w *witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/api/tn/fast" {
		w.Simulator.ServeHTTP(out, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	var order struct {
		DistTransID string `json:"dist_transid"`
	}
	if err != nil || json.Unmarshal(body, &order) != nil {
		panic(http.ErrAbortHandler) // half a request is none
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.visit(out, r, order.DistTransID)
}

func (w *witness) visit(out http.ResponseWriter, r *http.Request, id string) {
	o, number := w.enters(id)
	defer w.leaves()
	if o != nil && o.line == crashWithin {
		o.happened(crashWithin)
		o.on.die()
	}
	hold := ""
	if o != nil && !o.held.Swap(true) { // once: a second request of the same try follows a 401
		hold = o.hold
	}
	if hold == holdBefore {
		w.wait(o, id)
	}
	kept := &keptStatus{ResponseWriter: out}
	defer func() { w.answered(id, number, kept.status) }()
	if hold != holdAfter {
		w.Simulator.ServeHTTP(kept, r)
		return
	}
	answer := httptest.NewRecorder()
	w.Simulator.ServeHTTP(answer, r)
	w.wait(o, id)
	maps.Copy(kept.Header(), answer.Header())
	kept.WriteHeader(answer.Code)
	_, _ = kept.Write(answer.Body.Bytes()) // an error means that nobody listens
}

func (w *witness) enters(id string) (o *operation, number int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active++
	w.requests[id] = append(w.requests[id], 0)
	return w.visits[id], len(w.requests[id])
}

func (w *witness) leaves() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active--
	w.quiet.Broadcast()
}

func (w *witness) answered(id string, number, status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests[id][number-1] = status
}

// wait holds a request until release.
func (w *witness) wait(o *operation, id string) {
	gate := make(chan struct{})
	w.mu.Lock()
	w.gates[id] = gate
	w.active--
	w.quiet.Broadcast()
	w.mu.Unlock()
	o.happened(o.hold)
	close(o.parked)
	<-gate
	w.mu.Lock()
	w.active++
	w.mu.Unlock()
}

// release lets a held request go on.
func (w *witness) release(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if gate := w.gates[id]; gate != nil {
		close(gate)
		delete(w.gates, id)
	}
}

func (w *witness) releaseAll() {
	for _, id := range w.held() {
		w.release(id)
	}
}

func (w *witness) held() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.gates))
}

// calm waits until nothing is being worked on: what was asked for is delivered,
// whether or not the client still listens.
func (w *witness) calm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.active > 0 {
		w.quiet.Wait()
	}
}

// sent counts the requests of an order: all, and those that were not turned away
// at the door (401 and 429 prove that nothing was done).
func (w *witness) sent(id string) (all, inside int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, status := range w.requests[id] {
		if status != http.StatusUnauthorized && status != http.StatusTooManyRequests {
			inside++
		}
	}
	return len(w.requests[id]), inside
}

// keptStatus remembers what was answered.
type keptStatus struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers.
func (k *keptStatus) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

// Unwrap lets the simulator take the connection over.
func (k *keptStatus) Unwrap() http.ResponseWriter { return k.ResponseWriter }
