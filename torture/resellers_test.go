package torture

// Resellers' programs: they order, and order again with the same reference until
// they know what became of it.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

// told is what a reseller was told of one reference, last.
type told struct {
	ID, Status, Price, Amount string
}

// reseller is one program with one key.
type reseller struct {
	code, key string
	system    *system
	client    *http.Client

	mu    sync.Mutex
	told  map[string]told // of what was accepted
	asked map[string]bool
	wrong []string // answers that contradict each other
}

func newReseller(t *testing.T, s *system, code, credit string) *reseller {
	t.Helper()
	key, err := s.AddCustomer(context.Background(), code, credit)
	must(t, err)
	return &reseller{
		code: code, key: key, system: s, told: map[string]told{}, asked: map[string]bool{},
		client: &http.Client{Timeout: 8 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}},
	}
}

// run orders until stop is closed, each order until its end is known or the world
// has no more patience.
func (r *reseller) run(worker int, stop <-chan struct{}) {
	rng := rand.New(rand.NewPCG(uint64(worker), uint64(time.Now().UnixNano())))
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		reference := fmt.Sprintf("%s-%d-%d", r.code, worker, n)
		phone := fmt.Sprintf("55%08d", 11_000_000+rng.IntN(80_000_000))
		if rng.IntN(12) == 0 {
			phone = []string{"5512990002", "5512990005", "5512990006", "5512990024", "5512990009"}[rng.IntN(5)]
		}
		body, err := json.Marshal(map[string]string{"phone": phone, "reference": reference, "amount": mxn(2000 + rng.Int64N(18001))})
		if err != nil {
			panic(err) // strings always marshal
		}
		r.mu.Lock()
		r.asked[reference] = true
		r.mu.Unlock()
		r.insist(reference, body, rng, stop)
	}
}

func (r *reseller) insist(reference string, body []byte, rng *rand.Rand, stop <-chan struct{}) {
	for range 12 {
		servers := r.system.addresses()
		if len(servers) > 0 && r.ask(servers[rng.IntN(len(servers))], reference, body) {
			return
		}
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(100+rng.IntN(400)) * time.Millisecond):
		}
	}
}

// ask returns true when there is nothing more to learn.
func (r *reseller) ask(server, reference string, body []byte) bool {
	q, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server+"/api/v1/topups", bytes.NewReader(body))
	if err != nil {
		panic(err) // constants
	}
	q.Header.Set("Authorization", "Bearer "+r.key)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Prefer", "wait=3")
	answer, err := r.client.Do(q)
	if err != nil {
		r.system.tally.add("orders without an answer")
		return false
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.system.tally.add("orders without an answer")
		return false
	}
	r.system.tally.add(fmt.Sprintf("answers %d", answer.StatusCode))
	var said struct{ ID, Status, Price, Amount string }
	if answer.StatusCode > 299 {
		return answer.StatusCode < 500
	}
	if err := json.Unmarshal(text, &said); err != nil || said.ID == "" {
		r.contradiction("%s: an answer %d that says nothing: %s", reference, answer.StatusCode, text)
		return true
	}
	r.heard(reference, told(said))
	return said.Status == "succeeded" || said.Status == "failed" || said.Status == "unknown"
}

func (r *reseller) contradiction(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// heard keeps an answer. What was final is final for ever.
func (r *reseller) heard(reference string, now told) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, known := r.told[reference]
	isFinal := before.Status == "succeeded" || before.Status == "failed"
	if known && (before.ID != now.ID || before.Price != now.Price || isFinal && before.Status != now.Status) {
		r.wrong = append(r.wrong, fmt.Sprintf("%s was %+v, and then %+v", reference, before, now))
	}
	r.told[reference] = now
}
