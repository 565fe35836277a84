package cluster

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/postgres"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
)

// A reader of the audit log: the primary has a line for each action; who reads the
// replica sees what it has replayed.
type auditReader struct {
	*store.Store
	states chan billing.ReplicaState
}

func (s *system) reader(t *testing.T) auditReader {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Options{URL: s.DatabaseURL, Replica: s.standby.URL()})
	if err != nil {
		t.Fatal(err)
	}
	r := auditReader{opened, make(chan billing.ReplicaState, 100)}
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() { opened.WatchReplica(ctx, func(now billing.ReplicaState, _ error) { r.states <- now }) })
	t.Cleanup(func() {
		cancel()
		watching.Wait()
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	eventually(t, "looked at the replica", func() bool { return r.Replica().Problem == "" })
	return r
}

func (r auditReader) note(t *testing.T, action string) {
	t.Helper()
	err := r.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.Audit(t.Context(), billing.Actor{Kind: billing.ActorCommandLine, Name: "a test"}, store.Did{Action: action})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sees says whether a reader sees an action in the audit log.
func (r auditReader) sees(ctx context.Context, t *testing.T, action string) bool {
	t.Helper()
	lines, err := r.Reading(ctx).AuditLog(ctx, store.AuditFilter{Action: action}, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	return len(lines) == 1
}

// pause stops the replica's replay until the test ends, or resume is called.
func (s *system) pause(t *testing.T) (resume func()) {
	t.Helper()
	on := s.onStandby(t)
	on(`SELECT pg_wal_replay_pause()`)
	resume = sync.OnceFunc(func() { on(`SELECT pg_wal_replay_resume()`) })
	t.Cleanup(resume)
	return resume
}

func (s *system) onStandby(t *testing.T) func(string) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: s.standby.URL(), MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return func(query string) {
		if _, err := db.DB().ExecContext(context.WithoutCancel(t.Context()), query); err != nil {
			t.Error(err)
		}
	}
}

func TestListsAreReadFromTheReplicaAndAWriterSeesHisOwn(t *testing.T) {
	s := theSystem(t)
	r := s.reader(t)
	resume := s.pause(t)
	r.note(t, "test.written")
	wrote, err := r.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.sees(t.Context(), t, "test.written") && r.Replica().Problem == "" {
		t.Error("a list shows what the replica has not replayed: it is not read from there")
	}
	if !r.sees(store.After(t.Context(), wrote), t, "test.written") {
		t.Error("who wrote does not see it")
	}
	if !r.sees(store.Fresh(t.Context()), t, "test.written") {
		t.Error("who was told of it does not see it")
	}
	together := store.OneWay(t.Context())
	if !r.sees(store.After(together, wrote), t, "test.written") || !r.sees(together, t, "test.written") {
		t.Error("of two reads that belong together the second sees less")
	}
	resume()
	eventually(t, "replayed", func() bool { return r.sees(t.Context(), t, "test.written") })
}

func TestAReplicaThatFellBehindOrDiedIsDoneWithout(t *testing.T) {
	s := theSystem(t)
	r := s.reader(t)
	resume := s.pause(t)
	begun := time.Now()
	eventually(t, "too far behind", func() bool {
		r.note(t, "test.more")
		return r.Replica().Problem == billing.ReplicaBehind
	})
	if took := time.Since(begun); took < billing.ReplicaMostLag-2*time.Second { // it looks once a second
		t.Errorf("it was given up after %s", took)
	}
	r.note(t, "test.behind")
	if !r.sees(t.Context(), t, "test.behind") {
		t.Error("a reader sees what is older than 10 seconds")
	}
	s.alerts(t, r, 1)
	resume()
	eventually(t, "used again", func() bool { return r.Replica().Problem == "" })
	s.alerts(t, r, 0)

	if err := s.standby.Stop(); err != nil {
		t.Fatal(err)
	}
	r.note(t, "test.dead")
	if !r.sees(t.Context(), t, "test.dead") { // at once: nobody has looked at it since
		t.Error("without a replica the database itself is not read")
	}
	eventually(t, "known to be away", func() bool { return r.Replica().Problem == billing.ReplicaAway })
	s.restartStandby(t)
}

// alerts looks as an instance does, with what an instance said in its heartbeat.
func (s *system) alerts(t *testing.T, r auditReader, want int) {
	t.Helper()
	if _, err := r.Heartbeat(t.Context(), "a reader", "test"); err != nil {
		t.Fatal(err)
	}
	engine := topup.New(r.Store, nil, slog.New(slog.DiscardHandler), topup.Options{})
	if err := engine.LookAround(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := scan[int](t, s, `SELECT count(*) FROM alerts WHERE kind = 'replica' AND ended_at IS NULL`); n != want {
		t.Errorf("%d alerts about the replica are open, want %d", n, want)
	}
}

// restartStandby has the same copy go on, at another address.
func (s *system) restartStandby(t *testing.T) {
	t.Helper()
	var err error
	if s.standby, err = postgres.Start(context.WithoutCancel(t.Context()), postgres.Options{DataDir: s.standbyFolder(), Binaries: debian15}); err != nil {
		t.Fatal(err)
	}
}

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func TestAnOperatorSeesInALaggingListWhatHeJustDidOnAnotherInstance(t *testing.T) {
	s := theSystem(t)
	first, firstProcess := s.serve(t, nil)
	second, secondProcess := s.serve(t, nil)
	defer stopped(t, firstProcess)
	defer stopped(t, secondProcess)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: generous} // cookies know no ports
	page := func(address string) string {
		res, err := browser.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		return body(t, res)
	}
	token := csrf.FindStringSubmatch(page(first + "/admin/first-operator"))
	if token == nil {
		t.Fatal("there is no form for the first operator")
	}
	s.lists(t)
	s.pause(t)
	res, err := browser.PostForm(first+"/admin/first-operator", url.Values{
		"csrf": {token[1]}, "key": {"an admin key of the tests"}, "name": {"Ana Torres"}, "sign_in_name": {"ana"}, "password": {"a long password of Ana's"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, res); res.StatusCode != http.StatusOK {
		t.Fatalf("%d: %s", res.StatusCode, text)
	}
	const did = "operator.created"
	if !strings.Contains(page(second+"/admin/audit.csv?action="+did), did) {
		t.Errorf("he does not see %s on the other instance", did)
	}
	another := forgetful(t, jar, first)
	res, err = another.Get(second + "/admin/audit.csv?action=" + did)
	if err != nil {
		t.Fatal(err)
	}
	stale := !strings.Contains(body(t, res), did)
	if code := status(second + "/readyz"); code != http.StatusOK {
		t.Errorf("an instance whose replica is behind answers /readyz with %d", code)
	}
	// On a slow machine it may be too far behind by now; then nobody reads from it.
	if used := strings.Contains(page(second+"/admin/settings"), "Lists, reports and files are read from it"); used && !stale {
		t.Error("who wrote nothing does not read from the replica")
	}
}

// forgetful is the same person in a browser that has written nothing.
func forgetful(t *testing.T, jar *cookiejar.Jar, address string) *http.Client {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range jar.Cookies(at) {
		if cookie.Name != "latcom_wrote" {
			fresh.SetCookies(at, []*http.Cookie{cookie})
		}
	}
	return &http.Client{Jar: fresh, Timeout: generous}
}

// lists waits until the instances read their lists from the replica, by what they
// say with their heartbeats.
func (s *system) lists(t *testing.T) {
	t.Helper()
	eventually(t, "reading from the replica", func() bool {
		return scan[int](t, s, `SELECT count(*) FROM instances WHERE seen_at > now() - interval '10 seconds' AND replica_problem <> ''`) == 0
	})
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
