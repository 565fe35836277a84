package latcom

// One order on Latcom's wire, and the answer that comes of it.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"latcom.example/latcom-billing/billing"
)

// unauthorizedPause is how long to wait after two 401 in a row: another instance
// may be logging in too, and each login can end the other's.
const unauthorizedPause = 5 * time.Second

// order is a top-up on the wire (contract §7), its fields in the observed order.
type order struct {
	TargetMSISDN string          `json:"targetMSISDN"`
	DistTransID  string          `json:"dist_transid"`
	Operator     string          `json:"operator"`
	Country      string          `json:"country"`
	Currency     string          `json:"currency"`
	Amount       json.RawMessage `json:"amount"` // a JSON number, MXN
	ProductID    string          `json:"productId"`
	SkuID        string          `json:"skuID"`
	Service      int             `json:"service"`
}

var (
	tenDigits  = regexp.MustCompile(`^[0-9]{10}$`)
	transIDs   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)
	productIDs = regexp.MustCompile(`^[A-Z0-9_]{1,64}$`)
)

// write refuses what would have to be guessed on the other side.
func write(send billing.Send) ([]byte, error) {
	var wrong []error
	if !tenDigits.MatchString(send.Phone.National()) {
		wrong = append(wrong, errors.New("the phone has no 10 national digits"))
	}
	if !transIDs.MatchString(send.DistTransID) {
		wrong = append(wrong, errors.New("dist_transid is not 1 to 32 letters, digits, - or _"))
	}
	if !productIDs.MatchString(send.Product) {
		wrong = append(wrong, errors.New("the product has no usable code"))
	}
	if send.Amount.Sign() <= 0 {
		wrong = append(wrong, errors.New("the amount is not above zero"))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return json.Marshal(order{
		TargetMSISDN: send.Phone.National(), DistTransID: send.DistTransID,
		Operator: "TELEFONICA", Country: "MEXICO", Currency: "MXN",
		// decimal's String has no exponent and no trailing zeros: 50, 34.5, 34.48.
		Amount:    json.RawMessage(send.Amount.Decimal().String()),
		ProductID: send.Product, SkuID: "0", Service: 2,
	})
}

// TopUp sends one order and says what its answer proves. It never returns an
// error: whatever happens is an outcome with evidence. It sends once; only a 401
// that came within 2 s and without a transaction id is followed by a new login
// and one more try. When ctx ends before a byte has left, the outcome is
// not_sent, afterwards unknown.
func (c *Client) TopUp(ctx context.Context, send billing.Send) billing.Answer {
	body, err := write(send)
	if err != nil {
		return c.answer(seen{malformed: true, exchange: exchange{event: EventMalformed, err: err, connection: "none"}}, story{})
	}
	r := request{method: http.MethodPost, path: "/api/tn/fast", body: body, mayStart: send.MayStart}
	answer := c.sendAuthorized(ctx, r, "")
	c.log.DebugContext(ctx, "Latcom answered", "dist_transid", send.DistTransID, "phone", send.Phone.Masked(),
		"row", answer.Row, "outcome", answer.Outcome, "took", answer.Evidence.Took)
	return answer
}

// Inquire asks what became of an order (contract §7; not every account has it).
// A 200 of a known shape decides; 404 is unknown with the row "inquiry.not_seen";
// everything else is unknown.
func (c *Client) Inquire(ctx context.Context, distTransID string) billing.Answer {
	if !transIDs.MatchString(distTransID) {
		err := errors.New("dist_transid is not 1 to 32 letters, digits, - or _")
		// Still an inquiry: a question that cannot be asked proves nothing.
		return c.answer(seen{inquiry: "malformed", exchange: exchange{event: EventMalformed, err: err, connection: "none"}}, story{})
	}
	return c.sendAuthorized(ctx, request{method: http.MethodGet, path: "/api/transaction/" + distTransID}, distTransID)
}

// sendAuthorized sends r with a token, and once more when the first had ended.
func (c *Client) sendAuthorized(ctx context.Context, r request, inquiry string) billing.Answer {
	var told story
	for {
		token, failed := c.session.take(ctx, r.token)
		if failed != nil {
			return c.answer(seen{login: failed, inquiry: inquiry, exchange: noLogin(failed)}, told)
		}
		second := r.token != ""
		r.token = token
		s := look(c.line.do(ctx, r))
		s.second, s.inquiry = second, inquiry
		told.add(c.line.veil, r, s.exchange)
		if second || c.judge(s.asOrder()).Name != rowUnauthorized {
			return c.answer(s, told)
		}
	}
}

// asOrder asks the rows of an order's answer about an inquiry's 401.
func (s seen) asOrder() seen {
	s.inquiry = ""
	return s
}

func noLogin(failed *loginError) exchange {
	return exchange{
		event: EventNotLoggedIn, err: failed, status: failed.status,
		retryAfter: failed.retryAfter, connection: "none",
	}
}

// answer joins what the policy says with what was seen.
func (c *Client) answer(s seen, told story) billing.Answer {
	row, shape := c.rule(s)
	hide := c.line.veil.hide
	a := billing.Answer{
		Outcome: row.Outcome, Fault: row.Fault, Row: row.Name, Policy: PolicyVersion, Shape: shape, Reason: hide(s.why(), maxReason),
		Code:                  hide(s.fields.text("vendorResponseCode"), maxCode),
		ProviderTransactionID: cut(printable(s.fields.text("transId")), maxID), // never blackened: they join
		CarrierTransactionID:  cut(printable(s.fields.text("venTransid")), maxID),
		Evidence:              told.evidence(s.exchange),
	}
	switch {
	case row.Outcome == billing.OutcomeNotSent:
		a.RetryAfter = s.retryAfter
		if row.Name == rowUnauthorizedTwice {
			a.RetryAfter = max(a.RetryAfter, unauthorizedPause)
		}
	case shape != "":
		c.log.Warn("Latcom gave an answer nobody has classified", "row", row.Name, "status", s.status, "event", s.event)
	}
	return a
}

// why is Latcom's words, else what happened.
func (s seen) why() string {
	if words := s.fields.reason(); words != "" {
		return words
	}
	switch {
	case s.login != nil:
		return s.login.Error()
	case s.err != nil:
		return fmt.Sprintf("%s: %v", s.event, s.err)
	case s.answered() && s.unreadable != nil:
		return fmt.Sprintf("status %d, %v", s.status, s.unreadable)
	case s.answered():
		return fmt.Sprintf("status %d", s.status)
	default:
		return s.event
	}
}
