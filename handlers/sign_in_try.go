package handlers

// A try to come in: counted before the secret is looked at, slowed down when
// there were too many.

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
)

// errWrongPassword stands for an unknown name as well: who asks must not learn
// which of the two it was.
var errWrongPassword = errors.New("the name or the password is wrong")

// tooSoonError says how long to wait before the next try.
type tooSoonError struct{ wait time.Duration }

func (e tooSoonError) Error() string { return fmt.Sprintf("too many tries: wait %s", e.wait) }

// told says it to programs as well.
func (e tooSoonError) told(c echo.Context) time.Duration {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int(e.wait/time.Second)))
	return e.wait
}

// triesInTurn keeps a hundred tries at once from all being looked at before the
// first of them is counted.
var triesInTurn sync.Mutex

// prove checks a password for what find finds. Its errors are errWrongPassword
// and tooSoonError.
func (s *Site) prove(c echo.Context, kind string, typed credentials, find func(context.Context) (hash string, err error)) error {
	ctx := c.Request().Context()
	keys := tryKeys(c, kind+" "+typed.name)
	if err := s.countTry(ctx, keys); err != nil {
		return err
	}
	hash, err := find(ctx)
	unknown := errors.Is(err, billing.ErrNotFound)
	if err != nil && !unknown {
		return err
	}
	if unknown = unknown || hash == ""; unknown { // or invited, without a password yet
		hash = access.NobodysHash() // an answer takes as long for nobody as for somebody
	}
	if !access.PasswordFits(typed.password, hash) || unknown {
		s.Log.WarnContext(ctx, "a sign-in was refused", "kind", kind, "address", c.RealIP())
		return errWrongPassword
	}
	return s.forgetTries(ctx, keys)
}

// tryKeys are what failures are counted by: the name, and the address it came from.
func tryKeys(c echo.Context, name string) []string { return []string{name, "address " + c.RealIP()} }

// countTry counts a try as failed until forgetTries says otherwise. One that
// comes too soon is not counted and not looked at: tooSoonError.
func (s *Site) countTry(ctx context.Context, keys []string) error {
	triesInTurn.Lock()
	defer triesInTurn.Unlock()
	var wait time.Duration
	for _, key := range keys {
		delay, err := s.Store.SignInDelay(ctx, key)
		if err != nil {
			return err
		}
		wait = max(wait, delay)
	}
	if wait > 0 {
		return tooSoonError{wait: wait.Truncate(time.Second) + time.Second}
	}
	for _, key := range keys {
		if err := s.Store.NoteSignInFailure(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) forgetTries(ctx context.Context, keys []string) error {
	for _, key := range keys {
		if err := s.Store.ForgetSignInFailures(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
