package billing

// An attempt: one request sent to Latcom for a top-up, and what its answer proves.

import "time"

// Outcome is what an attempt's answer proves.
type Outcome string

// The four outcomes of contract §1.
const (
	OutcomeDelivered Outcome = "delivered"
	OutcomeRefused   Outcome = "refused"  // Latcom said no
	OutcomeNotSent   Outcome = "not_sent" // it certainly never reached them
	OutcomeUnknown   Outcome = "unknown"  // anything else: never send again
)

// Fault says whose doing an outcome other than delivered is.
type Fault string

// Who can be at fault.
const (
	FaultNone     Fault = ""
	FaultProvider Fault = "provider" // Latcom or the carrier
	FaultReseller Fault = "reseller" // the order itself
	FaultNumber   Fault = "number"   // the phone number
	FaultUs       Fault = "us"       // our float, our product, our address list
)

// Send is what goes to Latcom for one top-up.
type Send struct {
	DistTransID string
	Phone       Phone
	Product     string
	Amount      MXN // as sent, after the product's VAT rule

	// MayStart is asked right before the first byte leaves. When it says no, none
	// does, and the outcome is not_sent. Nil: it may.
	MayStart func() bool
}

// Answer is an outcome with the evidence for it.
type Answer struct {
	Outcome               Outcome
	Fault                 Fault
	Row                   string        // the row of the outcome policy that decided, e.g. "answer.success"
	Policy                int           // the version of the policy; 0: the engine decided
	Shape                 string        // Shape.Key of an answer that nobody has classified; empty: it is known
	Reason                string        // Latcom's words, or what happened to the connection
	Code                  string        // vendorResponseCode
	ProviderTransactionID string        // transId
	CarrierTransactionID  string        // venTransid
	RetryAfter            time.Duration // at least this long before it may be sent again; 0: not said
	Evidence              Evidence
}

// Evidence is what was seen of one exchange, without secrets.
type Evidence struct {
	Event        string        // how the exchange ended: answered, timeout, connection_lost, refused, …
	HTTPStatus   int           // 0: none
	BytesWritten int64         // of the request, headers included; 0: certainly nothing left
	Request      string        // method, path and body, the token redacted
	Response     string        // body, cut at 4 KiB
	Connection   string        // e.g. "reused", "new, TLS 1.3"
	Took         time.Duration // from the first byte written (or the try) to the end
}

// Attempt is one request that we sent to Latcom. It is recorded before the first
// byte leaves; its outcome is empty until then, and for ever when the process
// dies in between, which makes it unknown.
type Attempt struct {
	ID           int64      `db:"id"`
	TopUpID      TopUpID    `db:"topup_id"`
	Number       int        `db:"number"` // 1, 2, …
	InstanceID   string     `db:"instance_id"`
	StartedAt    time.Time  `db:"started_at"`
	FinishedAt   *time.Time `db:"finished_at"`
	Outcome      Outcome    `db:"outcome"` // "" while under way
	Fault        Fault      `db:"fault"`
	Row          string     `db:"policy_row"`
	Policy       int        `db:"policy_version"` // 0: the engine decided
	Shape        string     `db:"shape"`          // Shape.Key; empty: an answer that is known
	Reason       string     `db:"reason"`
	Code         string     `db:"vendor_code"`
	Event        string     `db:"event"`
	HTTPStatus   int        `db:"http_status"`
	BytesWritten int64      `db:"bytes_written"`
	Request      string     `db:"request"`
	Response     string     `db:"response"`
	Connection   string     `db:"connection"`
	TookMillis   int64      `db:"took_ms"`
}

// Explanation says in words what a row of the outcome policy means: to the
// reseller, whom it never names the provider, and to an operator.
type Explanation struct {
	ResellerEnglish, ResellerSpanish string
	OperatorEnglish, OperatorSpanish string
}
