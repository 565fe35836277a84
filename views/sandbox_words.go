package views

// What is said of the sandbox: its numbers, and the cases of the certificate. The keys are the package sandbox's.

import (
	"latcom.example/latcom-billing/sandbox"
)

// playWords says what happens to an order for a number of this outcome.
func playWords(r Reader, p sandbox.Play) string {
	switch p {
	case sandbox.Delivered:
		return r.T("Delivered")
	case sandbox.RefusedNumber:
		return r.T("Refused: the carrier does not know the number")
	case sandbox.RefusedByUs:
		return r.T("Refused: the product is not sold")
	case sandbox.RefusedUnseen:
		return r.T("Refused with a reason that nobody has seen before")
	case sandbox.SentLater:
		return r.T("Not sent at first, then delivered")
	case sandbox.NeverSent:
		return r.T("Never sent; given up after %s", r.Age(sandbox.GivenUpAfter))
	case sandbox.ProvenYes:
		return r.T("Unknown, proven delivered %s later", r.Age(sandbox.ProofAfter))
	case sandbox.ProvenNo:
		return r.T("Unknown, proven not delivered %s later", r.Age(sandbox.ProofAfter))
	case sandbox.Reversed:
		return r.T("Delivered, and taken back %s later", r.Age(sandbox.ReversedAfter))
	case sandbox.AnswerLost:
		return r.T("Delivered, but the connection is cut instead of the first answer")
	case sandbox.ShortFirst:
		return r.T("402 insufficient_balance at the first request, then delivered")
	case sandbox.LimitedFirst:
		return r.T("429 rate_limited with Retry-After at the first request, then delivered")
	case sandbox.AwayFirst:
		return r.T("503 unavailable with Retry-After at the first request, then delivered")
	}
	return string(p)
}

// delayWords says how long it takes.
func delayWords(r Reader, d sandbox.Delay) string {
	switch {
	case d.Never:
		return r.T("never: it stays unknown")
	case d.Takes == 0:
		return r.T("at once")
	}
	return d.Writes
}

// hookWords says how webhooks tell of it.
func hookWords(r Reader, h sandbox.Hook) string {
	switch h {
	case sandbox.HookTwice:
		return r.T("twice, with the same webhook-id")
	case sandbox.HookLate:
		return r.T("%s late", r.Age(sandbox.HookDelay))
	case sandbox.HookDisordered:
		return r.T("an older state after the newer one")
	default:
		return r.T("once")
	}
}

// spaced writes 10 digits as people do: 20 2000 0100.
func spaced(phone string) string { return phone[:2] + " " + phone[2:6] + " " + phone[6:] }

// VerdictWords is what is said of one case of the certificate.
type VerdictWords struct {
	Title string // of the rule
	Task  string // what to do
	Saw   string // what was seen instead; empty where it passed
	Cure  string // why that happens, and what to change
}

// SayVerdict says it.
func SayVerdict(r Reader, v sandbox.Verdict) VerdictWords {
	words := VerdictWords{Title: caseTitle(r, v.Case), Task: caseTask(r, v.Case)}
	words.Saw, words.Cure = sayFinding(r, v)
	return words
}

func caseTitle(r Reader, c sandbox.Case) string {
	switch c.Name {
	case "plain":
		return r.T("A delivery is booked once")
	case "answer-lost":
		return r.T("An answer that is lost after the delivery")
	case "slow":
		return r.T("A delivery that takes 40 s")
	case "again":
		return r.T("The same order again")
	case "changed":
		return r.T("409: a reference with another amount")
	case "no-credit":
		return r.T("402: too little credit")
	case "too-many":
		return r.T("429: too many requests")
	case "away":
		return r.T("503: unavailable for a moment")
	case "refused":
		return r.T("A refusal costs nothing")
	case "proven-yes":
		return r.T("Unknown, and later succeeded")
	case "proven-no":
		return r.T("Unknown, and later failed")
	case "taken-back":
		return r.T("A delivery that is taken back")
	case "hook-twice":
		return r.T("A webhook that comes twice")
	case "hook-disorder":
		return r.T("Webhooks out of order")
	}
	return c.Name
}

func caseTask(r Reader, c sandbox.Case) string {
	switch c.Do {
	case sandbox.DoTwice:
		return r.T("Order it, then order the very same again, as who clicks twice does.")
	case sandbox.DoChanged:
		return r.T("Order it, then order with the same reference for %s MXN.", sandbox.ChangedAmount)
	case sandbox.DoWebhook:
		return r.T("Order it, and follow it by your webhooks.")
	default:
		return r.T("Order it, and follow it to its end.")
	}
}

// sayFinding says what was seen, and its cause and cure.
func sayFinding(r Reader, v sandbox.Verdict) (saw, cure string) {
	switch v.Finding {
	case sandbox.NotOrdered:
		return r.T("No order with the reference %s came yet.", v.Want), ""
	case sandbox.NotTwice:
		return r.T("It was ordered once; order it a second time."), ""
	case sandbox.NotChanged:
		return r.T("Nothing was ordered for %s MXN with this reference yet.", v.Want), ""
	case sandbox.NotFinal:
		return r.T("The top-up is %s; its last state is still to come.", v.Saw), ""
	case sandbox.NotReported:
		return r.T("The top-up is %s; your program has not reported what it booked.", v.Want), ""
	case sandbox.HooksToCome:
		return r.T("%s of 2 webhooks were taken so far.", v.Saw), ""
	case sandbox.NoHooks:
		return r.T("You have no webhook endpoint in the sandbox, so this cannot happen to you."), ""
	}
	return sayFault(r, v)
}

func sayFault(r Reader, v sandbox.Verdict) (saw, cure string) {
	switch v.Finding {
	case sandbox.NewReference:
		if refusedFirst(v.Case) {
			return r.T("The phone was ordered again with another reference, %s.", v.Saw),
				r.T("A refusal was answered with a new reference. A refusal does not use a reference up: repeat the request with the same one, %s, so that no program of yours can order it twice.", v.Want)
		}
		return r.T("The phone was ordered again with another reference, %s.", v.Saw),
			r.T("A time-out, a cut connection, a 5xx or “unknown” was taken for a failure. The first top-up may be delivered: repeat the request with the same reference, %s, until you know.", v.Want)
	case sandbox.GaveUp:
		return r.T("After a %s nothing was ordered any more.", v.Saw), r.T("This refusal passes by itself. Wait as long as Retry-After says, then repeat the request with the same reference.")
	case sandbox.TooSoon:
		return r.T("It was repeated after %s; Retry-After said %s.", v.Saw, v.Want), r.T("Read the header Retry-After and wait at least so many seconds.")
	case sandbox.Hammered:
		return r.T("%s requests came, many of them within a second.", v.Saw), r.T("A loop repeats without waiting. Wait longer after each try.")
	case sandbox.WrongState:
		return r.T("You booked it as %s; it is %s.", v.Saw, v.Want), stateCure(r, v)
	case sandbox.WrongTotal:
		return r.T("You booked %s USD; it cost %s USD.", v.Saw, v.Want), totalCure(r, v)
	}
	return "", ""
}

func stateCure(r Reader, v sandbox.Verdict) string {
	switch {
	case v.Want == "reversed":
		return r.T("A delivery can be taken back after it was final. Listen to topup.reversed, or read your succeeded top-ups again.")
	case v.Case.Do == sandbox.DoWebhook:
		return r.T("An older webhook took a newer one’s place. Keep the sequence of each top-up and ignore what is not above it.")
	case v.Want == sandbox.None:
		return r.T("The order was refused, so there is no top-up: nothing was charged.")
	}
	return r.T("Only succeeded, failed and reversed are final; “unknown”, a time-out or a 5xx is neither. Read the top-up again until it is.")
}

func totalCure(r Reader, v sandbox.Verdict) string {
	switch {
	case v.Case.Do == sandbox.DoWebhook:
		return r.T("A webhook was applied twice. Keep each webhook-id and do nothing the second time, or set the state instead of adding.")
	case v.Case.Do == sandbox.DoTwice, v.Case.Do == sandbox.DoChanged:
		return r.T("A second request with a reference was booked a second time. Book by the top-up’s id: it is the same.")
	case v.Want == "0.0000":
		return r.T("Only a succeeded top-up costs anything: give back what you booked.")
	}
	return r.T("Book the price that the answer says, once for each top-up.")
}

// caseStateWord is the state of a case in a word.
func caseStateWord(r Reader, s sandbox.State) string {
	switch s {
	case sandbox.Passed:
		return r.T("Passed|rule")
	case sandbox.Failed:
		return r.T("Not passed|rule")
	case sandbox.Skipped:
		return r.T("Not for you|rule")
	default:
		return r.T("Open|rule")
	}
}

// refusedFirst is true of the cases whose order is refused at first, or for good.
func refusedFirst(c sandbox.Case) bool {
	return c.Name == "no-credit" || c.Name == "too-many" || c.Name == "away" || c.Do == sandbox.DoChanged
}
