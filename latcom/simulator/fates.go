package simulator

// The fates: what the last digits of a phone make of an order.

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fate is what happens to the orders for one kind of phone, and what may be
// concluded from it. The conclusions are written here as a second opinion: tests
// compare them with what the client says.
type Fate struct {
	Digits    string // the last six of the phone
	Happens   string
	Delivered bool   // the airtime reaches the phone in the end
	Concludes string // delivered, refused, not_sent or unknown, of the first try
	Row       string // of the client's outcome policy, for the first try
	Then      string // what a later try of the same order meets; empty: none is allowed

	act func(*Simulator, *visit)
}

// Phone is a number with this fate: 10 national digits.
func (f Fate) Phone() string { return "5512" + f.Digits }

// Fates lists every fate, by digits.
func Fates() []Fate { return slices.Clone(fates) }

// Markdown is the table of FATES.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# What the last six digits of a phone do in the simulator\n\n" +
		"Any other phone is delivered after the set latency (6 to 7 s). A phone with a fate: 55 12, then the digits.\n\n" +
		"| phone ends with | what happens | delivered | to conclude | row of the outcome policy |\n|---|---|---|---|---|\n")
	for _, f := range fates {
		delivered, concludes := "no", f.Concludes
		if f.Delivered {
			delivered = "yes"
		}
		if f.Then != "" {
			concludes += ", then " + f.Then
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | `%s` |\n", f.Digits, f.Happens, delivered, concludes, f.Row)
	}
	return b.String()
}

var (
	productUnknown = refusal{"Product not Found", "-120054"}
	amountWrong    = refusal{"Invalid amount for product", "-120055"}
	numberUnknown  = refusal{"Invalid subscriber number", "-120012"}
	floatEmpty     = refusal{"Insufficient balance", "-120033"}
	neverSeen      = refusal{"Operation rejected", "-129999"}
	inProgress     = refusal{"Transaction in progress", "-120071"}
	duplicated     = refusal{"Duplicated transaction", "-120019"}
)

var fates = []Fate{
	{"990001", "refused: product not found (-120054)", false, "refused", "answer.refused_product", "", refuse(productUnknown)},
	{"990002", "refused: invalid number", false, "refused", "answer.refused_unlisted_number", "", refuse(numberUnknown)},
	{"990003", "no answer, ever; not delivered", false, "unknown", "transport.timeout_after", "", hangOnly},
	{"990004", "delivered, and no answer, ever", true, "unknown", "transport.timeout_after", "", deliverThen(hangOnly)},
	{"990005", "delivered, and the connection closed before the answer", true, "unknown", "transport.lost_after", "", deliverThen(closeOnly)},
	{"990006", "delivered, and the connection closed in the middle of the answer", true, "unknown", "answer.cut", "", deliverThen(halfAnswer)},
	{"990007", "500 at once; not delivered", false, "unknown", "answer.server_error", "", status(http.StatusInternalServerError, "Internal Server Error")},
	{"990008", "200 with status Pending; delivered behind it", true, "unknown", "answer.other_status", "", deliverThen(pending)},
	{"990009", "429 with Retry-After: 1 at first", true, "not_sent", "answer.throttled", "delivered", firstThen(throttle, success)},
	{"990010", "401 once, then delivered", true, "delivered", "answer.success", "", firstThen(unauthorized, success)},
	{"990011", "delivered, after 20 s", true, "delivered", "answer.success", "", within(20*time.Second, success)},
	{"990012", "delivered, after 10 ms", true, "delivered", "answer.success", "", within(10*time.Millisecond, success)},
	{"990013", "Success with a vendorResponseCode other than 0; not delivered", false, "unknown", "answer.success_with_code", "", oddSuccess},
	{"990014", "409; not delivered", false, "unknown", "answer.conflict", "", status(http.StatusConflict, "Conflict")},
	{"990015", "Fail with endedAt null; delivered behind it", true, "unknown", "answer.fail_not_ended", "", deliverThen(openFail)},
	{"990016", "connection reset before an answer; not delivered", false, "unknown", "transport.lost_after", "", resetOnly},
	{"990017", "refused: the float is empty", false, "refused", "answer.refused_unlisted_us", "", refuse(floatEmpty)},
	{"990018", "refused with a code nobody has seen", false, "refused", "answer.refused_unlisted", "", refuse(neverSeen)},
	{"990019", "Fail with a venTransid; delivered", true, "unknown", "answer.fail_with_carrier_id", "", deliverThen(carriedFail)},
	{"990020", "Fail, the text says in progress; delivered behind it", true, "unknown", "answer.fail_delayed", "", deliverThen(refuse(inProgress))},
	{"990021", "302 to another address; not delivered", false, "unknown", "answer.redirect", "", redirect},
	{"990022", "400 with an error", false, "refused", "answer.error", "", status(http.StatusBadRequest, "Bad Request")},
	{"990023", "400 without one; not delivered", false, "unknown", "answer.error_bare", "", webPage(http.StatusBadRequest, 1)},
	{"990024", "503; delivered", true, "unknown", "answer.server_error", "", deliverThen(status(http.StatusServiceUnavailable, "Service Unavailable"))},
	{"990025", "200 with a web page; not delivered", false, "unknown", "answer.unreadable", "", webPage(http.StatusOK, 1)},
	{"990026", "200 with 100 KiB; not delivered", false, "unknown", "answer.too_large", "", webPage(http.StatusOK, 100<<10)},
	{"990027", "408; not delivered", false, "unknown", "answer.request_timeout", "", status(http.StatusRequestTimeout, "Request Timeout")},
	{"990028", "425; not delivered", false, "unknown", "answer.too_early", "", status(http.StatusTooEarly, "Too Early")},
	{"990029", "401 after 2.5 s; not delivered", false, "unknown", "answer.unauthorized_late", "", late(unauthorized)},
	{"990030", "429 with a transId; not delivered", false, "unknown", "answer.throttled_late", "", throttleWithID},
	{"990031", "401, always", false, "not_sent", "answer.unauthorized_twice", "the same", unauthorized},
	{"990032", "429, always", false, "not_sent", "answer.throttled", "the same", throttle},
	{"990033", "202 Accepted without a body; delivered behind it", true, "unknown", "unclassified", "", deliverThen(accepted)},
	{"990034", "Fail, the text speaks of a duplicate; not delivered", false, "unknown", "answer.duplicate", "", refuse(duplicated)},
}

// fateOf finds the fate of a phone: by its digits, else by chance, else nil.
func (s *Simulator) fateOf(phone string, random chance) *Fate {
	for i := range fates {
		if strings.HasSuffix(phone, fates[i].Digits) {
			return &fates[i]
		}
	}
	drawn := random.Float64()
	for _, digits := range slices.Sorted(maps.Keys(s.options.Random)) {
		if drawn -= s.options.Random[digits]; drawn < 0 {
			return s.fateOf(digits, random)
		}
	}
	return nil
}
