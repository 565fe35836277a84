package apiwalk

// What strangers and broken programs send, against the real program.

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

// TestNothingThatIsSentMakesTheAPIGuess sends what no reseller's program would, byte
// by byte. Nothing of it is accepted, and the program answers the next one as before.
func TestNothingThatIsSentMakesTheAPIGuess(t *testing.T) {
	w, r := newSystem(t)
	before := deliveries(t, r)
	key := w.Right.Header.Get("X-Api-Key")
	deep := strings.Repeat(`{"metadata":`, 2000) + "1" + strings.Repeat("}", 2000)
	for name, c := range map[string]struct {
		path, more, body string
		want             []int
	}{
		"a flood of headers":            {"/topups", strings.Repeat("X-Flood: "+strings.Repeat("x", 1000)+"\r\n", 100), "{}", []int{431}},
		"one header without an end":     {"/topups", "X-Long: " + strings.Repeat("x", 100<<10) + "\r\n", "{}", []int{431}},
		"two lengths":                   {"/topups", "Content-Length: 3\r\n", "{}", []int{400}},
		"a length and chunks":           {"/topups", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", "{}", []int{400, 501}},
		"a header name with a space":    {"/topups", "X Bad: 1\r\n", "{}", []int{400}},
		"a NUL in the path":             {"/topups%00", "", "{}", []int{404}},
		"a line break in the path":      {"/topups%0d%0aX-Injected:%201", "", "{}", []int{404}},
		"a path that climbs":            {"/../../admin", "", "{}", []int{404, 405}},
		"a path that climbs, escaped":   {"/%2e%2e/%2e%2e/admin", "", "{}", []int{404, 405}},
		"a path with an escaped slash":  {"/topups%2f..%2fbalance", "", "{}", []int{404, 405}},
		"a path with two slashes":       {"//topups", "", "{}", []int{404}},
		"a path with a slash behind it": {"/topups/", "", "{}", []int{404, 405}},
		"an overlong slash":             {"/%c0%af", "", "{}", []int{404, 400}},
		"JSON as deep as a well":        {"/topups", "", deep, []int{400, 422}},
		"JSON behind JSON":              {"/topups", "", `{"phone":"5512345678","amount":50,"reference":"h-1"}{}`, []int{400}},
		"a name twice":                  {"/topups", "", `{"phone":"5512345678","amount":50,"amount":20,"reference":"h-2"}`, []int{422}},
		"a name twice, escaped":         {"/topups", "", `{"phone":"5512345678","amount":50,"amo\u0075nt":20,"reference":"h-3"}`, []int{422}},
		"a number without an end":       {"/topups", "", `{"phone":"5512345678","amount":` + strings.Repeat("9", 5000) + `,"reference":"h-4"}`, []int{422}},
		"half a character":              {"/topups", "", "{\"phone\":\"5512345678\",\"amount\":50,\"reference\":\"\xff\"}", []int{400, 422}},
		"a body that says it is packed": {"/topups", "Content-Encoding: gzip\r\n", `{"phone":"5512345678","amount":50,"reference":"h-5"}`, []int{400, 415, 422}},
	} {
		status := raw(t, w.Document.Server, fmt.Sprintf("POST /api/v1%s HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n%s", c.path, key, len(c.body), c.more, c.body))
		if !slices.Contains(c.want, status) {
			t.Errorf("%s: answered %d, want %v", name, status, c.want)
		}
	}
	if after := deliveries(t, r); after != before {
		t.Errorf("%d top-ups were delivered", after-before)
	}
	order := request{method: http.MethodPost, path: "/api/v1/topups", header: http.Header{"Content-Type": {"application/json"}}, body: map[string]any{"phone": "5512345678", "amount": "50.00", "reference": "h-last"}}
	if status, body := answerTo(t, w, w.Right, order); status != http.StatusCreated {
		t.Errorf("an order afterwards: %d %s", status, body)
	}
}

// raw sends bytes as they are and reads the status; 0: closed without an answer.
func raw(t *testing.T, server, request string) int {
	t.Helper()
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go io.WriteString(connection, request) //nolint:errcheck // who is refused early reads no further
	res, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

// TestAnothersOrdersCannotBeLearned compares what a stranger gets for a thing of
// another customer's and for one that does not exist: the same answer, in a time
// that does not tell them apart.
func TestAnothersOrdersCannotBeLearned(t *testing.T) {
	w, _ := newSystem(t)
	stranger := w.Others[0]
	order := request{method: http.MethodPost, path: "/api/v1/topups", header: http.Header{"Content-Type": {"application/json"}}, body: map[string]any{"phone": "5512345678", "amount": "50.00", "reference": "secret-1"}}
	if status, body := answerTo(t, w, w.Right, order); status != http.StatusCreated {
		t.Fatalf("ordered: %d %s", status, body)
	}
	id, ok := w.harvestOf(fixed(), "id")
	if !ok {
		t.Fatal("no id was told")
	}
	none := id[:len(id)-2] + "00"
	for name, pair := range map[string][2]request{
		"an id":       {{method: http.MethodGet, path: "/api/v1/topups/" + id}, {method: http.MethodGet, path: "/api/v1/topups/" + none}},
		"a reference": {{method: http.MethodGet, path: "/api/v1/topups", query: "reference=secret-1"}, {method: http.MethodGet, path: "/api/v1/topups", query: "reference=secret-2"}},
	} {
		var took [2][]time.Duration
		var said [2]string
		for round := range 300 {
			for side := range pair {
				which := (side + round) % 2 // whoever is second finds a warmer machine
				pair[which].header = http.Header{}
				begun := time.Now()
				status, body := answerTo(t, w, stranger, pair[which])
				took[which] = append(took[which], time.Since(begun))
				said[which] = fmt.Sprint(status, " ", withoutNames(body))
			}
		}
		if said[0] != said[1] {
			t.Errorf("%s: another's is answered %q, none %q", name, said[0], said[1])
		}
		t.Logf("%s: another's takes %s, none %s (medians of 300)", name, median(took[0]), median(took[1]))
	}
}

// answerTo sends one request and gives its answer; what the document says to it is
// the walk's affair.
func answerTo(t *testing.T, w *Walk, as Caller, r request) (status int, body string) {
	t.Helper()
	address := w.Document.Server + r.path
	if r.query != "" {
		address += "?" + r.query
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, address, strings.NewReader(string(r.bytes())))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, r.header)
	maps.Copy(req.Header, as.Header)
	res, err := w.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.harvest.take(res.Header.Get("Content-Type"), raw)
	return res.StatusCode, string(raw)
}

// requestIDs differ from answer to answer.
var requestIDs = regexp.MustCompile(`"request_id":"[^"]*"|"instance":"[^"]*"`)

func withoutNames(body string) string { return requestIDs.ReplaceAllString(body, "") }

func fixed() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2].Round(time.Microsecond)
}

func deliveries(t *testing.T, r *rig.Rig) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	count, err := r.Deliveries(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return count
}
