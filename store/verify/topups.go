package verify

// A top-up alone: what was ordered, what it costs, which state it is in.

// topUpsArePriced recomputes the price: round_half_up(amount * (1 - discount) /
// rate, 4). NUMERIC division rounds its quotient before round() does, so the
// rounding is done by div(), the whole part of an exact quotient, with half a
// unit added before: div(a * 20000 + r, 2 * r) is round_half_up(a / r * 10000).
// What is sent is the face value or the face value without 16 % VAT, in cents or
// whole pesos; what arrives is what was sent, or that and 16 %.
const topUpsArePriced = firstWrong + `
	SELECT t.id, CASE
		WHEN (t.amount > 0 AND t.amount <> 'NaN') IS NOT TRUE THEN ARRAY['amount', t.amount::text, 'more than 0']
		WHEN (t.rate > 0 AND t.rate <> 'NaN') IS NOT TRUE THEN ARRAY['rate', t.rate::text, 'more than 0']
		WHEN (t.discount >= 0 AND t.discount < 1) IS NOT TRUE THEN ARRAY['discount', t.discount::text, 'from 0 up to 1']
		WHEN (t.price > 0 AND t.price = due.price) IS NOT TRUE THEN ARRAY['price', t.price::text, due.price::text]
		WHEN (t.sent > 0 AND t.sent IN (t.amount, round(t.amount), due.less_vat, due.less_vat_whole)) IS NOT TRUE
		THEN ARRAY['sent', t.sent::text, t.amount || ', or ' || due.less_vat || ' without VAT']
		WHEN (t.expected IN (t.sent, round(t.sent * 1.16, 2))) IS NOT TRUE
		THEN ARRAY['expected', t.expected::text, t.sent || ', or ' || round(t.sent * 1.16, 2) || ' with VAT']
		WHEN (t.cost >= 0 AND t.cost <> 'NaN') IS NOT TRUE THEN ARRAY['cost', t.cost::text, '0 or more']
	END AS wrong
	FROM topups t
	CROSS JOIN LATERAL (SELECT
		div(t.amount * (1 - t.discount) * 20000 + t.rate, 2 * NULLIF(t.rate, 0)) * 0.0001 AS price,
		div(t.amount * 200 + 1.16, 2 * 1.16) * 0.01 AS less_vat,
		div(t.amount * 2 + 1.16, 2 * 1.16) AS less_vat_whole
	) due` + inOrder

// topUpsNameWhatExists checks who ordered, what, for whom, under which name.
const topUpsNameWhatExists = firstWrong + `
	SELECT t.id, CASE
		WHEN c.id IS NULL THEN ARRAY['customer', 'none', 'customers ' || t.customer_id]
		WHEN p.code IS NULL THEN ARRAY['product', t.product, 'a product']
		WHEN t.api_key_id IS NOT NULL AND (k.customer_id = t.customer_id) IS NOT TRUE
		THEN ARRAY['API key', t.api_key_id || ' of customer ' || COALESCE(k.customer_id::text, 'none'), 'a key of customer ' || t.customer_id]
		WHEN (t.reference <> '') IS NOT TRUE THEN ARRAY['reference', t.reference, 'a reference']
		WHEN (t.phone ~ '^\+52[2-9][0-9]{9}$') IS NOT TRUE THEN ARRAY['phone', t.phone, 'a Mexican number']
		WHEN (length(t.dist_transid) BETWEEN 1 AND 32) IS NOT TRUE THEN ARRAY['dist_transid', t.dist_transid, '1 to 32 characters']
	END AS wrong
	FROM topups t
	LEFT JOIN customers c ON c.id = t.customer_id
	LEFT JOIN products p ON p.code = t.product
	LEFT JOIN api_keys k ON k.id = t.api_key_id` + inOrder

// topUpsAreInAState checks a state against what goes with it.
const topUpsAreInAState = firstWrong + `
	SELECT id, CASE
		WHEN (status IN ('queued', 'sending', 'unknown', 'succeeded', 'failed', 'reversed')) IS NOT TRUE
		THEN ARRAY['status', status, 'a state of a top-up']
		WHEN (status IN ('succeeded', 'failed', 'reversed')) <> (completed_at IS NOT NULL)
		THEN ARRAY['completed_at of a ' || status || ' top-up', COALESCE(completed_at::text, 'none'),
		           CASE WHEN completed_at IS NULL THEN 'when it became final' ELSE 'none' END]
		WHEN ((status = 'failed') = (failure_code <> '')) IS NOT TRUE
		THEN ARRAY['failure_code of a ' || status || ' top-up', COALESCE(NULLIF(failure_code, ''), 'none'),
		           CASE status WHEN 'failed' THEN 'a code' ELSE 'none' END]
		WHEN (attempts >= 0) IS NOT TRUE THEN ARRAY['attempts', attempts::text, '0 or more']
		WHEN (attempts > 0) <> (first_sent_at IS NOT NULL)
		THEN ARRAY['first_sent_at', COALESCE(first_sent_at::text, 'none'),
		           CASE attempts WHEN 0 THEN 'none' ELSE 'when the first attempt began' END]
		WHEN num_nulls(provider_transaction_id, carrier_transaction_id) > 0
		  OR attempts = 0 AND provider_transaction_id || carrier_transaction_id <> ''
		THEN ARRAY['provider ids', concat_ws(' ', provider_transaction_id, carrier_transaction_id), 'those of the answer, or empty ones']
	END AS wrong
	FROM topups` + inOrder
