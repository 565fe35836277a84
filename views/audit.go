package views

// What the page "Audit log" is made of.

import (
	"net/url"
	"slices"
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// AuditLogPath is the audit log; AuditCSVPath the file of what its filter shows.
const (
	AuditLogPath = "/admin/audit"
	AuditCSVPath = "/admin/audit.csv"
)

// AuditLogOf is what the log says about a customer.
func AuditLogOf(code string) string {
	return WithQuery(AuditLogPath, url.Values{"customer": {code}})
}

// AuditLog is a page of the log with the filter that was asked for.
type AuditLog struct {
	Frame
	Asked                         AuditAsked
	Problems                      map[string]string // by field
	Lines                         []AuditLine
	NewerHref, OlderHref, CSVHref string
	Standing                      Standing
}

// AuditAsked is the filter as it was typed.
type AuditAsked struct{ Who, Action, Customer, Subject, Address, From, To string }

// AuditLine is a line with its customer's code, if it has one.
type AuditLine struct {
	billing.Audit
	CustomerCode string
}

func (a AuditLog) filtered() bool { return a.Asked != AuditAsked{} }

func (a AuditLog) span() string {
	newest, oldest := a.Lines[0].At, a.Lines[len(a.Lines)-1].At
	return a.N(len(a.Lines), "%s line", "%s lines") + ", " + a.T("%s to %s", a.When(newest), a.When(oldest))
}

// href is the page of what the line is about.
func (l AuditLine) href() string {
	kind, _, _ := strings.Cut(l.Action, ".")
	switch kind {
	case "adjustment", "adjustments", "credit_limit", "discount", "exchange_rate":
		return ApprovalPath(l.Subject)
	case "decision", "topup":
		return AdminTopUpPath(l.Subject)
	}
	return ""
}

// auditWho is whose hand it was, and from where.
func auditWho(r Reader, line billing.Audit) string {
	who := line.ActorName
	if kind := actorWord(r, line.ActorKind); kind != "" {
		who = kind + ": " + who
	}
	if line.Address != "" {
		who += ", " + line.Address
	}
	return who
}

// auditChoices are all actions by their words, in the order of these.
func auditChoices(r Reader) []ui.Option {
	var choices []ui.Option
	for _, action := range AuditActions() {
		label := ActionWord(r, action)
		if strings.HasPrefix(action, string(billing.ActorMember)+".") {
			label += " (" + actorWord(r, billing.ActorMember) + ")"
		}
		choices = append(choices, ui.Option{Value: action, Label: label})
	}
	slices.SortFunc(choices, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return append([]ui.Option{{Label: r.T("Anything|action")}}, choices...)
}
