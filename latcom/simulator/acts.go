package simulator

// What a fate is made of: each act answers one visit.

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type act = func(*Simulator, *visit)

func success(s *Simulator, v *visit) {
	if s.deliver(v) {
		answer(v.w, http.StatusOK, v.record.delivered())
	}
}

// deliverThen delivers and says something else about it, or nothing.
func deliverThen(say act) act {
	return func(s *Simulator, v *visit) {
		if s.deliver(v) {
			say(s, v)
		}
	}
}

func refuse(why refusal) act {
	return func(s *Simulator, v *visit) {
		s.wait(refusalTime)
		s.book.reject(v.record, why)
		answer(v.w, http.StatusOK, v.record.failed(why))
	}
}

// firstThen treats the first request of an order otherwise than the later ones.
func firstThen(first, later act) act {
	return func(s *Simulator, v *visit) {
		if s.book.turn(v.record) == 1 {
			first(s, v)
		} else {
			later(s, v)
		}
	}
}

func within(takes time.Duration, then act) act {
	return func(s *Simulator, v *visit) {
		v.takes = takes
		then(s, v)
	}
}

func late(then act) act {
	return func(s *Simulator, v *visit) {
		s.wait(2500 * time.Millisecond)
		then(s, v)
	}
}

func hangOnly(s *Simulator, v *visit) {
	s.hang(v.r)
	cutOff(v.w)
}

func closeOnly(_ *Simulator, v *visit) { cutOff(v.w) }

// halfAnswer promises all of an answer and sends half of it.
func halfAnswer(_ *Simulator, v *visit) {
	body, err := json.Marshal(v.record.delivered())
	if err != nil {
		panic(err) // strings always marshal
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := v.w.Write(body[:len(body)/2]); err == nil {
		_ = http.NewResponseController(v.w).Flush() // a recorder cannot: it shows the half all the same
	}
	panic(http.ErrAbortHandler)
}

func status(code int, title string) act {
	return func(s *Simulator, v *visit) {
		s.wait(refusalTime)
		problem(v.w, code, title, "The request could not be completed")
	}
}

func pending(_ *Simulator, v *visit) {
	answer(v.w, http.StatusOK, map[string]any{"status": "Pending", "transId": v.record.transID()})
}

func unauthorized(_ *Simulator, v *visit) {
	problem(v.w, http.StatusUnauthorized, "Unauthorized", "Token expired or invalid")
}

func throttle(_ *Simulator, v *visit) {
	v.w.Header().Set("Retry-After", "1")
	problem(v.w, http.StatusTooManyRequests, "Too Many Requests", "Slow down")
}

func throttleWithID(_ *Simulator, v *visit) {
	answer(v.w, http.StatusTooManyRequests, map[string]any{"error": "Too Many Requests", "transId": v.record.transID()})
}

func oddSuccess(s *Simulator, v *visit) {
	s.wait(refusalTime)
	body := v.record.delivered()
	body["vendorResponseCode"] = "-120077"
	answer(v.w, http.StatusOK, body)
}

func openFail(_ *Simulator, v *visit) {
	body := v.record.failed(neverSeen)
	body["endedAt"] = nil
	answer(v.w, http.StatusOK, body)
}

func carriedFail(_ *Simulator, v *visit) {
	body := v.record.failed(neverSeen)
	body["venTransid"] = v.record.venTransID()
	answer(v.w, http.StatusOK, body)
}

func redirect(_ *Simulator, v *visit) {
	v.w.Header().Set("Location", "/api/tn/elsewhere")
	v.w.WriteHeader(http.StatusFound)
}

func accepted(_ *Simulator, v *visit) { v.w.WriteHeader(http.StatusAccepted) }

// webPage answers with HTML of at least size bytes.
func webPage(code, size int) act {
	return func(s *Simulator, v *visit) {
		s.wait(refusalTime)
		v.w.Header().Set("Content-Type", "text/html")
		v.w.WriteHeader(code)
		_, _ = v.w.Write(bytes.Join([][]byte{ // an error means that nobody reads it
			[]byte("<!doctype html><title>Gateway</title>"), []byte(strings.Repeat(" ", size)),
		}, nil))
	}
}

// cutOff closes the connection without another word.
func cutOff(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the server closes it instead
	}
	_ = conn.Close() // it may be closed already
}

// resetOnly closes it with a reset.
func resetOnly(s *Simulator, v *visit) {
	s.wait(refusalTime)
	conn, _, err := http.NewResponseController(v.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the close is an orderly one: as good a fate
	}
	_ = conn.Close()
}
