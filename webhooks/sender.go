package webhooks

// One request: signed, sent to a public address only, its answer read as far as
// anybody needs it.

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
)

const (
	sendLimit    = 15 * time.Second // in all: DNS, handshake, request, answer
	readLimit    = 64 << 10         // of an answer's body
	keepLimit    = 2 << 10          // of that, in the log
	headersLimit = 4 << 10          // of an answer's headers, in the log
	agent        = "Latcom-Billing-Webhooks/1"
)

// Message is what is sent to an endpoint.
type Message struct {
	URL     string
	ID      string    // webhook-id: the same at every try
	At      time.Time // webhook-timestamp
	Body    string
	Secrets []string // the present one first; none: it is not signed
}

// Answer is what came of it. Without an answer Problem says why, and Status is 0.
type Answer struct {
	Status          int
	Problem         billing.WebhookProblem
	Detail          string // the network's own words
	RequestHeaders  string
	ResponseHeaders string
	ResponseBody    string
	RetryAfter      time.Duration // as the receiver asks for it; 0: it does not
	Took            time.Duration
}

// Sender sends one message. What went wrong is what the answer says.
type Sender interface {
	Send(ctx context.Context, m Message) Answer
}

// HTTPOptions say how messages are sent.
type HTTPOptions struct {
	AllowPrivate bool
	Lookup       Lookup         // nil: the system's
	Roots        *x509.CertPool // nil: the system's
	Limit        time.Duration  // 0: 15 seconds
}

// Lookup finds the addresses of a host.
type Lookup func(ctx context.Context, host string) ([]netip.Addr, error)

// HTTPSender sends messages over HTTP.
type HTTPSender struct {
	client *http.Client
	limit  time.Duration
}

// NewHTTPSender returns a sender that goes through no proxy and follows no redirect.
func NewHTTPSender(o HTTPOptions) *HTTPSender {
	if o.Limit == 0 {
		o.Limit = sendLimit
	}
	return &HTTPSender{limit: o.Limit, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer(o),
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           200,
			MaxIdleConnsPerHost:    perEndpoint,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 32 << 10,
			DisableCompression:     true,
		},
	}}
}

// Send sends one message.
func (s *HTTPSender) Send(ctx context.Context, m Message) Answer {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	began := time.Now()
	request, err := requestOf(ctx, m)
	if err != nil {
		return Answer{Problem: billing.ProblemConnection, Detail: err.Error()}
	}
	a := Answer{RequestHeaders: headerText(request.Header, headersLimit)}
	response, err := s.client.Do(request)
	if err != nil {
		a.Problem, a.Detail, a.Took = problemOf(err), detailOf(err), time.Since(began)
		return a
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, readLimit))
	a.Took = time.Since(began)
	a.ResponseHeaders, a.ResponseBody = headerText(response.Header, headersLimit), string(body[:min(len(body), keepLimit)])
	a.RetryAfter = retryAfter(response.Header.Get("Retry-After"), m.At)
	a.Status = response.StatusCode
	if err != nil {
		a.Problem, a.Detail = problemOf(err), detailOf(err)
	}
	return a
}

func requestOf(ctx context.Context, m Message) (*http.Request, error) {
	signature, err := Sign(m.Secrets, m.ID, m.At, m.Body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, strings.NewReader(m.Body))
	if err != nil {
		return nil, err //nolint:wrapcheck // its words are shown as they are
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", agent)
	// Written as the standard writes them.
	r.Header["webhook-id"] = []string{m.ID}
	r.Header["webhook-timestamp"] = []string{strconv.FormatInt(m.At.Unix(), 10)}
	if signature != "" {
		r.Header["webhook-signature"] = []string{signature}
	}
	return r, nil
}

// headerText writes headers as on the wire, a line each, up to a limit.
func headerText(h http.Header, limit int) string {
	var text bytes.Buffer
	_ = h.Write(&text) // memory takes it
	lines := strings.TrimRight(strings.ReplaceAll(text.String(), "\r\n", "\n"), "\n")
	if len(lines) > limit {
		return lines[:limit] + " …"
	}
	return lines
}

// retryAfter reads the header: seconds, or a moment.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// problemOf says what kept an answer from coming.
func problemOf(err error) billing.WebhookProblem {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errNotPublic):
		return billing.ProblemAddress
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return billing.ProblemTimeout
	case errors.As(err, &dns):
		return billing.ProblemName
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert):
		return billing.ProblemTLS
	}
	return billing.ProblemConnection
}

// detailOf leaves out what everybody knows: the method and the address.
func detailOf(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
		if _, layered := err.(*net.OpError); layered { //nolint:errorlint // each layer is looked at in turn
			break
		}
	}
	text := err.Error()
	return text[:min(len(text), 500)]
}
