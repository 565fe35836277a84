package views

// Messages about alerts, in the words of the pages: what happened, since when, what
// to do, where.

import (
	"strconv"
	"strings"

	"latcom.example/latcom-billing/billing"
)

// AlertNote is one message.
type AlertNote struct {
	Alert    billing.Alert
	Message  billing.Message
	BaseURL  string // empty: links are paths
	Customer string // of the member that is written to
}

// Words are the alert's sentence and what it means.
func (n AlertNote) Words(r Reader) (head, text string) { return AlertWords(r, n.Alert) }

// Link is where it is dealt with.
func (n AlertNote) Link() string { return n.at(n.Alert.Link) }

// Help is where it says what to do.
func (n AlertNote) Help() string { return n.at(AlertHelpPath(n.Alert.Kind)) }

func (n AlertNote) at(path string) string { return strings.TrimSuffix(n.BaseURL, "/") + path }

// state is the word that a message begins with.
func (n AlertNote) state(r Reader) string {
	switch n.Message {
	case billing.MessageEnded:
		return r.T("Over|alert")
	case billing.MessageTest:
		return r.T("Test|message")
	}
	return severityBadge(r, n.Alert.Severity).Text
}

// moments are since when, and until when.
func (n AlertNote) moments(r Reader) string {
	since := r.DateTime(n.Alert.Since) + " (" + n.Alert.Since.UTC().Format("2006-01-02 15:04:05") + " UTC)"
	if n.Message != billing.MessageEnded || n.Alert.EndedAt == nil {
		return r.T("Since %s.", since)
	}
	return r.T("It began at %s and ended at %s; it lasted %s.", since, r.DateTime(*n.Alert.EndedAt), r.Age(n.Alert.EndedAt.Sub(n.Alert.Since)))
}

// toDo are the steps with their numbers; of what is over there is nothing to do.
func (n AlertNote) toDo(r Reader) string {
	if n.Message != billing.MessageRaised {
		return ""
	}
	lines := []string{r.T("What to do:")}
	for i, step := range AlertSteps(r, n.Alert.Kind) {
		lines = append(lines, strconv.Itoa(i+1)+". "+step)
	}
	return strings.Join(lines, "\n")
}

// places are the links.
func (n AlertNote) places(r Reader) string {
	if n.Message == billing.MessageTest {
		return r.T("Change this channel: %s", n.Link())
	}
	lines := []string{}
	if n.Alert.Link != "" {
		lines = append(lines, alertPlace(r, n.Alert)+": "+n.Link())
	}
	return strings.Join(append(lines, r.T("About this alert: %s", n.Help())), "\n")
}

// AlertLetter is a message by e-mail to operators.
func AlertLetter(r Reader, n AlertNote) (subject, text string) {
	head, means := n.Words(r)
	return "[" + n.state(r) + "] " + head, joined(n.state(r)+": "+head, means, n.moments(r), n.toDo(r), n.places(r))
}

// AlertSlack is a message in Slack's mark-up.
func AlertSlack(r Reader, n AlertNote) string {
	icon := ":warning:"
	switch {
	case n.Message == billing.MessageEnded:
		icon = ":white_check_mark:"
	case n.Message == billing.MessageTest:
		icon = ":information_source:"
	case n.Alert.Severity == billing.SeverityCritical:
		icon = ":rotating_light:"
	}
	head, means := n.Words(r)
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
	return icon + " *" + escape(n.state(r)+": "+head) + "*\n" + escape(joined(means, n.moments(r), n.toDo(r), n.places(r)))
}

// MemberAlertLetter is a message by e-mail to a customer's member.
func MemberAlertLetter(r Reader, n AlertNote) (subject, text string) {
	left := usdWord(n.Alert.Words["left"])
	head, means := r.T("Less than %s are available", usdWord(n.Alert.Words["level"])), r.T("%s are available. Think of the next deposit.", left)
	if n.Alert.Kind == billing.AlertCustomerRunway {
		head, means = r.T("Your credit lasts for %s", runwayIn(r, n.Alert)), r.T("%s are available. When they are used up, orders are refused until a deposit has arrived.", left)
	}
	if n.Message == billing.MessageEnded {
		head, means = r.T("Your credit is enough again"), r.T("What we wrote about before is over.")
	}
	return head + " · " + n.Customer, joined(head, means, n.moments(r), r.T("Your credit: %s", n.at(DashboardPath)),
		r.T("You are a member of %s. What you are told is set here: %s", n.Customer, n.at(DashboardNotificationsPath)))
}

// joined are paragraphs; empty ones are left out.
func joined(parts ...string) string {
	kept := parts[:0]
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "\n\n") + "\n"
}
