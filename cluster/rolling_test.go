package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// orders are what resellers' programs asked for and were told.
type orders struct {
	mu       sync.Mutex
	accepted map[string]bool // by reference
	wrong    []string        // answers that nobody should get
}

// ask sends one order and notes its answer. Every third program waits for the end.
func (o *orders) ask(s *system, address, reference string, wait bool) {
	body := fmt.Sprintf(`{"phone":"55%08d","amount":"50","reference":%q}`, 20_000_000+len(reference)*7+int(time.Now().UnixNano()%70_000_000), reference)
	code, text := post(s.key, address+"/api/v1/topups", body, wait)
	o.mu.Lock()
	defer o.mu.Unlock()
	switch code {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted:
		o.accepted[reference] = true
	default:
		o.wrong = append(o.wrong, fmt.Sprintf("%s: %d %s", reference, code, text))
	}
}

func post(key, address, body string, wait bool) (int, string) {
	ctx, cancel := context.WithTimeout(context.Background(), generous)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewBufferString(body))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	if !wait {
		req.Header.Set("Prefer", "respond-async")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(text)
}

// steadily orders with several programs until stop is closed.
func (o *orders) steadily(s *system, address, name string, stop <-chan struct{}) *sync.WaitGroup {
	var programs sync.WaitGroup
	for program := range 6 {
		programs.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
					o.ask(s, address, fmt.Sprintf("%s-%d-%d", name, program, n), program%3 != 0)
				}
			}
		})
	}
	return &programs
}

func TestARollingRestartUnderLoadLosesAndDoublesNothingAndNobodySeesA5xx(t *testing.T) {
	s := theSystem(t)
	b := newBalancer(t)
	type instance struct {
		*backend
		process *os.Process
	}
	begin := func() instance {
		address, process := s.serve(t, nil)
		one := b.add(t, address)
		eventually(t, "ready", one.ready.Load)
		return instance{one, process}
	}
	instances := []instance{begin(), begin()}
	before := delivered(t, s)

	o, stop := &orders{accepted: map[string]bool{}}, make(chan struct{})
	programs := o.steadily(s, b.URL, "rolling", stop)
	func() {
		defer programs.Wait()
		defer close(stop)
		for round := range 2 {
			for i := range instances {
				stopped(t, instances[i].process)
				if instances[i].ready.Load() {
					t.Errorf("round %d: the balancer was not told that an instance goes", round)
				}
				instances[i] = begin()
			}
		}
	}()
	s.reckon(t, o, "rolling", before)
	if n := b.failed.Load(); n > 0 {
		t.Errorf("%d orders reached no instance", n)
	}
	for _, one := range instances {
		stopped(t, one.process)
	}
}

// reckon waits for the end of every order and compares: what was accepted is what is
// stored is what was delivered, and the books are right.
func (s *system) reckon(t *testing.T, o *orders, name string, before int) {
	t.Helper()
	eventually(t, "the end of every order", func() bool {
		return scan[int](t, s, `SELECT count(*) FROM topups WHERE reference LIKE $1 || '-%' AND status IN ('queued', 'sending')`, name) == 0
	})
	stored := scan[int](t, s, `SELECT count(*) FROM topups WHERE reference LIKE $1 || '-%'`, name)
	succeeded := scan[int](t, s, `SELECT count(*) FROM topups WHERE reference LIKE $1 || '-%' AND status = 'succeeded'`, name)
	got := delivered(t, s) - before
	t.Logf("accepted %d, stored %d, succeeded %d, delivered %d", len(o.accepted), stored, succeeded, got)
	if len(o.accepted) == 0 || len(o.accepted) != stored || stored != succeeded || succeeded != got {
		t.Errorf("accepted %d, stored %d, succeeded %d, delivered %d", len(o.accepted), stored, succeeded, got)
	}
	if len(o.wrong) > 0 {
		t.Errorf("%d answers that nobody should get, the first: %s", len(o.wrong), strings.Join(o.wrong[:min(5, len(o.wrong))], "\n"))
	}
	if out, err := s.Run(t.Context(), "verify"); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// delivered asks the simulator, not ourselves.
func delivered(t *testing.T, s *system) int {
	t.Helper()
	res, err := http.Get(s.Simulator + "/deliveries")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Deliveries []struct {
			DistTransID string `json:"dist_transid"`
		} `json:"deliveries"`
		Count int `json:"count"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Count
}

func TestOneServesTheWebAndAnotherCarriesTheOrders(t *testing.T) {
	s := theSystem(t)
	web, webProcess := s.serve(t, map[string]string{"WORKERS": "false"})
	before := delivered(t, s)
	code, text := post(s.key, web+"/api/v1/topups", `{"phone":"5512345678","amount":"50","reference":"roles-1"}`, false)
	if code != http.StatusAccepted {
		t.Fatalf("without workers an order is answered %d: %s", code, text)
	}
	waiting := make(chan string, 1)
	go func() {
		code, text := post(s.key, web+"/api/v1/topups", `{"phone":"5512345679","amount":"50","reference":"roles-2"}`, true)
		waiting <- fmt.Sprint(code) + " " + text
	}()
	eventually(t, "the second order stored", func() bool {
		return scan[int](t, s, `SELECT count(*) FROM topups WHERE reference LIKE 'roles-%' AND status = 'queued'`) == 2
	})
	_, workers := s.serve(t, map[string]string{"WEB": "false"})
	if answer := <-waiting; !strings.HasPrefix(answer, "201 ") || !strings.Contains(answer, `"succeeded"`) {
		t.Errorf("who waited at the web is answered %s", answer)
	}
	eventually(t, "both delivered", func() bool { return delivered(t, s) == before+2 })
	stopped(t, workers)
	stopped(t, webProcess)
}
