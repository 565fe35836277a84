package simulator

// One request for a top-up: how it is taken in, delivered and answered.

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// refusals take about 15 ms (contract §7).
const refusalTime = 15 * time.Millisecond

// refusal is how Latcom says no.
type refusal struct{ message, code string }

// visit is one request.
type visit struct {
	w      http.ResponseWriter
	r      *http.Request
	record *record
	random chance
	takes  time.Duration // a delivery, this time
}

// topUp answers POST /api/tn/fast.
func (s *Simulator) topUp(w http.ResponseWriter, r *http.Request) {
	o, wrong := readOrder(r)
	if wrong != "" {
		problem(w, http.StatusBadRequest, "Validation Error", wrong)
		return
	}
	c, duplicate := s.book.open(o)
	v := &visit{w: w, r: r, record: c, random: s.book.chance(o.DistTransID)}
	fate := s.fateOf(o.TargetMSISDN, v.random)
	v.takes = s.latency(v.random)
	switch {
	case s.away(w, r):
	case !s.tokens.valid(r):
		unauthorized(s, v)
	case duplicate:
		refuse(duplicated)(s, v)
	case o.unknownProduct():
		refuse(productUnknown)(s, v)
	case o.wrongAmount():
		refuse(amountWrong)(s, v)
	case s.options.Sandbox != nil:
		s.play(v)
	case fate != nil:
		fate.act(s, v)
	default:
		success(s, v)
	}
}

// latency is most often near the middle of the range.
func (s *Simulator) latency(random chance) time.Duration {
	s.mu.Lock()
	least, most := s.min, s.max
	s.mu.Unlock()
	takes := least + time.Duration(float64(most-least)*(random.Float64()+random.Float64())/2)
	if random.Float64() < s.options.Outliers {
		takes *= 3
	}
	return takes
}

// deliver takes its time and delivers, whether or not the client still listens:
// the real one does too. False: another request got to work before.
func (s *Simulator) deliver(v *visit) bool {
	if !s.book.move(v.record, working) {
		refuse(duplicated)(s, v)
		return false
	}
	s.wait(v.takes)
	return s.book.move(v.record, done)
}

func (s *Simulator) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.closed:
	}
}

// hang waits until the client has gone.
func (s *Simulator) hang(r *http.Request) {
	// The server notices that a client has gone only once it has read its
	// request. An error here means that it has gone already.
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
	select {
	case <-r.Context().Done():
	case <-s.closed:
	}
}

// delivered is the answer to a delivery.
func (c *record) delivered() map[string]any {
	return map[string]any{
		"status": "Success", "transId": c.transID(), "venTransid": c.venTransID(),
		"responseMessage": "Transaction successful", "vendorResponseCode": "0", "vendorResponseMsg": "Success",
	}
}

// failed is the answer to a refused order.
func (c *record) failed(why refusal) map[string]any {
	now := time.Now().UTC().Format(time.RFC3339)
	return map[string]any{
		"uid": "U" + c.transID()[2:], "amount": c.order.Amount, "productId": c.order.ProductID, "service": c.order.Service,
		"transId": c.transID(), "status": "Fail", "createdAt": now, "venTransid": nil, "responseCode": nil,
		"responseMessage": nil, "vendorResponseMsg": why.message, "vendorResponseCode": why.code,
		"distTransid": c.order.DistTransID, "endedAt": now,
	}
}

// inquiry answers GET /api/transaction/{dist_transid}.
func (s *Simulator) inquiry(w http.ResponseWriter, r *http.Request) {
	if s.away(w, r) {
		return
	}
	if !s.tokens.valid(r) {
		problem(w, http.StatusUnauthorized, "Unauthorized", "Token expired or invalid")
		return
	}
	c, asked := s.book.look(r.PathValue("dist_transid"))
	if !asked {
		c, asked = s.recalled(r.Context(), r.PathValue("dist_transid"))
	}
	switch {
	case asked && c.stage == done:
		answer(w, http.StatusOK, c.delivered())
	case asked && c.stage == rejected:
		answer(w, http.StatusOK, c.failed(c.refusal))
	case asked && c.stage == working:
		answer(w, http.StatusOK, map[string]any{"status": "Pending", "transId": c.transID()})
	default:
		problem(w, http.StatusNotFound, "Not Found", "Transaction not found")
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // it fails when the client has gone: nobody is left to tell
}

// problem is how Latcom words an error of its own.
func problem(w http.ResponseWriter, status int, title, message string) {
	answer(w, status, map[string]any{
		"error": title, "message": message, "status": status, "timestamp": time.Now().UTC().Format(time.RFC3339),
	})
}
