package store

// Runs of the go-live certificate, in the sandbox's own database.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// SandboxCertificate is a run.
type SandboxCertificate struct {
	ID         uuid.UUID  `db:"id"`
	CustomerID int64      `db:"customer_id"`
	Prefix     string     `db:"prefix"` // of the references that belong to it
	StartedAt  time.Time  `db:"started_at"`
	StartedBy  string     `db:"started_by"`
	PassedAt   *time.Time `db:"passed_at"` // nil: not yet
}

const selectCertificates = `SELECT id, customer_id, prefix, started_at, started_by, passed_at FROM sandbox_certificates`

// InsertSandboxCertificate begins a run. Begun twice with one id it is begun once.
func (s *Store) InsertSandboxCertificate(ctx context.Context, c SandboxCertificate) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO sandbox_certificates (id, customer_id, prefix, started_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO NOTHING`, c.ID, c.CustomerID, c.Prefix, c.StartedBy)
	if err != nil {
		return fmt.Errorf("begin a run of the certificate: %w", err)
	}
	return nil
}

// LatestSandboxCertificate is a customer's newest run; none is billing.ErrNotFound.
func (r reader) LatestSandboxCertificate(ctx context.Context, customerID int64) (SandboxCertificate, error) {
	return get[SandboxCertificate](ctx, r.q, "the run of the certificate", selectCertificates+`
		WHERE customer_id = $1
		ORDER BY started_at DESC, id
		LIMIT 1`, customerID)
}

// PassedSandboxCertificate is the newest run that a customer passed; none is
// billing.ErrNotFound.
func (r reader) PassedSandboxCertificate(ctx context.Context, customerID int64) (SandboxCertificate, error) {
	return get[SandboxCertificate](ctx, r.q, "the passed certificate", selectCertificates+`
		WHERE customer_id = $1 AND passed_at IS NOT NULL
		ORDER BY passed_at DESC, id
		LIMIT 1`, customerID)
}

// PassSandboxCertificate says that a run is passed, from the first time on.
func (s *Store) PassSandboxCertificate(ctx context.Context, id uuid.UUID) error {
	_, err := s.db.ExecContext(ctx, `UPDATE sandbox_certificates SET passed_at = now() WHERE id = $1 AND passed_at IS NULL`, id)
	if err != nil {
		return fmt.Errorf("pass the certificate: %w", err)
	}
	return nil
}

// SandboxReport is what an integration booked for a reference, in its own words and
// USD.
type SandboxReport struct {
	CertificateID uuid.UUID   `db:"certificate_id"`
	Reference     string      `db:"reference"`
	Status        string      `db:"status"`
	Total         billing.USD `db:"total"`
}

// PutSandboxReport keeps it in the place of the one before.
func (tx *Tx) PutSandboxReport(ctx context.Context, r SandboxReport) error {
	return tx.exec(ctx, "keep a report to the certificate", `
		INSERT INTO sandbox_reports AS r (certificate_id, reference, status, total) VALUES ($1, $2, $3, $4)
		ON CONFLICT (certificate_id, reference) DO UPDATE
		SET status = EXCLUDED.status, total = EXCLUDED.total, reported_at = now()`, r.CertificateID, r.Reference, r.Status, r.Total)
}

// SandboxReports lists what was reported to a run.
func (r reader) SandboxReports(ctx context.Context, certificateID uuid.UUID) ([]SandboxReport, error) {
	return list[SandboxReport](ctx, r.q, "reports to the certificate", `
		SELECT certificate_id, reference, status, total FROM sandbox_reports WHERE certificate_id = $1 ORDER BY reference`, certificateID)
}

// SandboxOutcome is a top-up as the certificate looks at it.
type SandboxOutcome struct {
	Reference string         `db:"reference"`
	Phone     billing.Phone  `db:"phone"`
	Status    billing.Status `db:"status"`
	Price     billing.USD    `db:"price"`
}

// SandboxOutcomes lists a customer's top-ups since a moment, the oldest first; 5,000
// at most.
func (r reader) SandboxOutcomes(ctx context.Context, customerID int64, since time.Time) ([]SandboxOutcome, error) {
	return list[SandboxOutcome](ctx, r.q, "the top-ups of a run", `
		SELECT reference, phone, status, price
		FROM topups
		WHERE customer_id = $1 AND created_at >= $2
		ORDER BY created_at, id
		LIMIT 5000`, customerID, since)
}
