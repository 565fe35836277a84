// A client of the API that keeps its books right, and runs the go-live certificate.
// The standard library alone. Settings: BASE_URL, API_KEY (lb_test_...), WEBHOOKS=on.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// topUp is what we read of one.
type topUp struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Price  string `json:"price"`
}

// line is what we booked for a reference.
type line struct {
	Reference string `json:"reference"`
	Status    string `json:"status"`
	Total     string `json:"total"`
}

type certificate struct {
	PassedAt *time.Time `json:"passed_at"`
	Cases    []struct {
		Name, Reference, Phone, Amount, Do, State, Finding, Saw, Cure string
		ChangedAmount                                                 string `json:"changed_amount"`
	} `json:"cases"`
}

type client struct {
	base, key string
	http      http.Client

	mu    sync.Mutex
	books map[string]line
}

// call makes one request; status 0: there was no answer, and nothing is known.
func (c *client) call(method, path string, body, answer any) (status int, headers http.Header) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // our own types always marshal
	}
	request, err := http.NewRequestWithContext(context.Background(), method, c.base+path, bytes.NewReader(text))
	if err != nil {
		panic(err) // BASE_URL is no address
	}
	request.Header.Set("Authorization", "Bearer "+c.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return 0, http.Header{}
	}
	defer response.Body.Close()
	if answer != nil && response.StatusCode < 300 {
		if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
			return 0, http.Header{} // cut in the middle
		}
	}
	return response.StatusCode, response.Header
}

// order orders a top-up; nil: it was refused and nothing was charged. Without an
// answer, and after a refusal that passes, the same request goes out again with the
// same reference: it can never be delivered or charged twice.
func (c *client) order(reference, phone, amount string) *topUp {
	for attempt := range 30 {
		var made topUp
		status, headers := c.call("POST", "/topups", map[string]string{"phone": phone, "amount": amount, "reference": reference}, &made)
		switch {
		case status >= 200 && status < 300:
			return &made
		case status == http.StatusConflict: // the reference stands for something else: a mistake of ours
			return c.lookUp(reference)
		case status != 0 && status != http.StatusPaymentRequired && status != http.StatusTooManyRequests && status < 500:
			return nil
		}
		wait, err := strconv.Atoi(headers.Get("Retry-After"))
		if err != nil {
			<-time.After(min(500*time.Millisecond<<min(attempt, 6), 20*time.Second))
			continue
		}
		<-time.After(time.Duration(wait) * time.Second)
	}
	fmt.Fprintf(os.Stderr, "no answer about %s in 30 tries: keep it, and ask again with the same reference\n", reference)
	os.Exit(1)
	return nil
}

// lookUp is what stands behind a reference now; nil: nothing.
func (c *client) lookUp(reference string) *topUp {
	for {
		var page struct {
			Data []topUp `json:"data"`
		}
		status, _ := c.call("GET", "/topups?reference="+url.QueryEscape(reference), nil, &page)
		if status == http.StatusOK && len(page.Data) > 0 {
			return &page.Data[0]
		}
		if status == http.StatusOK {
			return nil
		}
		<-time.After(time.Second)
	}
}

// book books what is true now. Setting a state twice changes nothing.
func (c *client) book(reference string, t *topUp) {
	booked := line{reference, "failed", "0"} // refused before it was accepted
	if t != nil {
		if !slices.Contains([]string{"succeeded", "failed", "reversed"}, t.Status) {
			return
		}
		booked.Status = t.Status
		if t.Status == "succeeded" {
			booked.Total = t.Price
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.books[reference] = booked
}

func (c *client) booked() (lines []line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.books {
		lines = append(lines, l)
	}
	return lines
}

func main() {
	c := &client{
		base: strings.TrimSuffix(os.Getenv("BASE_URL"), "/") + "/api/v1", key: os.Getenv("API_KEY"),
		http: http.Client{Timeout: 70 * time.Second}, books: map[string]line{},
	}
	stop := func() {}
	hooks := os.Getenv("WEBHOOKS") == "on"
	if hooks {
		stop = c.receiveWebhooks()
	}
	run := c.certify(hooks)
	stop()
	if run.PassedAt != nil {
		fmt.Println("passed", run.PassedAt.Format(time.RFC3339))
		return
	}
	for _, one := range run.Cases {
		if one.State != "passed" && one.State != "skipped" {
			fmt.Println(one.Name, one.State, one.Finding, one.Saw, one.Cure)
		}
	}
	os.Exit(1)
}

// certify orders what a run asks for, and reports what it booked until it has passed.
func (c *client) certify(hooks bool) (run certificate) {
	c.call("POST", "/sandbox/certificate/runs", struct{}{}, &run)
	var ordering sync.WaitGroup
	for _, one := range run.Cases {
		if one.Do == "order_with_hook" && !hooks {
			continue
		}
		ordering.Go(func() {
			c.book(one.Reference, c.order(one.Reference, one.Phone, one.Amount))
			switch one.Do {
			case "order_twice":
				c.book(one.Reference, c.order(one.Reference, one.Phone, one.Amount))
			case "order_changed":
				c.book(one.Reference, c.order(one.Reference, one.Phone, one.ChangedAmount))
			}
		})
	}
	for deadline := time.Now().Add(3 * time.Minute); run.PassedAt == nil && time.Now().Before(deadline); <-time.After(500 * time.Millisecond) {
		for _, one := range run.Cases { // what is succeeded can still be taken back
			if t := c.lookUp(one.Reference); t != nil {
				c.book(one.Reference, t)
			}
		}
		if lines := c.booked(); len(lines) > 0 {
			c.call("POST", "/sandbox/certificate", map[string]any{"reports": lines}, &run)
		}
	}
	ordering.Wait()
	return run
}
