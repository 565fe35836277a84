package latcom

// The login: one token for all, fetched once however many wait, and fetched
// again ahead of its end while the old one still serves.

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	loginTimeout = 30 * time.Second
	// loginPause is how long a failed login ahead of time is left alone.
	loginPause = 5 * time.Second
)

// session holds the token. Latcom does not say how long one lives (contract §7),
// so its age counts from the moment before we asked for it.
type session struct {
	line *line
	body []byte // the login request
	ttl  time.Duration
	log  *slog.Logger
	now  func() time.Time

	mu     sync.Mutex
	token  string
	born   time.Time
	login  *login    // under way; nil: none
	paused time.Time // no login ahead of time before it
}

// login is one login that any number of orders wait for.
type login struct {
	done  chan struct{}
	token string
	err   *loginError
}

func newSession(l *line, c Config, log *slog.Logger) *session {
	body, err := json.Marshal(struct { //nolint:gosec // this is the login itself
		Username string `json:"username"`
		Password string `json:"password"`
		DistAPI  string `json:"dist_api"`
		UserUID  string `json:"user_uid"`
	}{c.Username, c.Password, c.DistAPI, c.UserUID})
	if err != nil {
		panic("latcom: four strings always marshal: " + err.Error())
	}
	timed := *l
	timed.timeout = min(l.timeout, loginTimeout)
	return &session{line: &timed, body: body, ttl: c.TokenTTL, log: log, now: time.Now}
}

// get gives a token that is younger than its lifetime, waiting for a login where
// needed. From 80 % of the lifetime on it starts a login without waiting for it.
func (s *session) get(ctx context.Context) (string, *loginError) {
	s.mu.Lock()
	age := s.now().Sub(s.born)
	switch {
	case s.token == "" || age >= s.ttl || age < 0:
		started := s.start()
		s.mu.Unlock()
		return started.wait(ctx)
	case age >= s.ttl*8/10 && s.now().After(s.paused):
		s.start()
	}
	defer s.mu.Unlock()
	return s.token, nil
}

// take gives a token other than ended, which Latcom refused (empty: none was).
// Whoever comes second finds the new one, or waits for the login of the first.
func (s *session) take(ctx context.Context, ended string) (string, *loginError) {
	s.mu.Lock()
	if ended != "" && s.token == ended {
		s.token = ""
	}
	s.mu.Unlock()
	return s.get(ctx)
}

// start begins a login, or joins the one under way. The mutex is held.
func (s *session) start() *login {
	if s.login == nil {
		s.login = &login{done: make(chan struct{})}
		go s.run(s.login, s.now())
	}
	return s.login
}

// run logs in with a time limit of its own: the order that asked first may be
// given up, the others still wait.
func (s *session) run(l *login, asked time.Time) {
	x := s.line.do(context.Background(), request{method: http.MethodPost, path: "/api/dislogin", body: s.body})
	l.token, l.err = readLogin(x, s.line.veil)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.login = nil
	if l.err != nil {
		s.paused = s.now().Add(loginPause)
		s.log.Warn("login to Latcom failed", "row", l.err.row, "event", x.event, "status", x.status, "reason", l.err.reason)
	} else {
		s.token, s.born = l.token, asked
		s.line.veil.keep(l.token)
		s.log.Debug("logged in to Latcom", "took", x.took)
	}
	close(l.done)
}

func (l *login) wait(ctx context.Context) (string, *loginError) {
	select {
	case <-l.done:
		return l.token, l.err
	case <-ctx.Done():
		return "", &loginError{row: rowCancelled, event: EventCancelled, reason: "given up while waiting for the login"}
	}
}

// loginError is a login that gave no token: nothing was sent for the order.
type loginError struct {
	row        string
	event      string
	reason     string
	status     int
	retryAfter time.Duration
}

func (e *loginError) Error() string { return fmt.Sprintf("login: %s: %s", e.row, e.reason) }

// readLogin finds the token, or the row of the policy that says why there is none.
func readLogin(x exchange, veil *veil) (string, *loginError) {
	answer, unreadable := readFields(x.body)
	token := answer.text("access")
	failed := &loginError{row: rowLoginFailed, event: x.event, status: x.status, retryAfter: x.retryAfter}
	words := answer.reason()
	switch {
	case x.event != EventAnswered:
		failed.reason = x.event
		if x.err != nil {
			failed.reason += ": " + x.err.Error()
		}
	case x.status == http.StatusOK && unreadable == nil && answer.isToken("access"):
		return token, nil
	case x.status == http.StatusOK:
		failed.reason = "an answer without a token"
	case x.status == http.StatusBadRequest && addressRefused.MatchString(plain(words)):
		failed.row, failed.reason = rowLoginAddress, words
	case x.status >= 400 && x.status < 500 && !passing(x.status):
		failed.row, failed.reason = rowLoginRefused, words
	default:
		failed.reason = fmt.Sprintf("status %d: %s", x.status, words)
	}
	failed.reason = veil.hide(failed.reason, maxReason)
	return "", failed
}

// passing: a status that says nothing about our credentials.
func passing(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status == http.StatusTooEarly
}
