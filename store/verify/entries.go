package verify

// Entries: each alone, each with its cause, and those of each top-up together.

// entriesHaveTheirShape knows every kind of entry and what it may look like.
const entriesHaveTheirShape = firstWrong + `
	WITH shape (kind, currency, from_account, to_account, cause) AS (VALUES
		('hold',       'USD', 'available',   'held',        'topup'),
		('capture',    'USD', 'held',        'revenue',     'topup'),
		('release',    'USD', 'held',        'available',   'topup'),
		('cost',       'MXN', 'float',       'cost',        'topup'),
		('reversal',   'USD', 'revenue',     'available',   'topup'),
		('loss',       'MXN', 'float',       'losses',      'topup'),
		('charge',     'USD', 'available',   'revenue',     'topup'),
		('deposit',    'USD', 'deposits',    'available',   'adjustment'),
		('adjustment', 'USD', 'adjustments', 'available',   'adjustment'),
		('adjustment', 'USD', 'available',   'adjustments', 'adjustment'),
		('adjustment', 'USD', 'available',   'deposits',    'adjustment'),
		('float_deposit',    'MXN', 'deposits', 'float',    'float deposit'),
		('float_correction', 'MXN', 'float',    'deposits', 'float deposit')
	)
	SELECT e.id, CASE
		WHEN (e.amount > 0 AND e.amount <> 'NaN') IS NOT TRUE
		THEN ARRAY['amount', e.amount::text, 'more than 0']
		WHEN shape.kind IS NULL
		THEN ARRAY['shape', concat_ws(' ', e.kind, e.currency, 'from', e.from_account, 'to', e.to_account), 'a kind of entry']
		WHEN num_nonnulls(e.topup_id, e.adjustment_id, e.float_deposit_id) <> 1 OR (shape.cause = 'topup') <> (e.topup_id IS NOT NULL)
		     OR (shape.cause = 'float deposit') <> (e.float_deposit_id IS NOT NULL)
		THEN ARRAY['cause', concat_ws(' ', 'topup', COALESCE(e.topup_id::text, 'none'), 'adjustment', COALESCE(e.adjustment_id::text, 'none'),
		                              'float deposit', COALESCE(e.float_deposit_id::text, 'none')),
		           'one ' || shape.cause]
		WHEN (e.currency = 'USD') <> (e.customer_id IS NOT NULL)
		THEN ARRAY['customer', e.customer_id::text, CASE e.currency WHEN 'USD' THEN 'one' ELSE 'none' END]
		WHEN num_nonnulls(e.customer_id, e.balance_after, e.held_after) NOT IN (0, 3)
		THEN ARRAY['balance after it', concat_ws(' and ', e.balance_after, e.held_after), 'as there is a customer, or none']
		WHEN num_nonnulls(e.customer_id, e.number, e.previous_hash, e.hash) NOT IN (0, 4)
		THEN ARRAY['place in the chain', concat_ws(' and ', e.number, e.previous_hash, e.hash), 'as there is a customer, or none']
	END AS wrong
	FROM entries e
	LEFT JOIN shape USING (kind, currency, from_account, to_account)` + inOrder

// entriesFollowFromTheirCause compares an entry with the top-up or adjustment
// that it names, and with the decision or late evidence behind it. Entry and
// cause are written in one transaction, and now() is the same throughout a
// transaction: their moments are equal, not only near.
const entriesFollowFromTheirCause = firstWrong + `
	SELECT e.id, CASE
		WHEN t.id IS NULL AND a.id IS NULL AND f.id IS NULL
		THEN ARRAY['cause', 'none', COALESCE('topups ' || e.topup_id, 'adjustments ' || e.adjustment_id, 'float_deposits ' || e.float_deposit_id, 'one')]
		WHEN (e.amount = due.amount) IS NOT TRUE
		THEN ARRAY['amount', e.amount::text, due.amount || ' by its cause']
		WHEN e.currency = 'USD' AND (e.customer_id = due.customer_id) IS NOT TRUE
		THEN ARRAY['customer', e.customer_id::text, due.customer_id || ' by its cause']
		WHEN (e.created_at = due.at) IS NOT TRUE
		THEN ARRAY['time', e.created_at::text, COALESCE(due.at || ' by its cause', 'no such entry')]
	END AS wrong
	FROM entries e
	LEFT JOIN topups t ON t.id = e.topup_id
	LEFT JOIN adjustments a ON a.id = e.adjustment_id
	LEFT JOIN float_deposits f ON f.id = e.float_deposit_id
	LEFT JOIN decisions d ON d.topup_id = e.topup_id AND d.state = 'confirmed'
	                     AND (e.kind, d.verdict) IN (('reversal', 'reverse'), ('charge', 'charge'))
	LEFT JOIN contradictions x ON x.topup_id = e.topup_id AND e.kind = 'loss' AND x.outcome = 'delivered'
	CROSS JOIN LATERAL (SELECT
		CASE WHEN e.kind IN ('cost', 'loss') THEN t.cost ELSE COALESCE(t.price, abs(a.amount), abs(f.amount)) END AS amount,
		COALESCE(t.customer_id, a.customer_id) AS customer_id,
		CASE
			WHEN e.kind = 'hold' THEN t.created_at
			WHEN e.kind IN ('capture', 'release', 'cost') THEN t.completed_at
			WHEN e.kind IN ('reversal', 'charge') THEN d.decided_at
			WHEN e.kind = 'loss' THEN x.at
			ELSE COALESCE(a.decided_at, a.requested_at, f.recorded_at)
		END AS at
	) due` + inOrder

// topUpsHaveTheirEntries knows which entries a top-up in each state has, in
// which order, and that none of them is there twice.
const topUpsHaveTheirEntries = firstWrong + `
	WITH posted AS (
		SELECT topup_id, string_agg(kind, ', ' ORDER BY id) AS kinds
		FROM entries
		WHERE topup_id IS NOT NULL
		GROUP BY topup_id
	), charged AS (
		SELECT DISTINCT topup_id FROM decisions WHERE verdict = 'charge' AND state = 'confirmed'
	), lost AS (
		SELECT DISTINCT topup_id FROM contradictions WHERE status = 'failed' AND outcome = 'delivered'
	)
	SELECT t.id, CASE
		WHEN posted.kinds IS DISTINCT FROM due.kinds
		THEN ARRAY['entries of a ' || t.status || ' top-up', COALESCE(posted.kinds, 'none'), COALESCE(due.kinds, 'a rule for this state')]
	END AS wrong
	FROM topups t
	LEFT JOIN posted ON posted.topup_id = t.id
	LEFT JOIN charged ON charged.topup_id = t.id
	LEFT JOIN lost ON lost.topup_id = t.id
	CROSS JOIN LATERAL (SELECT CASE
		WHEN t.status IN ('queued', 'sending', 'unknown') THEN 'hold'
		WHEN t.status IN ('succeeded', 'reversed')
		THEN concat_ws(', ', 'hold', 'capture', CASE WHEN t.cost > 0 THEN 'cost' END, CASE t.status WHEN 'reversed' THEN 'reversal' END)
		WHEN t.status = 'failed'
		THEN concat_ws(', ', 'hold', 'release', CASE WHEN t.cost > 0 AND lost.topup_id IS NOT NULL THEN 'loss' END,
		               CASE WHEN charged.topup_id IS NOT NULL THEN 'charge' END)
	END AS kinds) due` + inOrder
