// Package simulator is a Latcom to develop and test against: the same wire format
// (contract §7), seedable latency, and fates that the last digits of a phone
// choose. It does not know our client, our store or our money: its list of
// deliveries is the independent witness that tests compare the books with.
//
// A phone that ends with 9900NN has a fate of its own (5512990001: refused,
// product not found). The list is Fates; FATES.md and the simulator's page show
// it. Every other phone is delivered, after LatencyMin to LatencyMax. Six digits,
// so that no list of ordinary numbers meets a fate by chance.
package simulator

// What a simulator is made of, its switches and what it tells about itself.

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options make a simulator. The zero value delivers everything in 6 to 7 s.
type Options struct {
	LatencyMin, LatencyMax time.Duration      // of a delivery; both 0: 6 s to 7 s
	Outliers               float64            // share of deliveries that take three times as long; 0: none
	Seed                   uint64             // with the dist_transid it decides everything that is random
	Random                 map[string]float64 // fate digits → share of the other phones that meet it; nil: none
	TokenTTL               time.Duration      // how long a login lives; 0: 5 minutes
	SingleToken            bool               // a new login ends the ones before
	Sandbox                *Sandbox           // plays the documented numbers in place of the fates; nil: it does not

	// Credentials that a login must show; an empty one accepts anything.
	Username, Password, DistAPI, UserUID string
}

// Simulator is a Latcom. Serve it with net/http over HTTP/1.1.
type Simulator struct {
	options Options
	mux     *http.ServeMux
	tokens  *tokens
	book    *book
	closed  chan struct{}
	once    sync.Once

	mu           sync.Mutex
	min, max     time.Duration
	hanging      bool
	failing      bool
	refuseLogins bool
	logins       int64
}

// New makes a simulator. It starts nothing: it works while it is asked.
func New(options Options) *Simulator {
	if options.LatencyMin == 0 && options.LatencyMax == 0 {
		options.LatencyMin, options.LatencyMax = 6*time.Second, 7*time.Second
	}
	if options.TokenTTL == 0 {
		options.TokenTTL = 5 * time.Minute
	}
	s := &Simulator{
		options: options, tokens: newTokens(options), book: newBook(options.Seed), closed: make(chan struct{}),
		min: options.LatencyMin, max: max(options.LatencyMin, options.LatencyMax),
	}
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("POST /api/dislogin", s.login)
	s.mux.HandleFunc("POST /api/tn/fast", s.topUp)
	s.mux.HandleFunc("GET /api/transaction/{dist_transid}", s.inquiry)
	s.mux.HandleFunc("GET /deliveries", s.deliveries)
	s.mux.HandleFunc("GET /{$}", s.page)
	return s
}

// ServeHTTP answers as Latcom does.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Close ends every wait: what hangs is cut, what is being delivered is delivered
// at once. A server that closes afterwards waits for nothing.
func (s *Simulator) Close() { s.once.Do(func() { close(s.closed) }) }

// SetLatency changes how long the deliveries that begin from now on take.
func (s *Simulator) SetLatency(least, most time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.min, s.max = least, max(least, most)
}

// Hang makes every call, logins too, wait until its client goes away. Nothing is
// delivered meanwhile.
func (s *Simulator) Hang(on bool) { s.set(&s.hanging, on) }

// Fail makes every call answer 503 at once; nothing is delivered meanwhile.
func (s *Simulator) Fail(on bool) { s.set(&s.failing, on) }

// RefuseLogins makes a login answer that our IP address is not authorized.
func (s *Simulator) RefuseLogins(on bool) { s.set(&s.refuseLogins, on) }

// EndTokens ends every login, as Latcom does without a word.
func (s *Simulator) EndTokens() { s.tokens.end() }

func (s *Simulator) set(what *bool, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*what = on
}

func (s *Simulator) is(what *bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *what
}

// Logins is how many logins were asked for, refused ones too.
func (s *Simulator) Logins() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// Requests is how many top-ups were asked for, whatever became of them.
func (s *Simulator) Requests() int64 {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	return s.book.requests
}

// RequestsFor is how many of them carried this dist_transid.
func (s *Simulator) RequestsFor(distTransID string) int {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	if c := s.book.cases[distTransID]; c != nil {
		return c.requests
	}
	return 0
}

// Deliveries is every delivery so far, in the order in which they happened.
func (s *Simulator) Deliveries() []Delivery {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	list := make([]Delivery, 0, len(s.book.delivered))
	for _, c := range s.book.delivered {
		list = append(list, c.delivery())
	}
	return slices.Clip(list)
}
