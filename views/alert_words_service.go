package views

// What alerts say about Latcom, the queue, customers' credit, machines and channels.

import (
	"strconv"

	"latcom.example/latcom-billing/billing"
)

// serviceAlertWords go on where AlertWords knows no more.
func serviceAlertWords(r Reader, a billing.Alert) (head, text string) {
	switch a.Kind {
	case billing.AlertLoginRefused:
		return r.T("Latcom refuses our login"), r.T("It says: %s. Nothing is sent, new orders are refused with 503, what was accepted waits and expires.", saidIn(a))
	case billing.AlertBreakerOpen:
		return r.T("Orders do not get through to Latcom"), r.T("The last reason was: %s. Nothing is sent but one order at a time, to try; new ones are refused with 503.", saidIn(a))
	case billing.AlertSuccessRate:
		return r.T("Only %s of orders are delivered", a.Words["percent"]+" %"),
			r.N(countIn(a), "Within 15 minutes %s order was not, through no fault of its own. The threshold is %s.", "Within 15 minutes %s orders were not, through no fault of their own. The threshold is %s.", a.Words["level"]+" %")
	case billing.AlertLatency:
		return r.T("Latcom takes long: %s", a.Words["seconds"]+" s"),
			r.T("One delivery in twenty of the last 15 minutes took longer than this. The threshold is %s. Nothing on our side makes it faster.", a.Words["level"]+" s")
	case billing.AlertQueueAge:
		return r.T("An order waits for %s", runwayIn(r, a)),
			r.N(countIn(a), "%s order is queued. What is not sent in time expires, and its money is released.", "%s orders are queued. What is not sent in time expires, and its money is released.")
	case billing.AlertFloatBelow:
		return r.T("The float is below %s", mxnWord(a.Words["level"])), r.T("%s are left. Pay in, or change the level.", pesosIn(a))
	}
	return otherAlertWords(r, a)
}

func otherAlertWords(r Reader, a billing.Alert) (head, text string) {
	switch a.Kind {
	case billing.AlertCustomerBalance:
		return r.T("%s has less than %s", a.Words["name"], usdWord(a.Words["level"])), r.T("%s are available.", usdWord(a.Words["left"]))
	case billing.AlertCustomerRunway:
		return r.T("The credit of %s lasts for %s", a.Words["name"], runwayIn(r, a)), r.T("%s are available. Without a deposit its orders will be refused with 402.", usdWord(a.Words["left"]))
	case billing.AlertDisk:
		return r.T("The disk of %s is nearly full", a.Words["name"]),
			r.T("%s are free, %s. A database without room takes no orders.", bytesWord(a.Words["free"]), a.Words["percent"]+" %")
	case billing.AlertChannelFailing:
		return r.T("%s takes no messages", a.Words["name"]), r.T("For five minutes or more, alerts have not reached anybody there. They are tried again for a day.")
	case testAlert:
		return r.T("This is a test"), r.T("Alerts reach you here. Nothing else has happened.")
	}
	return string(a.Kind), a.Subject
}

// testAlert is no alert: it says that a channel works.
const testAlert billing.AlertKind = "test"

// saidIn is a reason in Latcom's words, or the row of the policy.
func saidIn(a billing.Alert) string {
	if a.Words["reason"] != "" {
		return a.Words["reason"]
	}
	if a.Words["row"] != "" {
		return a.Words["row"]
	}
	return Nothing
}

func usdWord(text string) string {
	amount, err := billing.ParseUSD(text)
	if err != nil {
		return Nothing
	}
	return WithUnit(Floor2(amount.Decimal()), "USD")
}

func mxnWord(text string) string {
	amount, err := billing.ParseMXN(text)
	if err != nil {
		return Nothing
	}
	return mxn(amount)
}

// bytesWord is a size as people say it.
func bytesWord(text string) string {
	bytes, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return Nothing
	}
	if gigas := float64(bytes) / 1e9; gigas >= 1 {
		return strconv.FormatFloat(gigas, 'f', 1, 64) + " GB"
	}
	return strconv.FormatUint(bytes/1e6, 10) + " MB"
}
