package api

// The two houses: what a key opens, by its prefix.

import (
	"sync/atomic"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

// House is what a key opens: the books that its calls read, and the engine that
// writes them.
type House struct {
	Store   *store.Store
	Engine  *topup.Engine
	Books   *bookkeeper.Keeper // for statements
	Courier *webhooks.Courier  // nil: nobody is told of anything
	Cache   *cache.Cache       // of Store; nil: one of this house alone is made
}

// Sandbox is the second house. It opens after the first one, or never.
type Sandbox struct{ now atomic.Pointer[sandboxNow] }

type sandboxNow struct {
	house House
	why   string // it will not open; empty: it is open, or opening
}

// NewSandbox is a sandbox that is still opening.
func NewSandbox() *Sandbox {
	s := &Sandbox{}
	s.now.Store(&sandboxNow{})
	return s
}

// Open lets test keys in.
func (s *Sandbox) Open(h House) {
	if h.Cache == nil {
		h.Cache = cache.InProcess(h.Store)
	}
	s.now.Store(&sandboxNow{house: h})
}

// Fail says, in words that an operator can act on, why there is no sandbox.
func (s *Sandbox) Fail(why string) { s.now.Store(&sandboxNow{why: why}) }

// NoSandboxError says that the sandbox cannot be used.
type NoSandboxError struct {
	Why string // empty: it is opening
}

func (e NoSandboxError) Error() string {
	if e.Why == "" {
		return "the sandbox is opening"
	}
	return "there is no sandbox: " + e.Why
}

// House is the sandbox's, or a NoSandboxError. A nil sandbox is none.
func (s *Sandbox) House() (House, error) {
	if s == nil {
		return House{}, NoSandboxError{Why: "this server was started without one"}
	}
	now := s.now.Load()
	if now.house.Store == nil {
		return House{}, NoSandboxError{Why: now.why}
	}
	return now.house, nil
}

// houseOf is the house that a key opens: its prefix says which, and nothing is
// looked up in the other.
func (a *api) houseOf(key string) (h House, sandbox bool, err error) {
	if !billing.IsTestKey(key) {
		return a.House, false, nil
	}
	h, err = a.Sandbox.House()
	return h, true, err
}

// noSandbox is what a test key is told while there is no sandbox. Why there is none
// is no customer's to know.
func noSandbox(e NoSandboxError) *Problem {
	if e.Why == "" {
		return unavailableNow(time.Second, "The sandbox is opening.")
	}
	return unavailableNow(time.Minute, "There is no sandbox on this server now, and a key that begins with "+billing.TestPrefix+" opens nothing else. Live keys are not touched by it.")
}
