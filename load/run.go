package load

// A run: every order of a profile at its time, each followed to its end.

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Latcom is told what to do by profiles with weather.
type Latcom interface {
	// Usual lets deliveries take what they usually do.
	Usual()
	// Takes lets them take from least to most.
	Takes(least, most time.Duration)
	// Away lets nobody reach it, or lets it be reached again.
	Away(away bool) error
}

// Runner plays profiles, one after the other.
type Runner struct {
	API       *API
	Latcom    Latcom // nil: it is not ours to tell
	Meter     Meter  // nil: the process is not ours to look at
	Seed      uint64
	MaxOrders int           // of a profile; what comes later is not sent
	Patience  time.Duration // for what is open after a profile's last order
	Note      func(format string, args ...any)
}

// Order is one order and what became of it. Times are since the run's beginning.
type Order struct {
	Reference string
	At        time.Duration // when it was sent for the first time
	Ended     time.Duration // when its end was known; 0: it was not
	Tries     int
	ID        string // empty: it was not accepted
	Status    string
	Failure   string // its code, when it failed
	Refused   string // the code of the last answer, when it was not accepted
}

// Result is what a profile came to.
type Result struct {
	Profile     Profile
	Began       time.Time
	Took        time.Duration // as long as the profile, or until all were settled or patience ended
	Orders      []*Order
	Readings    []Reading
	Interrupted bool
	Left        int      // orders of the profile that were not sent
	Lost        []string // ids of accepted orders that the API does not know
}

// Play sends the orders of a profile, waits until they are settled, and asks for
// each again. When ctx ends it sends no more, and reports what was done.
func (r *Runner) Play(ctx context.Context, p Profile) (*Result, error) {
	if p.Needs() && r.Latcom == nil {
		return nil, fmt.Errorf("the profile %s tells Latcom what to do, which only --self can", p.Name)
	}
	result := &Result{Profile: p, Began: time.Now()}
	working, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(10*time.Second, end) })()
	var beside sync.WaitGroup
	enough, stop := context.WithCancel(working)
	defer stop()
	beside.Go(func() { r.watch(enough, result) })
	var weather error
	beside.Go(func() { weather = r.rule(enough, result) })

	r.send(ctx, working, result)
	stop()
	beside.Wait()
	result.Took = time.Since(result.Began)
	if weather != nil {
		return result, weather
	}
	return result, r.account(working, result)
}

// send lets each order go at its time and waits for all of them.
func (r *Runner) send(ctx, working context.Context, result *Result) {
	arrivals := result.Profile.Arrivals(r.Seed)
	most := min(len(arrivals), r.MaxOrders)
	run := strings.ToLower(rand.Text()[:8])
	lasts := result.Profile.Lasts()
	var under sync.WaitGroup
	for i, at := range arrivals[:most] {
		if !pause(ctx, time.Until(result.Began.Add(at))) {
			result.Interrupted = true
			break
		}
		o := &Order{Reference: fmt.Sprintf("load-%s-%s-%d", run, result.Profile.Name, i+1), At: time.Since(result.Began)}
		result.Orders = append(result.Orders, o)
		// Numbers that nothing special happens to, here and in the sandbox.
		phone := fmt.Sprintf("55%08d", 20_000_050+i%700_000*100)
		under.Go(func() { r.follow(working, o, phone, result.Began, result.Began.Add(lasts+r.Patience)) })
	}
	result.Left = len(arrivals) - len(result.Orders)
	under.Wait()
	if !result.Interrupted { // what is after the last order belongs to the profile
		pause(ctx, time.Until(result.Began.Add(lasts)))
	}
}

const (
	tries   = 3               // a reseller repeats an order without an answer so often
	between = 2 * time.Second // two questions about an order that takes long
)

// follow sends an order until it is accepted or refused, and asks for it until it is settled.
func (r *Runner) follow(ctx context.Context, o *Order, phone string, began, enough time.Time) {
	var answer Answer
	for o.Tries < tries {
		var err error
		o.Tries++
		answer, err = r.API.Order(ctx, o.Reference, phone)
		if err != nil {
			answer.Code = "no_answer"
		}
		o.Refused = answer.Code
		if answer.HTTP != 0 && answer.HTTP < 500 && answer.HTTP != http.StatusTooManyRequests || !pause(ctx, patienceOf(answer)) {
			break
		}
	}
	if answer.ID == "" {
		return
	}
	o.take(answer)
	for !answer.settled() && time.Now().Before(enough) && pause(ctx, between) {
		if now, err := r.API.TopUp(ctx, o.ID); err == nil && now.ID != "" {
			answer = now
			o.take(now)
		}
	}
	if answer.settled() {
		o.Ended = time.Since(began)
	}
}

// patienceOf is how long a reseller waits before repeating: what he is told, within reason.
func patienceOf(a Answer) time.Duration {
	if a.ID != "" {
		return 0
	}
	return min(max(a.RetryAfter, time.Second), 5*time.Second)
}

func (o *Order) take(a Answer) { o.ID, o.Status, o.Failure, o.Refused = a.ID, a.Status, a.Failure, "" }

// rule tells Latcom the weather at its times, and that all is as usual at the end.
func (r *Runner) rule(ctx context.Context, result *Result) error {
	if r.Latcom == nil {
		return nil
	}
	defer r.Latcom.Usual()
	for _, w := range result.Profile.Weather {
		if !pause(ctx, time.Until(result.Began.Add(w.At))) {
			break
		}
		if err := r.tell(w); err != nil {
			return err
		}
	}
	return r.Latcom.Away(false)
}

func (r *Runner) tell(w Weather) error {
	r.Note("  Latcom: %s\n", w)
	if err := r.Latcom.Away(w.Away); err != nil {
		return err
	}
	if w.Most > 0 {
		r.Latcom.Takes(w.Least, w.Most)
	} else {
		r.Latcom.Usual()
	}
	return nil
}

// String says the weather in a few words.
func (w Weather) String() string {
	switch {
	case w.Away:
		return "cannot be reached"
	case w.Most > 0:
		return fmt.Sprintf("takes %v to %v", w.Least, w.Most)
	}
	return "as usual"
}

// pause waits and says whether ctx let it.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
