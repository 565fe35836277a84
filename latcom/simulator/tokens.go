package simulator

// Logins: who may come in, and until when.

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

type tokens struct {
	ttl    time.Duration
	single bool

	mu    sync.Mutex
	until map[string]time.Time
}

func newTokens(o Options) *tokens {
	return &tokens{ttl: o.TokenTTL, single: o.SingleToken, until: map[string]time.Time{}}
}

func (t *tokens) issue() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for token, until := range t.until {
		if t.single || now.After(until) {
			delete(t.until, token)
		}
	}
	token := "sim_" + rand.Text()
	t.until[token] = now.Add(t.ttl)
	return token
}

func (t *tokens) valid(r *http.Request) bool {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	t.mu.Lock()
	defer t.mu.Unlock()
	return bearer && time.Now().Before(t.until[token])
}

func (t *tokens) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.until)
}

// login answers POST /api/dislogin.
func (s *Simulator) login(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.logins++
	s.mu.Unlock()
	if s.away(w, r) {
		return
	}
	if s.is(&s.refuseLogins) {
		problem(w, http.StatusBadRequest, "Validation Error", "IP Address not authorized")
		return
	}
	var shown struct {
		Username string `json:"username"`
		Password string `json:"password"`
		DistAPI  string `json:"dist_api"`
		UserUID  string `json:"user_uid"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&shown); err != nil {
		problem(w, http.StatusBadRequest, "Validation Error", "Malformed JSON")
		return
	}
	o := s.options
	for _, pair := range [][2]string{
		{o.Username, shown.Username}, {o.Password, shown.Password}, {o.DistAPI, shown.DistAPI}, {o.UserUID, shown.UserUID},
	} {
		if pair[0] != "" && pair[0] != pair[1] {
			problem(w, http.StatusUnauthorized, "Unauthorized", "Bad credentials")
			return
		}
	}
	answer(w, http.StatusOK, map[string]any{"access": s.tokens.issue()})
}

// away answers for a Latcom that hangs or fails; true: nothing more to say.
func (s *Simulator) away(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case s.is(&s.hanging):
		s.hang(r)
		cutOff(w)
	case s.is(&s.failing):
		problem(w, http.StatusServiceUnavailable, "Service Unavailable", "Try again later")
	default:
		return false
	}
	return true
}
