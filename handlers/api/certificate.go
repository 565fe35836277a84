package api

// The go-live certificate for programs: begin a run, read it, report to it. Test
// keys alone; a live key is told so.

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/views"
)

// What the documentation names.
const (
	certificatePath    = prefix + "/sandbox/certificate"
	certificateRunPath = prefix + "/sandbox/certificate/runs"
)

// certificateRoutes stand beside the documented operations: they are the sandbox's
// tools, and a live key has none of them.
func (a *api) certificateRoutes(e *echo.Echo) {
	e.GET(certificatePath, a.authenticated(inSandbox(a.showCertificate)))
	e.POST(certificatePath, a.authenticated(inSandbox(a.reportCertificate)))
	e.POST(sandboxWebhooksPath, a.authenticated(inSandbox(a.makeSandboxWebhook)))
	e.DELETE(sandboxWebhooksPath+"/:id", a.authenticated(inSandbox(a.removeSandboxWebhook)))
	e.POST(certificateRunPath, a.authenticated(inSandbox(a.beginCertificate)))
}

// inSandbox lets test keys alone in.
func inSandbox(next func(echo.Context, call) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		who := callOf(c.Request().Context())
		if !who.sandbox {
			return problem(codeNotFound, "The certificate is the sandbox's: use a key that begins with "+billing.TestPrefix+".")
		}
		return next(c, who)
	}
}

// Certificate is a run as programs see it.
type Certificate struct {
	Prefix    string            `json:"prefix"`
	StartedAt time.Time         `json:"started_at"`
	PassedAt  *time.Time        `json:"passed_at"`
	Cases     []CertificateCase `json:"cases"`
}

// CertificateCase is one case: what to do, and what was seen of it so far.
type CertificateCase struct {
	Name          string `json:"name"`
	Reference     string `json:"reference"`
	Phone         string `json:"phone"`
	Amount        string `json:"amount"`
	Do            string `json:"do"`
	ChangedAmount string `json:"changed_amount,omitempty"`
	Task          string `json:"task"`
	State         string `json:"state"`
	Finding       string `json:"finding,omitempty"`
	Saw           string `json:"saw,omitempty"`
	Cure          string `json:"cure,omitempty"`
}

func certificateOf(run topup.CertificateRun) Certificate {
	c := Certificate{Prefix: run.Prefix, StartedAt: run.StartedAt.UTC()}
	if run.PassedAt != nil {
		passed := run.PassedAt.UTC()
		c.PassedAt = &passed
	}
	english := views.Reader{Language: views.English}
	for _, v := range run.Verdicts {
		words := views.SayVerdict(english, v)
		one := CertificateCase{
			Name: v.Case.Name, Reference: v.Case.Reference(run.Prefix), Phone: v.Case.Phone(), Amount: sandbox.CaseAmount, Do: string(v.Case.Do),
			Task: words.Task, State: string(v.State), Finding: string(v.Finding), Saw: words.Saw, Cure: words.Cure,
		}
		if v.Case.Do == sandbox.DoChanged {
			one.ChangedAmount = sandbox.ChangedAmount
		}
		c.Cases = append(c.Cases, one)
	}
	return c
}

func (a *api) showCertificate(c echo.Context, who call) error {
	run, err := within(c.Request().Context(), readTime, func(ctx context.Context) (topup.CertificateRun, error) {
		return who.Engine.Certificate(ctx, who.customerID)
	})
	if errors.Is(err, billing.ErrNotFound) {
		return problem(codeNotFound, "No run has begun: POST "+certificateRunPath+" begins one.")
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, certificateOf(run))
}

// beginCertificate begins a run in place of the one before.
func (a *api) beginCertificate(c echo.Context, who call) error {
	_, err := within(c.Request().Context(), acceptTime, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, who.Engine.BeginCertificate(ctx, uuid.New(), who.customerID, "API")
	})
	if err != nil {
		return err
	}
	return a.showCertificate(c, who)
}

// reportCertificate takes what an integration booked, and answers as reading does.
func (a *api) reportCertificate(c echo.Context, who call) error {
	body, err := readBody(c, maxBody)
	if err != nil {
		return err
	}
	reports, err := parseReports(body)
	if err != nil {
		return err
	}
	_, err = within(c.Request().Context(), acceptTime, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, who.Engine.Report(ctx, who.customerID, reports)
	})
	if wrong, is := errors.AsType[billing.ValidationError](err); is {
		var m mistakes
		for reference, message := range wrong {
			m.add("body.reports", reference, message)
		}
		return invalid(m...)
	}
	if errors.Is(err, billing.ErrNotFound) {
		return problem(codeNotFound, "No run has begun: POST "+certificateRunPath+" begins one.")
	}
	if err != nil {
		return err
	}
	return a.showCertificate(c, who)
}

// mostReports is more than a run has cases.
const mostReports = 100

// parseReports reads {"reports":[{"reference","status","total"}]}.
func parseReports(body []byte) ([]sandbox.Report, error) {
	var sent struct {
		Reports []struct {
			Reference string      `json:"reference"`
			Status    string      `json:"status"`
			Total     json.Number `json:"total"`
		} `json:"reports"`
	}
	wrong := invalid(FieldError{Location: "body.reports", Field: "reports", Message: `must be a list of {"reference","status","total"}, with total as a decimal string in USD`})
	if err := json.Unmarshal(body, &sent); err != nil || len(sent.Reports) == 0 || len(sent.Reports) > mostReports {
		return nil, wrong
	}
	reports := make([]sandbox.Report, 0, len(sent.Reports))
	for _, r := range sent.Reports {
		total, err := billing.ParseUSD(r.Total.String())
		if err != nil || r.Reference == "" || r.Status == "" || len(r.Status) > 40 {
			return nil, wrong
		}
		reports = append(reports, sandbox.Report{Reference: r.Reference, Status: r.Status, Total: total})
	}
	return reports, nil
}
