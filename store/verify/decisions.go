package verify

// What two operators decided about a top-up, and evidence that came afterwards.

// decisionsHaveTheirEffect holds a decision against the top-up that it is about.
// Its entries are proven with the top-up's.
const decisionsHaveTheirEffect = firstWrong + `
	SELECT d.id, CASE
		WHEN t.id IS NULL THEN ARRAY['top-up', 'none', 'topups ' || d.topup_id]
		WHEN (d.verdict IN ('delivered', 'not_delivered', 'reverse', 'charge', 'stands')) IS NOT TRUE THEN ARRAY['verdict', d.verdict, 'a verdict']
		WHEN d.one_operator IS DISTINCT FROM COALESCE(d.decided_by = d.proposed_by, false)
		THEN ARRAY['decided by', COALESCE('operator ' || d.decided_by, 'nobody'),
		           CASE WHEN d.one_operator THEN 'who proposed' ELSE 'another than who proposed' END]
		WHEN p.id IS NULL OR num_nulls(d.decided_by, o.id) = 1
		THEN ARRAY['operators', concat_ws(' and ', d.proposed_by, d.decided_by), 'operators that exist']
		WHEN (d.reason IN ('STATEMENT', 'SUBSCRIBER', 'SUPPORT', 'INQUIRY', 'AGREEMENT', 'MISTAKE') AND d.note <> '') IS NOT TRUE
		THEN ARRAY['reason', concat_ws(' ', d.reason, d.note), 'a reason code and a note']
		WHEN num_nulls(d.proposed_at, d.provider_transaction_id, d.objection) > 0 THEN ARRAY['proposal', 'a part of it is missing', 'a whole one']
		WHEN (CASE
			WHEN d.state = 'waiting' THEN num_nonnulls(d.decided_by, d.decided_at) = 0
			WHEN d.state IN ('confirmed', 'rejected') THEN num_nulls(d.decided_by, d.decided_at) = 0
			WHEN d.state = 'overtaken' THEN d.decided_by IS NULL AND d.decided_at IS NOT NULL
		END) IS NOT TRUE
		THEN ARRAY['decision that is ' || d.state, concat_ws(' ', 'by', COALESCE(d.decided_by::text, 'nobody'), 'at', COALESCE(d.decided_at::text, 'no time')),
		           'what this state needs']
		WHEN (CASE d.state || ' ' || d.verdict
			WHEN 'waiting delivered'       THEN t.status = 'unknown'
			WHEN 'waiting not_delivered'   THEN t.status = 'unknown'
			WHEN 'waiting reverse'         THEN t.status = 'succeeded'
			WHEN 'waiting charge'          THEN t.status = 'failed'
			WHEN 'waiting stands'          THEN t.status IN ('succeeded', 'failed', 'reversed')
			WHEN 'confirmed delivered'     THEN t.status IN ('succeeded', 'reversed') AND t.completed_at = d.decided_at
			WHEN 'confirmed not_delivered' THEN t.status = 'failed' AND t.failure_code = 'not_delivered' AND t.completed_at = d.decided_at
			WHEN 'confirmed reverse'       THEN t.status = 'reversed'
			WHEN 'confirmed charge'        THEN t.status = 'failed'
			WHEN 'confirmed stands'        THEN t.status IN ('succeeded', 'failed', 'reversed')
			ELSE d.state = 'rejected' OR t.completed_at = d.decided_at
		END) IS NOT TRUE
		THEN ARRAY[d.verdict || ', ' || d.state, concat_ws(' ', 'topups', t.id, 'is', t.status, t.failure_code, 'since', t.completed_at),
		           'what follows from this decision']
		WHEN d.state = 'confirmed' AND d.verdict IN ('delivered', 'not_delivered', 'reverse') AND (d.verdict = 'reverse' OR t.status <> 'reversed')
		     AND NULLIF(d.provider_transaction_id, '') <> t.provider_transaction_id
		THEN ARRAY['provider_transaction_id', d.provider_transaction_id, t.provider_transaction_id || ' of topups ' || t.id]
		WHEN d.state = 'confirmed' AND d.verdict IN ('charge', 'stands') AND closed.topup_id IS NULL
		THEN ARRAY[d.verdict || ', ' || d.state, 'no evidence', 'a contradiction that it closed']
	END AS wrong
	FROM decisions d
	LEFT JOIN (SELECT DISTINCT closed_by, topup_id FROM contradictions) closed ON closed.closed_by = d.id AND closed.topup_id = d.topup_id
	LEFT JOIN topups t ON t.id = d.topup_id
	LEFT JOIN operators p ON p.id = d.proposed_by
	LEFT JOIN operators o ON o.id = d.decided_by` + inOrder

// topUpsAreContradictedOnce: an answer that came after a decision and speaks
// against it is kept as a contradiction, in its own transaction; nothing else is.
const topUpsAreContradictedOnce = firstWrong + `
	WITH kept AS (
		SELECT topup_id, string_agg(outcome || ' at ' || at, ', ' ORDER BY id) AS words
		FROM contradictions
		GROUP BY topup_id
	)
	SELECT t.id, CASE
		WHEN kept.words IS DISTINCT FROM due.words
		THEN ARRAY['evidence against a ' || t.status || ' top-up', COALESCE(kept.words, 'none'), COALESCE(due.words, 'none')]
	END AS wrong
	FROM topups t
	LEFT JOIN attempts a ON a.topup_id = t.id AND a.number = t.attempts
	LEFT JOIN kept ON kept.topup_id = t.id
	CROSS JOIN LATERAL (SELECT CASE
		WHEN t.status IN ('succeeded', 'reversed') AND a.outcome IN ('refused', 'not_sent') OR t.status = 'failed' AND a.outcome = 'delivered'
		THEN a.outcome || ' at ' || a.finished_at
	END AS words) due` + inOrder

const contradictionsAreWhole = firstWrong + `
	SELECT x.id, CASE
		WHEN t.id IS NULL THEN ARRAY['top-up', 'none', 'topups ' || x.topup_id]
		WHEN (x.status = t.status OR x.status = 'succeeded' AND t.status = 'reversed') IS NOT TRUE
		THEN ARRAY['status', x.status, t.status || ' of topups ' || t.id]
		WHEN x.closed_by IS NOT NULL AND (d.topup_id = x.topup_id AND d.state = 'confirmed' AND d.decided_at = x.closed_at) IS NOT TRUE
		THEN ARRAY['closed by', 'decisions ' || x.closed_by || ' at ' || COALESCE(x.closed_at::text, 'no time'), 'a confirmed decision about it, at its time']
	END AS wrong
	FROM contradictions x
	LEFT JOIN topups t ON t.id = x.topup_id
	LEFT JOIN decisions d ON d.id = x.closed_by` + inOrder

// inquiriesAreHeeded: what an inquiry proves is settled in its own transaction.
const inquiriesAreHeeded = firstWrong + `
	SELECT i.id, CASE
		WHEN t.id IS NULL THEN ARRAY['top-up', 'none', 'topups ' || i.topup_id]
		WHEN t.status = 'unknown' AND i.outcome <> 'unknown'
		THEN ARRAY['outcome', i.outcome, 'unknown, as topups ' || t.id || ' is']
	END AS wrong
	FROM inquiries i
	LEFT JOIN topups t ON t.id = i.topup_id` + inOrder
