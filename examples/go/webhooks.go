package main

// Webhooks: each once, and none that is older than what is known.

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// receiver takes webhooks in.
type receiver struct {
	client *client
	secret string

	mu        sync.Mutex
	seen      map[string]bool // webhook-ids
	sequences map[string]int  // the newest of each top-up
}

// receiveWebhooks listens on this machine and tells the sandbox so, until stop.
func (c *client) receiveWebhooks() (stop func()) {
	r := &receiver{client: c, seen: map[string]bool{}, sequences: map[string]int{}}
	server := httptest.NewServer(r)
	var endpoint struct{ ID, Secret string }
	c.call("POST", "/sandbox/webhooks", map[string]string{"url": server.URL}, &endpoint)
	r.secret = endpoint.Secret
	return func() {
		c.call("DELETE", "/sandbox/webhooks/"+endpoint.ID, nil, nil)
		server.Close()
	}
}

// ServeHTTP answers 2xx once a webhook is taken in; what is not answered so comes again.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(io.LimitReader(request.Body, 1<<20))
	if err != nil || !r.signed(request.Header, body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var event struct {
		Type string
		Data struct {
			ID, Reference string
			Sequence      int
		}
	}
	if err := json.Unmarshal(body, &event); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if strings.HasPrefix(event.Type, "topup.") && r.news(request.Header.Get("Webhook-Id"), event.Data.ID, event.Data.Sequence) {
		r.client.book(event.Data.Reference, r.client.lookUp(event.Data.Reference)) //nolint:contextcheck // what was taken in is booked, whoever hangs up
	}
	w.WriteHeader(http.StatusNoContent)
}

// news says whether a webhook was not seen before and is newer than what is known.
func (r *receiver) news(id, topUp string, sequence int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[id] || sequence <= r.sequences[topUp] {
		return false
	}
	r.seen[id], r.sequences[topUp] = true, sequence
	return true
}

// signed checks a signature after Standard Webhooks 1.0.
func (r *receiver) signed(h http.Header, body []byte) bool {
	at, err := strconv.ParseInt(h.Get("Webhook-Timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(h.Get("Webhook-Id") + "." + h.Get("Webhook-Timestamp") + "." + string(body)))
	mine := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, theirs := range strings.Fields(h.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(mine), []byte(theirs)) {
			return true
		}
	}
	return false
}
