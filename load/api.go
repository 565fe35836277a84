package load

// The resellers' API, as a reseller's program calls it.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// API is an instance and a key to it.
type API struct {
	Address string // http://127.0.0.1:8080
	Key     string
	client  *http.Client
}

// NewAPI keeps connections alive, as many as orders wait at once.
func NewAPI(address, key string) *API {
	transport := &http.Transport{MaxIdleConns: 0, MaxIdleConnsPerHost: 2000, IdleConnTimeout: time.Minute}
	return &API{Address: strings.TrimSuffix(address, "/"), Key: key, client: &http.Client{Transport: transport, Timeout: 90 * time.Second}}
}

// Close lets the idle connections go.
func (a *API) Close() { a.client.CloseIdleConnections() }

// Answer is what the API said about an order.
type Answer struct {
	HTTP       int // the status code
	ID         string
	Status     string        // of the top-up
	Failure    string        // its failure's code
	Code       string        // of a problem
	RetryAfter time.Duration // 0: it did not say
}

// settled says whether nothing more is to be waited for: an unknown top-up can stay so for long.
func (a Answer) settled() bool {
	switch a.Status {
	case "succeeded", "failed", "unknown", "reversed":
		return true
	}
	return false
}

// longestWait is the longest that the API lets an answer wait for an order's end.
const longestWait = "wait=60"

// Order asks for a top-up of 50 MXN and waits for its end as long as the API allows.
// An error means that there was no answer.
func (a *API) Order(ctx context.Context, reference, phone string) (Answer, error) {
	body, err := json.Marshal(map[string]string{"phone": phone, "amount": "50", "reference": reference})
	if err != nil {
		return Answer{}, fmt.Errorf("write order %s: %w", reference, err)
	}
	return a.ask(ctx, http.MethodPost, "/api/v1/topups", body)
}

// TopUp asks for a top-up by its id.
func (a *API) TopUp(ctx context.Context, id string) (Answer, error) {
	return a.ask(ctx, http.MethodGet, "/api/v1/topups/"+url.PathEscape(id), nil)
}

// Find looks for a top-up by its reference; an Answer without ID means that there is none.
func (a *API) Find(ctx context.Context, reference string) (Answer, error) {
	return a.ask(ctx, http.MethodGet, "/api/v1/topups?reference="+url.QueryEscape(reference), nil)
}

// Simulates says whether the instance says, on its page for resellers, that no airtime is delivered.
func (a *API) Simulates(ctx context.Context) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.Address+"/api/docs", nil)
	if err != nil {
		return false, fmt.Errorf("ask %s: %w", a.Address, err)
	}
	req.Header.Set("Accept-Language", "en")
	res, err := a.client.Do(req)
	if err != nil {
		return false, fmt.Errorf("ask %s: %w", a.Address, err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err != nil {
		return false, fmt.Errorf("read %s/api/docs: %w", a.Address, err)
	}
	return bytes.Contains(page, []byte("Simulator in use.")), nil
}

func (a *API) ask(ctx context.Context, method, path string, body []byte) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.Address+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("ask %s: %w", path, err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Key)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Prefer", longestWait)
	}
	res, err := a.client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("ask %s: %w", path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return Answer{}, fmt.Errorf("read the answer to %s: %w", path, err)
	}
	return read(res, text)
}

// said is a top-up, a page of them or a problem.
type said struct {
	ID      string `json:"id"`
	Status  any    `json:"status"` // of a top-up a word, of a problem a number
	Code    string `json:"code"`
	Failure *struct {
		Code string `json:"code"`
	} `json:"failure"`
	Data []said `json:"data"`
}

func read(res *http.Response, text []byte) (Answer, error) {
	answer := Answer{HTTP: res.StatusCode}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		answer.RetryAfter = time.Duration(seconds) * time.Second
	}
	var it said
	if err := json.Unmarshal(text, &it); err != nil {
		return answer, fmt.Errorf("read an answer %d: %w", res.StatusCode, err)
	}
	if len(it.Data) > 0 {
		it = it.Data[0]
	}
	answer.ID, answer.Code = it.ID, it.Code
	answer.Status, _ = it.Status.(string)
	if it.Failure != nil {
		answer.Failure = it.Failure.Code
	}
	return answer, nil
}
