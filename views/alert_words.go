package views

// What an alert says. A kind that is not here is shown by its name: an alert is never lost for want of words.

import (
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// AlertWords are an alert's sentence and what it means for the money.
func AlertWords(r Reader, a billing.Alert) (head, text string) {
	switch a.Kind {
	case billing.AlertUnknownWaits:
		return r.N(countIn(a), "%s top-up is unknown for more than 15 minutes", "%s top-ups are unknown for more than 15 minutes"),
			r.T("%s stay held until evidence or two operators settle it.", moneyIn(a))
	case billing.AlertUnknownOld:
		return r.N(countIn(a), "%s top-up is unknown for more than 24 hours", "%s top-ups are unknown for more than 24 hours"),
			r.T("%s stay held until evidence or two operators settle it.", moneyIn(a))
	case billing.AlertContradictions:
		return r.N(countIn(a), "Later evidence contradicts %s final top-up", "Later evidence contradicts %s final top-ups"),
			r.T("%s were charged or released the wrong way, unless the evidence errs.", moneyIn(a))
	case billing.AlertBooksWrong:
		return r.N(countIn(a), "The books do not balance: %s row is wrong", "The books do not balance: %s rows are wrong"),
			r.T("A balance, an entry or what caused it was changed outside of this program. Each row is named.")
	case billing.AlertBooksUnproven:
		return r.T("The books could not be proven"), r.T("The last check failed, or is older than 3 hours. Nothing says that they are wrong, and nothing that they are right.")
	case billing.AlertBrokenGlass:
		return r.T("ADMIN_KEY made or reset the admin %s", a.Words["name"]),
			r.T("It came from %s. The account approves nothing for 24 hours; if nobody here did it, change ADMIN_KEY now.", a.Words["address"])
	case billing.AlertDoneAlone:
		return r.N(countIn(a), "One operator alone did %s thing this week that two should have done", "One operator alone did %s things this week that two should have done"),
			r.T("Approvals were switched off (APPROVAL_LIMIT_USD=0). Each says so in the ledger and stands in the week’s digest.")
	case billing.AlertFloatLow:
		return r.T("The float lasts for less than 24 hours"), r.T("%s are left, for %s at the present pace. Pay in today.", pesosIn(a), runwayIn(r, a))
	case billing.AlertFloatShort:
		return r.T("The float lasts for less than 4 hours"), r.T("%s are left, for %s at the present pace. A transfer has to be on its way now.", pesosIn(a), runwayIn(r, a))
	case billing.AlertFloatEmpty:
		return r.T("The float is used up"), r.T("%s are left: new orders are refused with 503 until a deposit is recorded.", pesosIn(a))
	case billing.AlertReplica:
		return r.T("The read replica is not used"), r.T("%s Lists, reports and files are read from the main database instead: nothing is missing or wrong in them.", ReplicaWords(r, a.Words["problem"]))
	}
	return serviceAlertWords(r, a)
}

// alertPlace is the word on the link to where an alert is dealt with.
func alertPlace(r Reader, a billing.Alert) string {
	switch a.Kind {
	case billing.AlertUnknownWaits, billing.AlertUnknownOld, billing.AlertContradictions:
		return r.T("See the cases")
	case billing.AlertBooksWrong, billing.AlertBooksUnproven:
		return r.T("See the books")
	case billing.AlertBrokenGlass:
		return r.T("See the operators")
	case billing.AlertDoneAlone:
		return r.T("See the digest")
	case billing.AlertFloatLow, billing.AlertFloatShort, billing.AlertFloatEmpty, billing.AlertFloatBelow:
		return r.T("See the float")
	case billing.AlertReplica:
		return r.T("See the settings")
	case billing.AlertCustomerBalance, billing.AlertCustomerRunway:
		return r.T("See the customer")
	case billing.AlertQueueAge, billing.AlertLoginRefused, billing.AlertBreakerOpen:
		return r.T("See the queue")
	case billing.AlertChannelFailing:
		return r.T("See the channels")
	}
	return r.T("Look at it")
}

func countIn(a billing.Alert) int {
	n, err := strconv.Atoi(a.Words["count"])
	if err != nil {
		return 0
	}
	return n
}

// moneyIn is the amount that hangs on an alert, with 4 decimals as it was held.
func moneyIn(a billing.Alert) string {
	amount, err := billing.ParseUSD(a.Words["money"])
	if err != nil {
		return Nothing
	}
	return WithUnit(Money4(amount.Decimal()), "USD")
}

// pesosIn is what is left of the float.
func pesosIn(a billing.Alert) string {
	amount, err := billing.ParseMXN(a.Words["left"])
	if err != nil {
		return Nothing
	}
	return mxn(amount)
}

// runwayIn is how long it lasts.
func runwayIn(r Reader, a billing.Alert) string {
	seconds, err := strconv.ParseInt(a.Words["seconds"], 10, 64)
	if err != nil {
		return Nothing
	}
	return r.RunwayShort(time.Duration(seconds) * time.Second)
}

// severityBadge tells how soon somebody has to look, never by colour alone.
func severityBadge(r Reader, severity billing.Severity) ui.Badge {
	if severity == billing.SeverityCritical {
		return ui.Badge{Tone: "failed", Icon: "octagon-alert", Text: r.T("Critical"), Fill: true}
	}
	return ui.Badge{Tone: "unknown", Icon: "triangle-alert", Text: r.T("Warning"), Fill: true}
}
