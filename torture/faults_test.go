package torture

// What happens to an operation, and where. A fault travels in the context of the
// operation that it is meant for, through engine, store and driver.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The faults of a database.
const (
	noFault = ""
	cut     = "connection cut"
	full    = "disk full"
	crash   = "crash"
)

// fault is one thing that goes wrong, once.
type fault struct {
	what     string
	atCommit bool // at the nth commit, else at the nth statement
	nth      int  // 1 is the first
	after    bool // it took effect, and nobody heard of it
}

// The faults of the way to Latcom.
const (
	lineRefused    = "connection to Latcom refused"
	lineCutBefore  = "connection to Latcom cut before the first byte"
	lineCutWithin  = "connection to Latcom cut within the request"
	lineCutAfter   = "connection to Latcom cut after the request"
	lineHalfAnswer = "half an answer of Latcom"
	lineMute       = "no answer of Latcom in time"
	crashWithin    = "crash with the request under way"
	crashUnsent    = "crash before the request is sent"
	crashAnswered  = "crash after the answer"
)

var lineFaults = []string{
	lineRefused, lineCutBefore, lineCutWithin, lineCutAfter, lineHalfAnswer, lineMute, crashWithin, crashUnsent, crashAnswered,
}

// operation is one call into an instance, with what goes wrong in it.
type operation struct {
	name string
	on   *instance
	db   *fault
	line string // what goes wrong on the way to Latcom
	hold string // where Latcom waits with its request

	statements, commits int
	late                *transaction  // a planted bug commits it after it has sent
	held                atomic.Bool   // its request came to where Latcom may hold it
	parked              chan struct{} // closed when it is held there
	result              chan error    // gets one value when it is over

	// beside are those that began at the same time: on the same instance they may
	// share a transaction, and what hits one hits all of it.
	beside []*operation

	mu     sync.Mutex
	struck []string // what really happened
}

// Where Latcom can hold a request.
const (
	holdBefore = "held before Latcom works on it"
	holdAfter  = "held after Latcom has worked on it"
)

type operationKey struct{}

func operationOf(ctx context.Context) *operation {
	o, _ := ctx.Value(operationKey{}).(*operation)
	return o
}

// strikes gives the operation's fault when it is due at this statement or commit.
func (o *operation) strikes(commit bool) *fault {
	if o == nil {
		return nil
	}
	f, place := o.count(commit)
	if f == nil {
		return nil
	}
	when := "before"
	if f.after {
		when = "after"
	}
	o.happened(f.what + " " + when + " " + place)
	return f
}

// count counts a statement or a commit, and says what is due at it, and where. Those
// that go on in a group count on after the first of it has ended.
func (o *operation) count(commit bool) (due *fault, place string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	count, place := &o.statements, "a statement"
	if commit {
		count = &o.commits
	}
	*count++
	f := o.db
	if f == nil || f.atCommit != commit || f.nth != *count {
		return nil, ""
	}
	o.db = nil
	if commit {
		place = o.commitName(f.nth)
	}
	return f, place
}

func (o *operation) commitName(nth int) string {
	switch {
	case o.name == "order":
		return "the hold commits"
	case o.name == "work" && nth == 1:
		return "the attempt commits"
	case o.name == "work":
		return "the outcome commits"
	default:
		return "a commit"
	}
}

func (o *operation) happened(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.struck = append(o.struck, what)
	o.on.tally.add(what)
}

// hit says whether anything went wrong, in it or in what may have gone with it.
func (o *operation) hit() bool {
	for _, other := range o.beside {
		if other.on == o.on && other.wasStruck() {
			return true
		}
	}
	return o.wasStruck()
}

func (o *operation) wasStruck() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.struck) > 0
}

// crashed is what unwinds the goroutines of an instance that is no more.
type crashed struct{}

var errCrashed = errors.New("the instance is no more")

// start does an operation in a goroutine of its own, as a process would.
func (o *operation) start(fn func(ctx context.Context) error) {
	ctx := context.WithValue(context.Background(), operationKey{}, o)
	o.result, o.parked = make(chan error, 1), make(chan struct{})
	o.on.busy.Add(1)
	go func() {
		defer o.on.busy.Done()
		o.result <- unlessCrashed(func() error { return fn(ctx) })
	}()
}

func unlessCrashed(fn func() error) (err error) {
	defer func() {
		switch r := recover(); r {
		case nil:
		case crashed{}:
			err = errCrashed
		default:
			panic(r)
		}
	}()
	return fn()
}

// patience is how long anything may take that is not held on purpose.
const patience = time.Minute

// settles waits until the operation is over, or held at Latcom. Of an instance
// that died under it nobody hears the answer: errCrashed.
func (o *operation) settles() (over bool, err error, hangs bool) {
	select {
	case err = <-o.result:
	case <-o.on.died:
	case <-o.parked:
		return false, nil, false
	case <-time.After(patience):
		return false, nil, true
	}
	if o.on.dead() {
		err = errCrashed
	}
	return true, err, false
}

// tally counts by kind.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) add(kind string) { c.addN(kind, 1) }

func (c *tally) addN(kind string, n int) {
	if n == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[kind] += n
}

func (c *tally) of(kind string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[kind]
}

func (c *tally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(c.counts)) {
		fmt.Fprintf(&b, "%8d  %s\n", c.counts[kind], kind)
	}
	return b.String()
}
