package topup

// The go-live certificate: what the sandbox's books say of a run, judged by the
// rules of the package sandbox.

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/store"
)

// CertificateRun is a run and what is said of each of its cases now.
type CertificateRun struct {
	store.SandboxCertificate
	Verdicts []sandbox.Verdict
}

// BeginCertificate begins a run of a sandbox's customer; id is made with the form,
// so that sending it twice begins one.
func (e *Engine) BeginCertificate(ctx context.Context, id uuid.UUID, customerID int64, by string) error {
	return e.store.InsertSandboxCertificate(ctx, store.SandboxCertificate{
		ID: id, CustomerID: customerID, Prefix: sandbox.PrefixPattern + strings.ToLower(rand.Text()[:8]) + "-", StartedBy: by,
	})
}

// Certificate is a customer's newest run as it stands; none is billing.ErrNotFound.
// A run that stands is passed from then on, whatever is ordered later.
func (e *Engine) Certificate(ctx context.Context, customerID int64) (run CertificateRun, err error) {
	if run.SandboxCertificate, err = e.store.LatestSandboxCertificate(ctx, customerID); err != nil {
		return run, err
	}
	seen, err := e.seen(ctx, run.SandboxCertificate)
	if err != nil {
		return run, err
	}
	run.Verdicts = sandbox.Judge(seen)
	if run.PassedAt != nil || !sandbox.Stands(run.Verdicts) {
		return run, nil
	}
	if err := e.store.PassSandboxCertificate(ctx, run.ID); err != nil {
		return run, err
	}
	run.SandboxCertificate, err = e.store.LatestSandboxCertificate(ctx, customerID)
	return run, err
}

// seen is all that was seen of a run.
func (e *Engine) seen(ctx context.Context, c store.SandboxCertificate) (s sandbox.Seen, err error) {
	s.Prefix = c.Prefix
	requests, err := e.store.SandboxRequests(ctx, c.CustomerID, c.StartedAt)
	if err != nil {
		return s, err
	}
	for _, r := range requests {
		s.Requests = append(s.Requests, sandbox.Request{At: r.At, Reference: r.Reference, Phone: string(r.Phone), Amount: r.Amount, Status: r.Status})
	}
	outcomes, err := e.store.SandboxOutcomes(ctx, c.CustomerID, c.StartedAt)
	if err != nil {
		return s, err
	}
	for _, o := range outcomes {
		s.TopUps = append(s.TopUps, sandbox.TopUp{Reference: o.Reference, Phone: string(o.Phone), Status: o.Status, Price: o.Price})
	}
	if s.HasHooks, err = e.store.HasWebhooks(ctx, c.CustomerID); err != nil {
		return s, err
	}
	arrived, err := e.store.ArrivedWebhooks(ctx, c.CustomerID, c.StartedAt)
	if err != nil {
		return s, err
	}
	s.Hooks = map[string]int{}
	for _, a := range arrived {
		s.Hooks[a.Reference] = a.Arrived
	}
	reports, err := e.store.SandboxReports(ctx, c.ID)
	for _, r := range reports {
		s.Reports = append(s.Reports, sandbox.Report{Reference: r.Reference, Status: r.Status, Total: r.Total})
	}
	return s, err
}

// Report keeps what an integration booked. A reference that is none of the run's is
// a billing.ValidationError under its name.
func (e *Engine) Report(ctx context.Context, customerID int64, reports []sandbox.Report) error {
	run, err := e.store.LatestSandboxCertificate(ctx, customerID)
	if err != nil {
		return err
	}
	wrong := billing.ValidationError{}
	for _, r := range reports {
		if !sandbox.Names(run.Prefix, r.Reference) {
			wrong[r.Reference] = "is not a reference of the run"
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		var failed []error
		for _, r := range reports {
			failed = append(failed, tx.PutSandboxReport(ctx, store.SandboxReport{CertificateID: run.ID, Reference: r.Reference, Status: r.Status, Total: r.Total}))
		}
		return errors.Join(failed...)
	})
}
