// Package apiwalk walks our own openapi.json over real HTTP against the real
// program: it knows of the API what the document says and nothing else, sends
// orders and questions that are right, wrong in one place, or no JSON at all, as
// callers who may, may not or have spent their credit, and holds every answer
// against the document. It holds the walk, and what reads the document for it;
// the tests beside it say what has to come out.
package apiwalk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Caller is somebody who calls: the headers that say who.
type Caller struct {
	Name   string
	Header http.Header
}

// Walk is a walk under way. Its callers are used in turns: Right most of the time,
// the others for the answers that only they get.
type Walk struct {
	Document *Document
	Right    Caller
	Others   []Caller

	client http.Client

	mu       sync.Mutex
	seen     map[string]map[int]int // operation → status → how often
	findings []string
	harvest  harvest
}

// NewWalk begins a walk.
func NewWalk(d *Document, right Caller, others ...Caller) *Walk {
	return &Walk{
		Document: d, Right: right, Others: others, client: http.Client{Timeout: 40 * time.Second, CheckRedirect: noRedirect},
		seen: map[string]map[int]int{}, harvest: harvest{},
	}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Steps sends count requests, at most side at once. The seed repeats what is sent;
// what is harvested from answers depends on their order.
func (w *Walk) Steps(ctx context.Context, seed uint64, count, side int) {
	var group sync.WaitGroup
	for lane := range side {
		random := rand.New(rand.NewPCG(seed, uint64(lane))) //nolint:gosec // a walk has to be repeatable, not secret
		group.Go(func() {
			for range count / side {
				w.step(ctx, random)
			}
		})
	}
	group.Wait()
}

// Everywhere sends each operation one right request as a caller. What it does with
// the system in between, say stopping its database, is the caller's affair.
func (w *Walk) Everywhere(ctx context.Context, as Caller, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // as above
	for _, op := range w.Document.Operations {
		w.send(ctx, as, w.right(random, op))
	}
}

// Noise sends each operation every kind of noise a few times, so that no answer to
// it is left to chance.
func (w *Walk) Noise(ctx context.Context, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // as above
	for _, op := range w.Document.Operations {
		for turn := range 4 * noises {
			w.send(ctx, w.Right, noise(random, w.right(random, op), turn%noises))
		}
	}
}

func (w *Walk) step(ctx context.Context, random *rand.Rand) {
	op := w.Document.Operations[random.IntN(len(w.Document.Operations))]
	as := w.Right
	switch die := random.IntN(100); {
	case die < 52:
		w.send(ctx, as, w.right(random, op))
	case die < 60 && len(w.Others) > 0:
		w.send(ctx, w.Others[random.IntN(len(w.Others))], w.right(random, op))
	case die < 66:
		w.again(ctx, random, op)
	case die < 94:
		w.send(ctx, as, wrong(random, w.right(random, op)))
	default:
		w.send(ctx, as, noise(random, w.right(random, op), random.IntN(noises)))
	}
}

// again sends the same request twice, and then with another content under the same
// name: what a program does that got no answer, and one with a mistake.
func (w *Walk) again(ctx context.Context, random *rand.Rand, op *Operation) {
	first := w.right(random, op)
	w.send(ctx, w.Right, first)
	w.send(ctx, w.Right, first)
	if first.body != nil {
		w.send(ctx, w.Right, first.withOther(random))
	}
}

// request is one that is going to be sent.
type request struct {
	op     *Operation
	method string
	path   string
	query  string
	header http.Header
	body   any    // what becomes JSON; nil: raw is sent
	raw    []byte // sent as it is
}

func (r request) clone() request {
	r.header = r.header.Clone()
	if object, ok := r.body.(map[string]any); ok {
		r.body = maps.Clone(object)
	}
	return r
}

func (w *Walk) send(ctx context.Context, as Caller, r request) {
	sent := r.bytes()
	address := w.Document.Server + r.path
	if r.query != "" {
		address += "?" + r.query
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(sent))
	if err != nil {
		return // no client can send that
	}
	maps.Copy(req.Header, r.header)
	maps.Copy(req.Header, as.Header)
	res, err := w.client.Do(req)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "broken pipe") && !strings.Contains(err.Error(), "reset by peer") {
			w.found("%s %s: no answer: %v", r.method, r.path, err)
		}
		return
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		w.found("%s %s: the answer broke off: %v", r.method, r.path, err)
		return
	}
	w.look(r, as, sent, req, res, answer)
}

// look holds an answer against the document.
func (w *Walk) look(r request, as Caller, sent []byte, req *http.Request, res *http.Response, answer []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[r.op.ID] == nil {
		w.seen[r.op.ID] = map[int]int{}
	}
	w.seen[r.op.ID][res.StatusCode]++
	w.harvest.take(res.Header.Get("Content-Type"), answer)
	about := fmt.Sprintf("%s %s ?%s as %s, sent %.300q: %d %.400q", r.method, r.path, r.query, as.Name, sent, res.StatusCode, answer)
	if res.StatusCode == http.StatusInternalServerError {
		w.findings = append(w.findings, "a 500: "+about)
	}
	for _, problem := range w.Document.against(req, res, answer) {
		w.findings = append(w.findings, problem+": "+about)
	}
	if res.StatusCode < 300 {
		for _, problem := range w.Document.taken(req, sent) {
			w.findings = append(w.findings, "taken though the document refuses it ("+problem+"): "+about)
		}
	}
}

func (w *Walk) found(format string, values ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.findings = append(w.findings, fmt.Sprintf(format, values...))
}

// Findings are the answers that the document does not tell of, and every 500.
func (w *Walk) Findings() []string { return w.findings }

// Never lists the documented statuses that no answer had, 500 left out: that one
// must never be seen.
func (w *Walk) Never() (never []string) {
	for _, op := range w.Document.Operations {
		for _, status := range op.Statuses {
			if status != http.StatusInternalServerError && w.seen[op.ID][status] == 0 {
				never = append(never, fmt.Sprintf("%s %d", op.ID, status))
			}
		}
	}
	return never
}

// Sums says how many answers there were, and how many of them were 2xx.
func (w *Walk) Sums() (answers, good int) {
	for _, statuses := range w.seen {
		for status, count := range statuses {
			answers += count
			if status < 300 {
				good += count
			}
		}
	}
	return answers, good
}

// String is a table: each operation, and how often it answered what.
func (w *Walk) String() string {
	var table strings.Builder
	for _, op := range w.Document.Operations {
		fmt.Fprintf(&table, "%-22s", op.ID)
		for _, status := range slices.Sorted(maps.Keys(w.seen[op.ID])) {
			fmt.Fprintf(&table, " %d×%d", status, w.seen[op.ID][status])
		}
		table.WriteString("\n")
	}
	return table.String()
}
