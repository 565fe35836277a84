package store

// The read replica: whether it can be read from, how far behind it is, and what is
// said about it. One that cannot keep up, or is gone, is missed by nobody.

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

const (
	lookAtReplicaEvery = time.Second
	lookAtReplicaLimit = 3 * time.Second
	// avoidReplica is how long a replica that failed in the middle of a query is left
	// alone: one that looks well may have a page that cannot be read.
	avoidReplica = 15 * time.Second
	// catchUpLimit is how long a reader waits for the replica to catch up with what
	// he must see; then the database itself is asked.
	catchUpLimit = 150 * time.Millisecond
	// shortLag is how far behind a replica may be for a reader to wait for it.
	shortLag = 500 * time.Millisecond
)

// replica is the second handle: for reads alone.
type replica struct {
	db   *sqlx.DB
	main *Store

	mu      sync.Mutex
	state   billing.ReplicaState
	marks   []mark // of the last minute, the oldest first: where the log ended when
	until   time.Time
	because string // why it is left alone until then
	err     error  // what was last wrong with it, for the log
}

// mark is where the database's log ended at a moment.
type mark struct {
	at  time.Time
	end Position
}

// newReplica prepares one that nobody has looked at yet: it connects when it is.
func newReplica(s *Store, o Options) *replica {
	o.URL, o.Direct = o.Replica, ""
	return &replica{db: pool(o, o.mostConns()), main: s, state: billing.ReplicaState{Set: true, Problem: billing.ReplicaUnseen}}
}

// serves says whether ctx's reader sees on the replica what he must see.
func (r *replica) serves(ctx context.Context) bool {
	r.mu.Lock()
	state := r.state
	r.mu.Unlock()
	want := wantedBy(ctx)
	if state.Problem != "" || want.after == Everything {
		return false
	}
	if want.fresh {
		if state.Lag > shortLag {
			return false
		}
		now, err := r.main.Position(ctx)
		if err != nil {
			return false // the query itself will say what is wrong with the database
		}
		want.after = max(want.after, now)
	}
	return r.reaches(ctx, want.after, state.Lag)
}

// reaches waits a moment for the replica to have replayed what lies before p, unless
// it is too far behind for that.
func (r *replica) reaches(ctx context.Context, p Position, lag time.Duration) bool {
	if p == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, catchUpLimit)
	defer cancel()
	for pause := 5 * time.Millisecond; ; pause *= 2 {
		replayed, err := replayedBy(ctx, r.db)
		if err != nil {
			return false
		}
		if replayed >= p || lag > shortLag {
			return replayed >= p
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
	}
}

func replayedBy(ctx context.Context, q sqlx.QueryerContext) (Position, error) {
	return positionOf(ctx, q, `SELECT COALESCE(CAST(pg_last_wal_replay_lsn() AS text), '0/0') WHERE pg_is_in_recovery()`)
}

func positionOf(ctx context.Context, q sqlx.QueryerContext, query string) (Position, error) {
	var text string
	if err := sqlx.GetContext(ctx, q, &text, query); err != nil {
		return 0, fmt.Errorf("read a position in the log: %w", err)
	}
	p, ok := ParsePosition(text)
	if !ok {
		return 0, fmt.Errorf("read a position in the log: %q is none", text)
	}
	return p, nil
}

// failed leaves the replica alone for a while.
func (r *replica) failed(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until, r.because, r.err = time.Now().Add(avoidReplica), reasonOf(err), err
	r.state.Problem = r.because
}

// WatchReplica looks at the replica until ctx ends, and tells whenever it begins to
// be read from, or ceases, with what is wrong. Without a replica it returns at once.
func (s *Store) WatchReplica(ctx context.Context, tell func(now billing.ReplicaState, wrong error)) {
	if s.replica == nil {
		return
	}
	tick := time.NewTicker(lookAtReplicaEvery)
	defer tick.Stop()
	told := ""
	for {
		s.replica.look(ctx)
		now, wrong := s.replica.now()
		if ctx.Err() == nil && (now.Problem == "") != (told == "") {
			tell(now, wrong)
			told = now.Problem
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Replica is how the replica does, as this process last saw it.
func (s *Store) Replica() billing.ReplicaState {
	if s.replica == nil {
		return billing.ReplicaState{}
	}
	now, _ := s.replica.now()
	return now
}

func (r *replica) now() (state billing.ReplicaState, wrong error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state, r.err
}

// look asks both how far they are. A database that does not answer says nothing
// about the replica.
func (r *replica) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookAtReplicaLimit)
	defer cancel()
	begun := time.Now()
	end, mainErr := r.main.Position(ctx)
	replayed, err := r.replays(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if mainErr == nil {
		r.marks = append(r.marks, mark{begun, end})
	}
	switch {
	case err != nil:
		r.state.Problem, r.err = reasonOf(err), err
		return
	case time.Now().Before(r.until):
		r.state.Problem = r.because
		return
	}
	r.state.Lag = r.behind(replayed)
	r.state.Problem, r.err = "", nil
	if r.state.Lag > billing.ReplicaMostLag {
		r.state.Problem, r.err = billing.ReplicaBehind, fmt.Errorf("it is %s behind", r.state.Lag.Round(time.Second))
	}
}

// behind is how long ago the log ended where the replica is now, and forgets the
// marks before that.
func (r *replica) behind(replayed Position) time.Duration {
	reached := -1
	for i, m := range r.marks {
		if m.end <= replayed {
			reached = i
		}
	}
	if reached == len(r.marks)-1 {
		r.marks = r.marks[max(0, reached):]
		return 0
	}
	r.marks = r.marks[max(0, reached):]
	if len(r.marks) > 300 { // it is too far behind anyway
		r.marks = append(r.marks[:1], r.marks[2:]...)
	}
	return time.Since(r.marks[0].at)
}

var (
	errNoStandby = errors.New("it is no standby of anything")
	errStranger  = errors.New("it is no standby of this database")
)

// replays also proves that it is a standby, and ours.
func (r *replica) replays(ctx context.Context) (Position, error) {
	p, err := replayedBy(ctx, r.db)
	if err != nil {
		if standby, lookErr := get[bool](ctx, r.db, "whether it is a standby", `SELECT pg_is_in_recovery()`); lookErr == nil && !standby {
			return 0, errNoStandby
		}
		return 0, err
	}
	return p, r.isOurs(ctx)
}

// cluster names the database's files: a copy has the same, whoever asks.
const cluster = `SELECT system_identifier || '/' || current_database() FROM pg_control_system()`

func (r *replica) isOurs(ctx context.Context) error {
	there, err := get[string](ctx, r.db, "which database it is", cluster)
	if err != nil {
		return err
	}
	here, err := get[string](ctx, r.main.db, "which database this is", cluster)
	if err == nil && here != there {
		return errStranger
	}
	return nil
}

// reasonOf is what a page may say: what a driver says may name hosts and roles.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, errNoStandby):
		return billing.ReplicaNoStandby
	case errors.Is(err, errStranger):
		return billing.ReplicaStranger
	case Away(err), errors.Is(err, context.Canceled):
		return billing.ReplicaAway
	}
	return billing.ReplicaRefuses
}
