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

// told is a top-up as the API tells it.
type told struct {
	ID, Reference, Status, Price, Phone, Amount string
}

// reseller is one program with one key.
type reseller struct {
	code, key string
	credit    int64 // what it began with, in ten-thousandths of a dollar
	system    *system
	client    *http.Client

	mu      sync.Mutex
	told    map[string]told // of what was accepted, by reference: the last word
	asked   map[string]bool
	lost    map[string]bool // some request for it got no answer
	refused map[string]int  // 4xx
	wrong   []string        // answers that must not be
}

func newReseller(t *testing.T, s *system, code string, credit int64) *reseller {
	t.Helper()
	key, err := s.AddCustomer(context.Background(), code, usd(credit))
	must(t, err)
	return &reseller{
		code: code, key: key, credit: credit, system: s,
		told: map[string]told{}, asked: map[string]bool{}, lost: map[string]bool{}, refused: map[string]int{},
		client: &http.Client{Timeout: 8 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}},
	}
}

// oddPhones have fates: refused, delivered without an answer, throttled.
var oddPhones = []string{"5512990002", "5512990005", "5512990006", "5512990009", "5512990024", "5512990034"}

// run orders until stop is closed, each order until its end is known or patience
// is over.
func (r *reseller) run(worker int, rng *rand.Rand, stop <-chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		reference := fmt.Sprintf("%s-%d-%d", r.code, worker, n)
		phone := fmt.Sprintf("55%08d", 13_000_000+rng.IntN(80_000_000))
		if rng.IntN(12) == 0 {
			phone = oddPhones[rng.IntN(len(oddPhones))]
		}
		body, err := json.Marshal(map[string]string{"phone": phone, "reference": reference, "amount": mxn(2000 + rng.Int64N(18001))})
		if err != nil {
			panic(err) // strings always marshal
		}
		r.note(func() { r.asked[reference] = true })
		r.insist(reference, body, rng, stop)
	}
}

// note writes down what was learned.
func (r *reseller) note(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fn()
}

func (r *reseller) insist(reference string, body []byte, rng *rand.Rand, stop <-chan struct{}) {
	for range 20 {
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
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Prefer", "wait=3")
	status, text, err := r.send(q)
	if err != nil {
		r.system.tally.add("orders without an answer")
		r.note(func() { r.lost[reference] = true })
		return false
	}
	if status != http.StatusServiceUnavailable {
		r.system.tally.add("orders answered")
	}
	r.system.tally.add(fmt.Sprintf("answers %d", status))
	return r.takeIn(reference, status, text)
}

// send asks with the key and reads the answer whole.
func (r *reseller) send(q *http.Request) (status int, text []byte, err error) {
	q.Header.Set("Authorization", "Bearer "+r.key)
	answer, err := r.client.Do(q)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}

// takeIn reads an answer: a top-up, not enough credit, or not now. There is no
// other in this world.
func (r *reseller) takeIn(reference string, status int, text []byte) (over bool) {
	var said told
	switch status {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted:
	case http.StatusPaymentRequired:
		r.note(func() { r.refused[reference]++ })
		wait(200 * time.Millisecond) // a reseller who hammers on is no load
		return true
	case http.StatusServiceUnavailable:
		r.note(func() { r.lost[reference] = true }) // it may have been accepted all the same
		return false
	default:
		r.note(func() { r.wrong = append(r.wrong, fmt.Sprintf("%s was answered %d %s", reference, status, text)) })
		return true
	}
	if err := json.Unmarshal(text, &said); err != nil || said.Reference != reference {
		r.note(func() { r.wrong = append(r.wrong, fmt.Sprintf("%s was answered %d %s", reference, status, text)) })
		return true
	}
	r.note(func() { r.hears(said) })
	return said.final() || said.Status == "unknown"
}

func (t told) final() bool { return t.Status == "succeeded" || t.Status == "failed" }

// hears keeps an answer. What was final is final for ever.
func (r *reseller) hears(now told) {
	before, known := r.told[now.Reference]
	if known && (before.ID != now.ID || before.Price != now.Price || before.final() && before.Status != now.Status) {
		r.wrong = append(r.wrong, fmt.Sprintf("was %+v, and then %+v", before, now))
	}
	r.told[now.Reference] = now
}
