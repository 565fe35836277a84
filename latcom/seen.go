package latcom

// What was seen of a try, and the questions that the policy's rows ask about it.

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// promptly is the longest time after which a 401 or a 429 still proves that the
// order was turned away at the door (contract §7).
const promptly = 2 * time.Second

// codeProduct is "Product not Found", the one refusal that the contract shows.
const codeProduct = "-120054"

// seen is a try as the policy looks at it.
type seen struct {
	malformed  bool        // nothing could be written
	login      *loginError // nothing was sent: no token
	exchange               // what came of the request
	fields     fields      // nil when the body is no readable object
	unreadable error       // why
	words      string      // every text of the answer, plain
	second     bool        // the first try was turned away with 401
	inquiry    string      // the dist_transid that was asked for; empty: this was an order
}

// look decodes what there is to decode.
func look(x exchange) seen {
	s := seen{exchange: x}
	s.fields, s.unreadable = readFields(x.body)
	if s.unreadable != nil {
		s.words = plain(string(x.body))
	} else {
		s.words = plain(s.fields.words())
	}
	return s
}

func (s seen) loginRow(row string) bool { return s.login != nil && s.login.row == row }

// before: it ended so, and not one byte of the request had left.
func (s seen) before(event string) bool { return s.event == event && s.written == 0 }

func (s seen) answered() bool { return s.event == EventAnswered }

func (s seen) got(status int) bool { return s.answered() && s.status == status }

func (s seen) between(from, to int) bool {
	return s.answered() && s.status >= from && s.status <= to
}

// atTheDoor: soon enough, and without an id of a transaction.
func (s seen) atTheDoor(status int) bool {
	return s.got(status) && s.took <= promptly && !s.hasID()
}

var anID = regexp.MustCompile(`(?i)"?\b(ven)?transid\b`)

// hasID: Latcom or the carrier gave the order an id. In a body that cannot be
// read the mere word is enough.
func (s seen) hasID() bool {
	if s.unreadable != nil {
		return anID.Match(s.body)
	}
	return !s.fields.blank("transId") || !s.fields.blank("venTransid")
}

// says: 200, readable, and `status` is one of these words, in any case.
func (s seen) says(words ...string) bool {
	if !s.got(http.StatusOK) || s.unreadable != nil {
		return false
	}
	for _, word := range words {
		if s.fields.status() == word {
			return true
		}
	}
	return false
}

func (s seen) failed() bool { return s.says("fail", "failed") }

func (s seen) code(code string) bool { return s.fields.text("vendorResponseCode") == code }

// refusedWithError: another 4xx with a JSON `error`.
func (s seen) refusedWithError() bool {
	return s.between(400, 499) && s.unreadable == nil && s.fields.hasError()
}

// doubtful: an answer that refuses, but shows signs that the order goes on.
func (s seen) doubtful() bool {
	return aDelay.MatchString(s.words) || !s.fields.blank("venTransid") ||
		s.fields.isNull("endedAt") || strings.HasPrefix(s.fields.status(), "succe")
}

// aboutUs and aboutNumber say whose fault a text makes it; one that speaks of
// both is nobody's in particular, so that a bad number never opens the breaker.
func (s seen) aboutUs() bool {
	return ours.MatchString(s.words) && !theNumber.MatchString(s.words)
}

func (s seen) aboutNumber() bool {
	return theNumber.MatchString(s.words) && !ours.MatchString(s.words)
}

// aboutAnother: the answer names another order than the one asked for.
func (s seen) aboutAnother() bool {
	return s.inquiry != "" && s.unreadable == nil && !s.fields.blank("distTransid") &&
		s.fields.text("distTransid") != s.inquiry
}
