package verify

// Changes of terms: credit limits, discounts, exchange rates, each from one value
// to the next.

// changesAreWhole checks each request alone.
const changesAreWhole = firstWrong + `
	SELECT r.id, CASE
		WHEN (r.kind IN ('credit_limit', 'discount', 'exchange_rate')) IS NOT TRUE THEN ARRAY['kind', r.kind, 'a kind of change']
		WHEN (r.kind = 'exchange_rate') <> (r.customer_id IS NULL) OR r.customer_id IS NOT NULL AND c.id IS NULL
		THEN ARRAY['customer', COALESCE(r.customer_id::text, 'none'), CASE r.kind WHEN 'exchange_rate' THEN 'none' ELSE 'one that exists' END]
		WHEN (r.before >= 0 AND r.after >= 0 AND 'NaN' NOT IN (r.before, r.after) AND CASE r.kind
			WHEN 'discount' THEN r.before < 1 AND r.after < 1 AND r.before <> r.after
			WHEN 'credit_limit' THEN r.before <> r.after
			ELSE r.before > 0 AND r.after > 0
		END) IS NOT TRUE
		THEN ARRAY['change of ' || r.kind, concat_ws(' to ', r.before, r.after), 'from one value to another']
		WHEN (r.note <> '') IS NOT TRUE THEN ARRAY['note', r.note, 'a note']
		WHEN r.begins_at IS NOT NULL AND r.kind <> 'exchange_rate' THEN ARRAY['begins_at', r.begins_at::text, 'none']
		WHEN r.decided_by = r.requested_by
		THEN ARRAY['decided by', 'operator ' || r.decided_by, 'another than who asked']
		WHEN num_nulls(r.requested_by, o.id) = 1 OR num_nulls(r.decided_by, d.id) = 1
		THEN ARRAY['operators', concat_ws(' and ', r.requested_by, r.decided_by), 'operators that exist']
		WHEN (CASE r.state
			WHEN 'waiting' THEN r.expires_at > r.requested_at AND num_nonnulls(r.decided_by, r.decided_at) = 0
			WHEN 'done' THEN num_nonnulls(r.expires_at, r.decided_by, r.decided_at) = 0
			              OR r.decided_by IS NOT NULL AND r.decided_at >= r.requested_at AND r.decided_at < r.expires_at
			WHEN 'rejected' THEN r.decided_by IS NOT NULL AND r.decided_at >= r.requested_at AND r.decided_at < r.expires_at
			WHEN 'expired' THEN r.decided_by IS NULL AND r.decided_at >= r.expires_at
		END) IS NOT TRUE
		THEN ARRAY['decision on a change that is ' || r.state,
		           concat_ws(' ', 'by', COALESCE(r.decided_by::text, 'nobody'), 'at', COALESCE(r.decided_at::text, 'no time'),
		                     'expiring', COALESCE(r.expires_at::text, 'never')), 'what this state needs']
		WHEN (r.one_operator AND NOT (r.state = 'done' AND r.decided_by IS NULL AND CASE r.kind
			WHEN 'credit_limit' THEN r.after > r.before
			WHEN 'discount' THEN r.after > 0
			ELSE true END)) IS NOT FALSE
		THEN ARRAY['one_operator', COALESCE(r.one_operator::text, 'NULL'), 'false: it did not need two']
		WHEN (r.state = 'done') <> (r.number IS NOT NULL) THEN ARRAY['number', COALESCE(r.number::text, 'none'), 'one if it is done']
	END AS wrong
	FROM change_requests r
	LEFT JOIN customers c ON c.id = r.customer_id
	LEFT JOIN operators o ON o.id = r.requested_by
	LEFT JOIN operators d ON d.id = r.decided_by` + inOrder

// done are the changes in the order in which they were carried out, each with what
// was in force before it: nothing, or what the one before it made.
const done = `
	WITH done AS (
		SELECT r.id, r.kind, r.customer_id, r.before, r.after, r.number, r.requested_at, r.decided_at,
		       row_number() OVER chain AS place, COALESCE(lag(r.after) OVER chain, 0) AS due,
		       lead(r.id) OVER chain IS NULL AS last
		FROM change_requests r
		WHERE r.state = 'done'
		WINDOW chain AS (PARTITION BY r.kind, r.customer_id ORDER BY r.number, r.id)
	), period AS (
		SELECT mxn_per_usd, effective_from, COALESCE(lead(effective_from) OVER (ORDER BY effective_from, id), 'infinity') AS until
		FROM exchange_rates
	)`

// changesFollowFromEachOther: numbers without a gap, and for a customer's terms no
// value that came from nowhere. A rate's was in force when the new one was asked for.
const changesFollowFromEachOther = firstWrong + done + `
	SELECT done.id, CASE
		WHEN (done.number = done.place) IS NOT TRUE THEN ARRAY['number', done.number::text, done.place::text]
		WHEN done.kind <> 'exchange_rate' AND (done.before = done.due) IS NOT TRUE
		THEN ARRAY['before', done.before::text, done.due || ' by the change before it']
		WHEN done.kind = 'exchange_rate' AND NOT EXISTS (
			SELECT FROM period p
			WHERE p.mxn_per_usd = done.before AND p.effective_from <= done.requested_at + interval '10 seconds'
			  AND done.requested_at < p.until + interval '10 seconds')
		THEN ARRAY['before', done.before::text, 'the rate in force at ' || done.requested_at]
	END AS wrong
	FROM done` + inOrder

// changesAreInForce: the last change of a customer's term is what it has now, and
// each change of the rate is one rate.
const changesAreInForce = firstWrong + done + `
	SELECT done.id, CASE done.kind
		WHEN 'credit_limit' THEN CASE WHEN done.last AND b.credit_limit IS DISTINCT FROM done.after
			THEN ARRAY['credit limit after it', done.after::text, COALESCE(b.credit_limit::text, 'none') || ' by balances ' || done.customer_id] END
		WHEN 'discount' THEN CASE WHEN done.last AND c.discount IS DISTINCT FROM done.after
			THEN ARRAY['discount after it', done.after::text, COALESCE(c.discount::text, 'none') || ' by customers ' || done.customer_id] END
		ELSE CASE WHEN rates.words IS DISTINCT FROM done.after::text
			THEN ARRAY['rate', done.after::text, COALESCE(rates.words, 'none') || ' by exchange_rates'] END
	END AS wrong
	FROM done
	LEFT JOIN balances b ON b.customer_id = done.customer_id
	LEFT JOIN customers c ON c.id = done.customer_id
	LEFT JOIN LATERAL (
		SELECT string_agg(e.mxn_per_usd::text, ', ' ORDER BY e.id) AS words FROM exchange_rates e WHERE e.request_id = done.id
	) rates ON true` + inOrder

// creditLimitsWereChangedTo and discountsWereChangedTo look from the other side: a
// customer begins without both, and only a change gives it one.
const (
	creditLimitsWereChangedTo = firstWrong + done + `
	SELECT b.customer_id AS id, CASE
		WHEN (b.credit_limit = COALESCE(done.after, 0)) IS NOT TRUE
		THEN ARRAY['credit limit', b.credit_limit::text, COALESCE(done.after || ' by change_requests ' || done.id, '0 without a change')]
	END AS wrong
	FROM balances b
	LEFT JOIN done ON done.kind = 'credit_limit' AND done.customer_id = b.customer_id AND done.last` + inOrder

	discountsWereChangedTo = firstWrong + done + `
	SELECT c.id, CASE
		WHEN (c.discount = COALESCE(done.after, 0)) IS NOT TRUE
		THEN ARRAY['discount', c.discount::text, COALESCE(done.after || ' by change_requests ' || done.id, '0 without a change')]
	END AS wrong
	FROM customers c
	LEFT JOIN done ON done.kind = 'discount' AND done.customer_id = c.id AND done.last` + inOrder
)

// ratesWereAskedFor: a rate is its request's, of who asked, and not from before it
// was decided. The first one came from a setting, and nobody asked for it.
const ratesWereAskedFor = firstWrong + `
	SELECT e.id, CASE
		WHEN e.request_id IS NULL
		THEN CASE WHEN e.set_by IS NOT NULL THEN ARRAY['set by', 'operator ' || e.set_by, 'nobody without a request'] END
		WHEN (r.kind = 'exchange_rate' AND r.state = 'done' AND r.after = e.mxn_per_usd) IS NOT TRUE
		THEN ARRAY['request', concat_ws(' ', 'change_requests', e.request_id, r.kind, r.state, r.after), 'one for ' || e.mxn_per_usd || ' that is done']
		WHEN e.set_by IS DISTINCT FROM r.requested_by
		THEN ARRAY['set by', COALESCE('operator ' || e.set_by, 'nobody'), COALESCE('operator ' || r.requested_by, 'nobody') || ', who asked']
		WHEN (e.effective_from >= GREATEST(r.begins_at, r.decided_at, r.requested_at)
		      AND (r.begins_at > COALESCE(r.decided_at, r.requested_at) AND e.effective_from < r.begins_at + interval '1 minute'
		           OR e.effective_from < COALESCE(r.decided_at, r.requested_at) + interval '1 minute')) IS NOT TRUE
		THEN ARRAY['effective_from', e.effective_from::text, 'when it was to begin, or was decided']
	END AS wrong
	FROM exchange_rates e
	LEFT JOIN change_requests r ON r.id = e.request_id` + inOrder

const (
	changesTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM change_requests GROUP BY id HAVING count(*) > 1` + inOrder

	changesWaitingTwice = firstWrong + `
	SELECT id, ARRAY['waiting changes', twice.rows || ' of ' || twice.kind, 'one'] AS wrong
	FROM change_requests r
	JOIN (
		SELECT kind, customer_id, count(*) AS rows FROM change_requests WHERE state = 'waiting' GROUP BY kind, customer_id HAVING count(*) > 1
	) twice ON twice.kind = r.kind AND twice.customer_id IS NOT DISTINCT FROM r.customer_id
	WHERE r.state = 'waiting'` + inOrder
)
