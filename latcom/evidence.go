package latcom

// The story of a try for the operator's eyes: what was sent, what came back.

import (
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// story collects the exchanges of one try: one, or two around a 401.
type story struct {
	request, response string
	written           int64
	status            int
	connection        string
	took              time.Duration
	told              int
}

func (t *story) add(veil *veil, r request, x exchange) {
	sent := r.method + " " + r.path + "\nAuthorization: Bearer " + redacted + "\n"
	if t.told > 0 {
		between := fmt.Sprintf("\n-- %d after %s: logged in again, sent again --\n", t.status, t.took.Round(time.Millisecond))
		t.request, t.response = t.request+between, t.response+between
		t.connection += "; then "
	}
	t.told++
	t.request += sent + string(r.body) // ours, and without a secret: nothing to hide
	t.response = cut(t.response+veil.hide(string(x.body), maxEvidence), maxEvidence)
	t.connection += x.connection
	t.written += x.written
	t.status = x.status
	t.took += x.took
}

// evidence ends the story with how its last exchange ended. An exchange that
// was never made (no login) adds nothing but its event.
func (t *story) evidence(last exchange) billing.Evidence {
	e := billing.Evidence{
		Event: last.event, HTTPStatus: t.status, BytesWritten: t.written,
		Request: t.request, Response: t.response, Connection: t.connection, Took: t.took,
	}
	if t.told == 0 {
		e.HTTPStatus, e.Connection = last.status, last.connection
	}
	return e
}
