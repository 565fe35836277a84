package verify

// Attempts: each alone, those of each top-up together, and what they put on the wire.

const attemptsAreWhole = firstWrong + `
	SELECT a.id, CASE
		WHEN t.id IS NULL THEN ARRAY['top-up', 'none', 'topups ' || a.topup_id]
		WHEN (a.number BETWEEN 1 AND t.attempts) IS NOT TRUE
		THEN ARRAY['number', a.number::text, '1 to ' || t.attempts || ', the attempts of topups ' || t.id]
		WHEN (a.outcome IN ('', 'delivered', 'refused', 'not_sent', 'unknown')) IS NOT TRUE
		THEN ARRAY['outcome', a.outcome, 'an outcome']
		WHEN (a.outcome = '') <> (a.finished_at IS NULL)
		THEN ARRAY['finished_at', COALESCE(a.finished_at::text, 'none'), CASE a.outcome WHEN '' THEN 'none' ELSE 'when it was answered' END]
		WHEN (a.started_at IS NOT NULL AND a.instance_id <> '') IS NOT TRUE
		THEN ARRAY['beginning', COALESCE(a.started_at::text, 'none') || ' by ' || COALESCE(NULLIF(a.instance_id, ''), 'none'), 'when and by whom']
	END AS wrong
	FROM attempts a
	LEFT JOIN topups t ON t.id = a.topup_id` + inOrder

// topUpsFollowFromAttempts reads the outcomes of a top-up's attempts in a row:
// all but the last were certainly not sent, and the last one made the state, by
// its answer or, after an unknown, by a decision; the answer to that one may
// still come, and then changes nothing. A state that has no line here is a
// difference by itself. That an answer or a decision and its effect are one
// transaction shows in their moments.
const topUpsFollowFromAttempts = firstWrong + `
	WITH ending (status, failure_code, ended_by, outcomes, words) AS (VALUES
		('queued',    '',                     'nothing',  '^(not_sent,)*$',           'none but not_sent'),
		('sending',   '',                     'nothing',  '^(not_sent,)*open,$',      'one open after any not_sent'),
		('unknown',   '',                     'nothing',  '^(not_sent,)*unknown,$',   'one unknown after any not_sent'),
		('succeeded', '',                     'answer',   '^(not_sent,)*delivered,$', 'one delivered after any not_sent'),
		('succeeded', '',                     'decision', '^(not_sent,)*[a-z_]+,$',   'one answered after any not_sent'),
		('reversed',  '',                     'answer',   '^(not_sent,)*delivered,$', 'one delivered after any not_sent'),
		('reversed',  '',                     'decision', '^(not_sent,)*[a-z_]+,$',   'one answered after any not_sent'),
		('failed',    'refused',              'answer',   '^(not_sent,)*refused,$',   'one refused after any not_sent'),
		('failed',    'provider_unreachable', 'answer',   '^(not_sent,)+$',           'not_sent, at least once'),
		('failed',    'not_delivered',        'answer',   '^(not_sent,)+$',           'not_sent, at least once'),
		('failed',    'not_delivered',        'decision', '^(not_sent,)*[a-z_]+,$',   'one answered after any not_sent'),
		('failed',    'expired',              'nothing',  '^$',                       'none'),
		('failed',    'cancelled',            'nothing',  '^(not_sent,)*$',           'none but not_sent')
	), story AS (
		SELECT topup_id, count(*) AS attempts,
		       string_agg(CASE outcome WHEN '' THEN 'open' ELSE outcome END || ',', '' ORDER BY number) AS outcomes,
		       min(started_at) FILTER (WHERE number = 1) AS first_started_at,
		       (array_agg(finished_at ORDER BY number DESC))[1] AS last_finished_at
		FROM attempts
		GROUP BY topup_id
	), decision AS (
		SELECT topup_id, max(decided_at) AS at
		FROM decisions
		WHERE state = 'confirmed' AND verdict IN ('delivered', 'not_delivered')
		GROUP BY topup_id
	)
	SELECT t.id, CASE
		WHEN (t.attempts = COALESCE(story.attempts, 0)) IS NOT TRUE
		THEN ARRAY['attempts', t.attempts::text, COALESCE(story.attempts, 0) || ' by the attempts there are']
		WHEN ending.outcomes IS NULL
		THEN ARRAY['state', concat_ws(' ', t.status, t.failure_code, CASE WHEN decision.topup_id IS NOT NULL THEN 'by decision' END),
		           'a state that attempts and decisions lead to']
		WHEN (COALESCE(story.outcomes, '') ~ ending.outcomes) IS NOT TRUE
		THEN ARRAY['attempts of a ' || concat_ws(' ', t.status, NULLIF(t.failure_code, '')) || ' top-up',
		           COALESCE(rtrim(story.outcomes, ','), 'none'), ending.words]
		WHEN t.first_sent_at IS DISTINCT FROM story.first_started_at
		THEN ARRAY['first_sent_at', t.first_sent_at::text, story.first_started_at || ' by the first attempt']
		WHEN ending.ended_by = 'answer' AND t.completed_at IS DISTINCT FROM story.last_finished_at
		THEN ARRAY['completed_at', t.completed_at::text, story.last_finished_at || ' by the last attempt']
		WHEN ending.ended_by = 'decision' AND t.completed_at IS DISTINCT FROM decision.at
		THEN ARRAY['completed_at', t.completed_at::text, decision.at || ' by the decision']
	END AS wrong
	FROM topups t
	LEFT JOIN story ON story.topup_id = t.id
	LEFT JOIN decision ON decision.topup_id = t.id
	LEFT JOIN ending ON ending.status = t.status AND ending.failure_code = t.failure_code
	                AND (ending.ended_by = 'decision') = (decision.topup_id IS NOT NULL)` + inOrder

// topUpsAreWhatWasSent holds what was ordered against the request as it was kept
// with the attempt, and the ids against the answer. An attempt that kept neither
// proves nothing; an answer of 4,000 characters or more may have been cut, and
// one that came after a decision is not where the ids are from.
const topUpsAreWhatWasSent = firstWrong + `
	SELECT t.id, CASE
		WHEN wire.phone NOT IN ('', substr(t.phone, 4))
		THEN ARRAY['phone', t.phone, wire.phone || wire.by]
		WHEN wire.dist_transid NOT IN ('', t.dist_transid)
		THEN ARRAY['dist_transid', t.dist_transid, wire.dist_transid || wire.by]
		WHEN wire.product NOT IN ('', t.product)
		THEN ARRAY['product', t.product, wire.product || wire.by]
		WHEN wire.amount NOT IN ('', trim_scale(t.sent)::text)
		THEN ARRAY['sent', t.sent::text, wire.amount || wire.by]
		WHEN answer.gave_ids AND wire.provider_id <> t.provider_transaction_id AND wire.provider_id ~ '^[A-Za-z0-9_-]{1,128}$'
		THEN ARRAY['provider_transaction_id', t.provider_transaction_id, wire.provider_id || wire.by]
		WHEN answer.gave_ids AND wire.carrier_id <> t.carrier_transaction_id AND wire.carrier_id ~ '^[A-Za-z0-9_-]{1,128}$'
		THEN ARRAY['carrier_transaction_id', t.carrier_transaction_id, wire.carrier_id || wire.by]
	END AS wrong
	FROM attempts a
	JOIN topups t ON t.id = a.topup_id
	CROSS JOIN LATERAL (SELECT
		split_part(split_part(a.request, '"targetMSISDN":"', 2), '"', 1) AS phone,
		split_part(split_part(a.request, '"dist_transid":"', 2), '"', 1) AS dist_transid,
		split_part(split_part(a.request, '"productId":"', 2), '"', 1) AS product,
		split_part(split_part(a.request, '"amount":', 2), ',', 1) AS amount,
		split_part(split_part(a.response, '"transId":"', 2), '"', 1) AS provider_id,
		split_part(split_part(a.response, '"venTransid":"', 2), '"', 1) AS carrier_id,
		' in the words of attempts ' || a.id AS by
	) wire
	CROSS JOIN LATERAL (SELECT
		a.outcome = 'delivered' AND t.status = 'succeeded' AND a.finished_at = t.completed_at AND length(a.response) < 4000 AS gave_ids
	) answer
	WHERE a.request <> '' OR a.response <> ''` + inOrder
