package store

// What came of proving the books.

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// provingLock is the advisory lock under which the books are proven: once at a
// time, over all instances.
const provingLock = 7_205_413

// ProveAlone calls prove unless the books are being proven already, here or by
// another instance; then it returns false at once. The lock ends with its
// connection, whatever becomes of this process.
func (s *Store) ProveAlone(ctx context.Context, prove func() error) (alone bool, err error) {
	tx, err := s.db.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return false, fmt.Errorf("begin to prove: %w", err)
	}
	defer tx.Rollback() // it only holds the lock
	// It stands still as long as the proof takes, which may be longer than others may.
	if _, err := tx.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return false, fmt.Errorf("prepare to prove: %w", err)
	}
	alone, err = get[bool](ctx, tx, "the lock on proving", `SELECT pg_try_advisory_xact_lock($1)`, provingLock)
	if err != nil || !alone {
		return false, err
	}
	return true, prove()
}

// ProofUnderWay says since when the books are being proven, by whichever
// instance; nil when they are not.
func (r reader) ProofUnderWay(ctx context.Context) (*time.Time, error) {
	return get[*time.Time](ctx, r.q, "whether the books are being proven", `
		SELECT max(a.xact_start)
		FROM pg_locks l
		JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = $1 AND l.granted
		  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`, provingLock)
}

// ProofDue says whether the hourly check is due: the last proof is an hour old,
// or the last attempt at one failed ten minutes ago.
func (r reader) ProofDue(ctx context.Context) (bool, error) {
	return get[bool](ctx, r.q, "whether a proof is due", `
		SELECT NOT EXISTS (
			SELECT FROM (SELECT checked_at, problem FROM proofs ORDER BY id DESC LIMIT 5) lately
			WHERE checked_at > now() - CASE problem WHEN '' THEN interval '1 hour' ELSE interval '10 minutes' END)`)
}

// ProofState is what the latest proofs say.
type ProofState struct {
	Wrong      int64   `db:"wrong"`       // rows whose money is wrong, by the last one that looked
	AgeSeconds float64 `db:"age_seconds"` // of the same; 0: there is none
	Failed     bool    `db:"failed"`      // the last attempt at one
}

// ProofState reads it, for who alerts people.
func (r reader) ProofState(ctx context.Context) (ProofState, error) {
	return get[ProofState](ctx, r.q, "what the last proofs say", `
		SELECT COALESCE(looked.wrong - looked.waiting, 0) AS wrong, COALESCE(EXTRACT(EPOCH FROM now() - looked.checked_at), 0) AS age_seconds,
		       COALESCE(tried.problem <> '', false) AS failed
		FROM (SELECT) always
		LEFT JOIN (SELECT problem FROM proofs ORDER BY id DESC LIMIT 1) tried ON true
		LEFT JOIN (SELECT wrong, waiting, checked_at FROM proofs WHERE problem = '' ORDER BY id DESC LIMIT 1) looked ON true`)
}

// proofRow is a proof with its report as it is kept.
type proofRow struct {
	billing.Proof
	Kept string `db:"report"`
}

func (row proofRow) read() (billing.Proof, error) {
	p := row.Proof
	if err := json.Unmarshal([]byte(row.Kept), &p.Report); err != nil {
		return p, fmt.Errorf("read the report of proof %d: %w", p.ID, err)
	}
	return p, nil
}

// InsertProof keeps a proof. A CheckedAt of zero, when nothing could be looked
// at, becomes now.
func (s *Store) InsertProof(ctx context.Context, p billing.Proof) error {
	report, err := json.Marshal(p.Report)
	if err != nil {
		return fmt.Errorf("write the report of a proof: %w", err)
	}
	var at *time.Time
	if !p.CheckedAt.IsZero() {
		at = &p.CheckedAt
	}
	_, err = s.db.ExecContext(ctx, `
		INSERT INTO proofs (checked_at, took_ms, asked_by, problem, wrong, waiting, report)
		VALUES (COALESCE($1, now()), $2, $3, $4, $5, $6, CAST($7 AS jsonb))`,
		at, p.TookMillis, p.AskedBy, clean(p.Problem), p.Wrong, p.Waiting, clean(string(report)))
	if err != nil {
		return fmt.Errorf("keep a proof: %w", err)
	}
	return nil
}

const selectProofs = `
	SELECT p.id, p.checked_at, p.took_ms, p.asked_by, COALESCE(o.name, '') AS asker, p.problem, p.wrong, p.waiting, CAST(p.report AS text) AS report
	FROM proofs p
	LEFT JOIN operators o ON o.id = p.asked_by`

// LastProof is the latest proof that looked at the books; billing.ErrNotFound
// when there is none yet.
func (r reader) LastProof(ctx context.Context) (billing.Proof, error) {
	row, err := get[proofRow](ctx, r.q, "the last proof", selectProofs+` WHERE p.problem = '' ORDER BY p.id DESC LIMIT 1`)
	if err != nil {
		return billing.Proof{}, err
	}
	return row.read()
}

// Proofs lists the latest proofs, newest first, limit at most. Their reports
// are left out.
func (r reader) Proofs(ctx context.Context, limit int) ([]billing.Proof, error) {
	return list[billing.Proof](ctx, r.q, "proofs", `
		SELECT p.id, p.checked_at, p.took_ms, p.asked_by, COALESCE(o.name, '') AS asker, p.problem, p.wrong, p.waiting
		FROM proofs p
		LEFT JOIN operators o ON o.id = p.asked_by
		ORDER BY p.id DESC
		LIMIT $1`, limit)
}

// Place is where a row that a difference names belongs.
type Place struct {
	Customer string           `db:"customer"` // code; empty: none
	TopUp    *billing.TopUpID `db:"topup"`    // nil: none
	Number   int64            `db:"number"`   // of an entry, in its account; 0: none
}

// Places finds out for each difference, in their order, whose row it names. What
// is not there any more belongs nowhere.
func (r reader) Places(ctx context.Context, differences []billing.Difference) ([]Place, error) {
	tables, rows := []string{}, []string{}
	for _, d := range differences {
		tables, rows = append(tables, d.Table), append(rows, d.Row)
	}
	return list[Place](ctx, r.q, "where wrong rows belong", `
		SELECT COALESCE(c.code, '') AS customer, t.id AS topup, COALESCE(e.number, 0) AS number
		FROM unnest(CAST($1 AS text[]), CAST($2 AS text[])) WITH ORDINALITY AS wrong (name, id, place)
		CROSS JOIN LATERAL (SELECT
			CASE WHEN split_part(wrong.id, ' ', 1) ~ '^[0-9]{1,18}$' THEN CAST(split_part(wrong.id, ' ', 1) AS bigint) END AS number,
			CASE WHEN wrong.id ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN CAST(wrong.id AS uuid) END AS uuid
		) key
		LEFT JOIN entries e ON wrong.name = 'entries' AND e.id = key.number
		LEFT JOIN attempts a ON wrong.name = 'attempts' AND a.id = key.number
		LEFT JOIN contradictions x ON wrong.name = 'contradictions' AND x.id = key.number
		LEFT JOIN inquiries i ON wrong.name = 'inquiries' AND i.id = key.number
		LEFT JOIN decisions d ON wrong.name = 'decisions' AND d.id = key.uuid
		LEFT JOIN topups t ON t.id = COALESCE(CASE wrong.name WHEN 'topups' THEN key.uuid END, e.topup_id, a.topup_id, x.topup_id, i.topup_id, d.topup_id)
		LEFT JOIN customers c ON c.id = COALESCE(CASE WHEN wrong.name IN ('balances', 'customers', 'checkpoints') THEN key.number END, e.customer_id, t.customer_id)
		ORDER BY wrong.place`, pq.Array(tables), pq.Array(rows))
}
