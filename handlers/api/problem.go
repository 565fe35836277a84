package api

// Problem documents (RFC 9457): every refusal that a reseller's program can get.

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/views"
)

// The codes of contract §6. They are part of the interface: never renamed.
const (
	codeMalformed     = "malformed_request"
	codeUnauthorized  = "unauthorized"
	codeInsufficient  = "insufficient_balance"
	codeSuspended     = "customer_suspended"
	codeAddress       = "ip_not_allowed"
	codeNotFound      = "not_found"
	codeMethod        = "method_not_allowed"
	codeReused        = "reference_reused"
	codeTooLarge      = "too_large"
	codeMediaType     = "unsupported_media_type"
	codePhone         = "invalid_phone"
	codeAmount        = "amount_out_of_range"
	codeInvalid       = "invalid_request"
	codeRateLimited   = "rate_limited"
	codeInternal      = "internal"
	codeUnavailable   = "unavailable"
	codeScope         = "scope_missing"
	codeKeyCap        = "key_cap_reached"
	codeQuoteExpired  = "quote_expired"
	codeQuoteUsed     = "quote_used"
	codeQuoteMismatch = "quote_mismatch"
	codePriceChanged  = "price_changed"
	codeRecent        = "recently_topped_up"
)

// Types of problems that are registered for everybody's programs
// (draft-ietf-httpapi-ratelimit-headers). The code says the same in our words.
const (
	typeQuota   = "https://iana.org/assignments/http-problem-types#quota-exceeded"
	typeReduced = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity"
)

// The policies that a refusal can name, beside those of the header RateLimit-Policy.
const (
	quotaOfWrongKeys = "wrong-keys"
	quotaOfDay       = "daily-cap"
	quotaOfKeyDay    = "key-daily-cap"
	capacity         = "capacity"
)

// What repeating the request is good for.
const (
	retrySafe  = "safe"           // nothing was accepted; later the same request may succeed
	retrySame  = "same_reference" // it is not known whether it was accepted; repeat it with its reference
	retryNever = "never"          // the same request will be refused again
)

// Problem is the body of every answer that is not a success.
type Problem struct { //nolint:errname // RFC 9457 calls it so
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail"`
	Code      string       `json:"code"`
	Retry     string       `json:"retry"`
	RequestID string       `json:"request_id"`
	Errors    []FieldError `json:"errors,omitempty"`
	Available string       `json:"available,omitempty"`
	Price     string       `json:"price,omitempty"`
	Minimum   string       `json:"minimum,omitempty"`
	Maximum   string       `json:"maximum,omitempty"`
	Amounts   []string     `json:"amounts,omitempty"`
	Scope     string       `json:"scope,omitempty"`
	Cap       string       `json:"cap,omitempty"`
	Spent     string       `json:"spent,omitempty"`
	Earlier   *Earlier     `json:"earlier,omitempty"`
	Override  string       `json:"override,omitempty"`
	Violated  []string     `json:"violated-policies,omitempty"`

	headers http.Header
}

// Earlier is the top-up before, of the same phone and amount.
type Earlier struct {
	ID        string    `json:"id"`
	Reference string    `json:"reference"`
	Status    string    `json:"status"`
	CreatedAt time.Time `json:"created_at"`
}

// FieldError says what is wrong with one field or parameter.
type FieldError struct {
	Location string `json:"location"` // "body.amount", "query.limit"
	Field    string `json:"field"`
	Message  string `json:"message"`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus, GetHeaders and ContentType are what huma asks of an error.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers beside the document.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType of a problem document.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problem makes the document for a code; refuse fills in its type and request.
func problem(code, detail string) *Problem {
	k := kindOf(code)
	return &Problem{Title: k.title, Status: k.status, Detail: detail, Code: code, Retry: k.retry, headers: http.Header{}}
}

func (p *Problem) with(header, value string) *Problem {
	p.headers.Set(header, value)
	return p
}

// exceeds says that a quota is used up.
func (p *Problem) exceeds(policies ...string) *Problem {
	p.Type, p.Violated = typeQuota, policies
	return p
}

// reduced says that less can be taken on than usual.
func (p *Problem) reduced() *Problem {
	p.Type, p.Violated = typeReduced, []string{capacity}
	return p
}

// write sends a problem document, unless an answer is on its way already.
func (a *api) write(c echo.Context, p *Problem) error {
	if c.Response().Committed {
		return nil
	}
	for name, values := range p.headers {
		c.Response().Header()[name] = values
	}
	if isOldCall(c) {
		return a.writeOld(c, p)
	}
	c.Response().Header().Set(echo.HeaderContentType, p.ContentType(""))
	return c.JSON(p.Status, p)
}

// typeOf is where a code is explained to people.
func (a *api) typeOf(code string) string { return a.BaseURL + views.APIDocsPath + "#" + code }
