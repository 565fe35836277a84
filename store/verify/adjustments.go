package verify

// Adjustments: posted is one entry, anything else is none; decided by another.

const adjustmentsHaveTheirEntry = firstWrong + `
	WITH posted AS (
		SELECT adjustment_id, string_agg(concat_ws(' ', kind, 'from', from_account, 'to', to_account, amount), ', ' ORDER BY id) AS entries
		FROM entries
		WHERE adjustment_id IS NOT NULL
		GROUP BY adjustment_id
	)
	SELECT a.id, CASE
		WHEN posted.entries IS DISTINCT FROM due.entries
		THEN ARRAY['entries of a ' || a.state || ' adjustment', COALESCE(posted.entries, 'none'), COALESCE(due.entries, 'none')]
	END AS wrong
	FROM adjustments a
	LEFT JOIN posted ON posted.adjustment_id = a.id
	LEFT JOIN adjustments original ON original.id = a.reverses
	CROSS JOIN LATERAL (SELECT CASE
		WHEN a.state = 'posted' AND a.amount < 0 AND original.reason = 'DEPOSIT'
		THEN 'adjustment from available to deposits ' || abs(a.amount)
		WHEN a.state = 'posted' AND a.amount < 0 THEN 'adjustment from available to adjustments ' || abs(a.amount)
		WHEN a.state = 'posted' AND a.reason = 'DEPOSIT' THEN 'deposit from deposits to available ' || a.amount
		WHEN a.state = 'posted' THEN 'adjustment from adjustments to available ' || a.amount
	END AS entries) due` + inOrder

// adjustmentsAreDecided: a request that had to wait has an end to its waiting,
// which its decision came before and its expiry after.
const adjustmentsAreDecided = firstWrong + `
	SELECT a.id, CASE
		WHEN c.id IS NULL THEN ARRAY['customer', 'none', 'customers ' || a.customer_id]
		WHEN (a.amount <> 0 AND a.amount <> 'NaN' AND (a.reason <> 'DEPOSIT' OR a.amount > 0)) IS NOT TRUE
		THEN ARRAY['amount of a ' || a.reason, a.amount::text, 'an amount that fits']
		WHEN (a.reason IN ('DEPOSIT', 'COURTESY', 'CORRECTION', 'REFUND', 'FEE', 'OPENING')) IS NOT TRUE
		THEN ARRAY['reason', a.reason, 'a reason code']
		WHEN (a.note <> '') IS NOT TRUE THEN ARRAY['note', a.note, 'a note']
		WHEN a.decided_by = a.requested_by
		THEN ARRAY['decided by', 'operator ' || a.decided_by, 'another than who asked']
		WHEN num_nulls(a.requested_by, r.id) = 1 OR num_nulls(a.decided_by, d.id) = 1
		THEN ARRAY['operators', concat_ws(' and ', a.requested_by, a.decided_by), 'operators that exist']
		WHEN (CASE a.state
			WHEN 'waiting' THEN a.expires_at > a.requested_at AND num_nonnulls(a.decided_by, a.decided_at) = 0
			WHEN 'posted' THEN num_nonnulls(a.expires_at, a.decided_by, a.decided_at) = 0
			                OR a.decided_by IS NOT NULL AND a.decided_at < a.expires_at
			WHEN 'rejected' THEN a.decided_by IS NOT NULL AND a.decided_at < a.expires_at
			WHEN 'expired' THEN a.decided_by IS NULL AND a.decided_at >= a.expires_at
		END) IS NOT TRUE
		THEN ARRAY['decision on a ' || a.state || ' adjustment',
		           concat_ws(' ', 'by', COALESCE(a.decided_by::text, 'nobody'), 'at', COALESCE(a.decided_at::text, 'no time'),
		                     'expiring', COALESCE(a.expires_at::text, 'never')), 'what this state needs']
		WHEN (a.one_operator AND NOT (a.state = 'posted' AND a.decided_by IS NULL AND abs(a.amount) > 1000)) IS NOT FALSE
		THEN ARRAY['one_operator', COALESCE(a.one_operator::text, 'NULL'), 'false: it did not need two']
	END AS wrong
	FROM adjustments a
	LEFT JOIN customers c ON c.id = a.customer_id
	LEFT JOIN operators r ON r.id = a.requested_by
	LEFT JOIN operators d ON d.id = a.decided_by` + inOrder

// adjustmentsAreUndoneOnce: a reversal is the whole of a posted adjustment, the
// other way round, for the same customer; and there is one at most.
const adjustmentsAreUndoneOnce = firstWrong + `
	SELECT a.id, CASE
		WHEN original.id IS NULL OR a.reverses = a.id THEN ARRAY['reverses', 'adjustments ' || a.reverses, 'another that exists']
		WHEN (original.state = 'posted' AND original.reverses IS NULL AND original.customer_id = a.customer_id
		      AND original.amount = -a.amount AND a.reason = 'CORRECTION') IS NOT TRUE
		THEN ARRAY['reversal', concat_ws(' ', a.reason, a.amount, 'of customer', a.customer_id),
		           concat_ws(' ', 'the opposite of', original.amount, 'of customer', original.customer_id, original.state)]
		WHEN a.state IN ('waiting', 'posted') AND EXISTS (
			SELECT FROM adjustments other
			WHERE other.reverses = a.reverses AND other.id <> a.id AND other.state IN ('waiting', 'posted'))
		THEN ARRAY['reverses', 'adjustments ' || a.reverses || ' once more', 'once']
	END AS wrong
	FROM adjustments a
	LEFT JOIN adjustments original ON original.id = a.reverses
	WHERE a.reverses IS NOT NULL` + inOrder
