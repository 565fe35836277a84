package store

// Lists of verdicts: finding what their lines name, and keeping who proposed what
// from which file.

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// Named lists the top-ups that each line names, by the line's place among lines:
// none, one, or two when the name is not one top-up's.
func (r reader) Named(ctx context.Context, lines []billing.ListLine) (map[int][]billing.TopUp, error) {
	var places []int64
	var ids, customers, references, transIDs, providerIDs []string
	for i, line := range lines {
		id := ""
		if parsed, err := billing.ParseTopUpID(line.TopUp); err == nil {
			id = parsed.UUID.String()
		} else if line.TopUp != "" {
			continue // names nothing
		}
		places, ids, customers = append(places, int64(i)), append(ids, id), append(customers, clean(line.Customer))
		references, transIDs = append(references, clean(line.Reference)), append(transIDs, clean(line.DistTransID))
		providerIDs = append(providerIDs, clean(line.ProviderID))
	}
	rows, err := list[struct {
		billing.TopUp
		Place int `db:"place"`
	}](ctx, r.q, "named top-ups", `
		SELECT n.place, `+topUpColumns+`
		FROM unnest(CAST($1 AS bigint[]), CAST($2 AS text[]), CAST($3 AS text[]), CAST($4 AS text[]), CAST($5 AS text[]), CAST($6 AS text[]))
		     AS n (place, id, customer, reference, dist_transid, provider_id)
		CROSS JOIN LATERAL (
			(SELECT id FROM topups WHERE n.id <> '' AND id = CAST(NULLIF(n.id, '') AS uuid))
			UNION ALL
			(SELECT o.id FROM topups o JOIN customers oc ON oc.id = o.customer_id
			 WHERE n.id = '' AND n.customer <> '' AND n.reference <> '' AND oc.code = n.customer AND o.reference = n.reference)
			UNION ALL
			(SELECT id FROM topups
			 WHERE n.id = '' AND (n.customer = '' OR n.reference = '') AND n.dist_transid <> '' AND dist_transid = n.dist_transid)
			UNION ALL
			(SELECT id FROM topups
			 WHERE n.id = '' AND (n.customer = '' OR n.reference = '') AND n.dist_transid = ''
			   AND provider_transaction_id <> '' AND provider_transaction_id = n.provider_id
			 LIMIT 2)
		) named
		JOIN topups t ON t.id = named.id
		JOIN customers c ON c.id = t.customer_id
		LEFT JOIN api_keys k ON k.id = t.api_key_id
		ORDER BY n.place`,
		pq.Array(places), pq.Array(ids), pq.Array(customers), pq.Array(references), pq.Array(transIDs), pq.Array(providerIDs))
	if err != nil {
		return nil, err
	}
	found := map[int][]billing.TopUp{}
	for _, row := range rows {
		found[row.Place] = append(found[row.Place], row.TopUp)
	}
	return found, nil
}

// ProposedAbout lists which of these top-ups have a proposal that waits.
func (r reader) ProposedAbout(ctx context.Context, ids []billing.TopUpID) ([]billing.TopUpID, error) {
	return list[billing.TopUpID](ctx, r.q, "proposals that wait", `
		SELECT topup_id FROM decisions WHERE state = 'waiting' AND topup_id = ANY (CAST($1 AS uuid[]))`, uuids(ids))
}

func uuids(ids []billing.TopUpID) any {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.UUID.String()
	}
	return pq.Array(texts)
}

// InsertDecisionList keeps a list; an id in use is billing.ErrTaken.
func (tx *Tx) InsertDecisionList(ctx context.Context, l billing.DecisionList) error {
	l.Name = clean(l.Name)
	_, err := sqlx.NamedExecContext(ctx, tx.q, `
		INSERT INTO decision_lists (id, name, sha256, proposed_by) VALUES (:id, :name, :sha256, :proposed_by)`, l)
	if violates(err, "decision_lists_pkey") {
		return billing.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("insert a list of decisions: %w", err)
	}
	return nil
}

// InsertDecisionListLine says which line of a list a decision is.
func (tx *Tx) InsertDecisionListLine(ctx context.Context, listID uuid.UUID, line int, decision uuid.UUID) error {
	_, err := tx.tx.ExecContext(ctx, `
		INSERT INTO decision_list_lines (list_id, line, decision_id) VALUES ($1, $2, $3)`, listID, line, decision)
	if err != nil {
		return fmt.Errorf("insert line %d of a list of decisions: %w", line, err)
	}
	return nil
}

// DecisionList reads one list.
func (r reader) DecisionList(ctx context.Context, id uuid.UUID) (billing.DecisionList, error) {
	return get[billing.DecisionList](ctx, r.q, "list of decisions", `
		SELECT l.id, l.name, l.sha256, l.proposed_by, l.proposed_at, o.name AS proposer
		FROM decision_lists l
		JOIN operators o ON o.id = l.proposed_by
		WHERE l.id = $1`, id)
}

// ListedDecision is one line of a kept list: the decision, and its top-up as it is.
type ListedDecision struct {
	Line     int
	Decision billing.Decision
	TopUp    billing.TopUp
}

// ListedDecisions lists the lines of a list in the file's order.
func (r reader) ListedDecisions(ctx context.Context, id uuid.UUID) ([]ListedDecision, error) {
	decisions, err := list[struct {
		billing.Decision
		Line int `db:"line"`
	}](ctx, r.q, "decisions of a list", `
		SELECT x.line, d.*
		FROM decision_list_lines x
		JOIN (`+selectDecisions+`) d ON d.id = x.decision_id
		WHERE x.list_id = $1
		ORDER BY x.line`, id)
	if err != nil {
		return nil, err
	}
	topUps, err := list[billing.TopUp](ctx, r.q, "top-ups of a list", `
		SELECT `+topUpColumns+topUpTables+`
		JOIN decisions d ON d.topup_id = t.id
		JOIN decision_list_lines x ON x.decision_id = d.id
		WHERE x.list_id = $1
		ORDER BY x.line`, id)
	if err != nil {
		return nil, err
	}
	lines := make([]ListedDecision, len(decisions))
	for i, d := range decisions {
		lines[i] = ListedDecision{Line: d.Line, Decision: d.Decision, TopUp: topUps[i]}
	}
	return lines, nil
}

// WaitingList is a list of which some lines wait for a second operator.
type WaitingList struct {
	billing.DecisionList
	Waiting int         `db:"waiting"` // lines
	Money   billing.USD `db:"money"`   // held for their top-ups
}

// WaitingLists lists them, the oldest first.
func (r reader) WaitingLists(ctx context.Context) ([]WaitingList, error) {
	return list[WaitingList](ctx, r.q, "lists that wait", `
		SELECT l.id, l.name, l.sha256, l.proposed_by, l.proposed_at, o.name AS proposer, count(*) AS waiting, sum(t.price) AS money
		FROM decisions d
		JOIN decision_list_lines x ON x.decision_id = d.id
		JOIN decision_lists l ON l.id = x.list_id
		JOIN operators o ON o.id = l.proposed_by
		JOIN topups t ON t.id = d.topup_id
		WHERE d.state = 'waiting'
		GROUP BY l.id, o.name
		ORDER BY l.proposed_at, l.id`)
}
