package views

// What the pages of the sandbox are made of.

import (
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/views/ui"
)

// Sandbox is a customer's sandbox, on its own dashboard and in the back office.
type Sandbox struct {
	Keys      KeyList
	Customer  billing.Customer // the twin
	Latest    []billing.TopUp
	Passed    *time.Time // when a certificate was passed last; nil: never
	Run       *SandboxRun
	MayManage bool
	Own       bool
	Play      PlayForm
	Begin     string // the id of the next run
	Report    ReportForm
}

// SandboxRun is a run of the certificate.
type SandboxRun struct {
	Prefix    string
	StartedAt time.Time
	PassedAt  *time.Time
	Verdicts  []sandbox.Verdict
}

// PlayForm sets the play balance.
type PlayForm struct {
	ID, Amount string
	Problems   map[string]string
}

// ReportForm is what a person reports who has no program for it.
type ReportForm struct {
	Reference, Status, Total string
	Problems                 map[string]string
}

// passed counts the cases that passed or cannot happen.
func (r SandboxRun) passed() int {
	n := 0
	for _, v := range r.Verdicts {
		if v.State == sandbox.Passed || v.State == sandbox.Skipped {
			n++
		}
	}
	return n
}

func (s Sandbox) figures(r Reader) []ui.Figure {
	c := s.Customer
	return []ui.Figure{
		{Label: r.T("Play money available"), Value: Floor2(c.Available().Decimal()), Unit: "USD"},
		{Label: r.T("Balance"), Value: Money2(c.Posted.Decimal()), Unit: "USD"},
		{Label: r.T("Held"), Value: Money2(c.Held.Decimal()), Unit: "USD"},
	}
}

func (s Sandbox) certificateSays(r Reader) string {
	switch {
	case s.Passed != nil:
		return r.T("Passed on %s", r.DateTime(*s.Passed))
	case s.Run != nil:
		return r.T("%s of %s rules", Integer(s.Run.passed()), Integer(len(s.Run.Verdicts)))
	default:
		return r.T("Not begun")
	}
}

func caseBadge(r Reader, s sandbox.State) ui.Badge {
	b := map[sandbox.State]ui.Badge{
		sandbox.Passed:  {Tone: "succeeded", Icon: "circle-check"},
		sandbox.Failed:  {Tone: "failed", Icon: "circle-x", Fill: true},
		sandbox.Skipped: {Tone: "queued", Icon: "info"},
		sandbox.Waiting: {Tone: "queued", Icon: "circle-dashed"},
	}[s]
	b.Text = caseStateWord(r, s)
	return b
}

// finals are the states that can be reported.
func finals(r Reader) []ui.Option {
	var options []ui.Option
	for _, status := range []string{"succeeded", "failed", "reversed", "unknown"} {
		options = append(options, ui.Option{Value: status, Label: StatusWord(r, status)})
	}
	return options
}

// references are those of the run's cases.
func (r SandboxRun) references() []ui.Option {
	var options []ui.Option
	for _, v := range r.Verdicts {
		reference := v.Case.Reference(r.Prefix)
		options = append(options, ui.Option{Value: reference, Label: reference})
	}
	return options
}
