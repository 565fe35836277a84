package verify

// Promised prices: each is the price of its moment, holds for ten minutes, and is
// what the one top-up that used it was charged.

// quotesArePriced recomputes a promise as topUpsArePriced does a price.
const quotesArePriced = firstWrong + `
	WITH period AS (
		SELECT mxn_per_usd, effective_from, COALESCE(lead(effective_from) OVER (ORDER BY effective_from, id), 'infinity') AS until
		FROM exchange_rates
	)
	SELECT q.id, CASE
		WHEN c.id IS NULL THEN ARRAY['customer', 'none', 'customers ' || q.customer_id]
		WHEN (q.amount > 0 AND q.amount <> 'NaN') IS NOT TRUE THEN ARRAY['amount', q.amount::text, 'more than 0']
		WHEN (q.rate > 0 AND q.rate <> 'NaN') IS NOT TRUE THEN ARRAY['rate', q.rate::text, 'more than 0']
		WHEN (q.discount >= 0 AND q.discount < 1) IS NOT TRUE THEN ARRAY['discount', q.discount::text, 'from 0 up to 1']
		WHEN (q.price > 0 AND q.price = div(q.amount * (1 - q.discount) * 20000 + q.rate, 2 * NULLIF(q.rate, 0)) * 0.0001) IS NOT TRUE
		THEN ARRAY['price', q.price::text, (div(q.amount * (1 - q.discount) * 20000 + q.rate, 2 * NULLIF(q.rate, 0)) * 0.0001)::text]
		WHEN (q.expires_at = q.created_at + interval '10 minutes') IS NOT TRUE
		THEN ARRAY['expires_at', q.expires_at::text, '10 minutes after ' || q.created_at]
		WHEN NOT EXISTS (
			SELECT FROM period p
			WHERE p.mxn_per_usd = q.rate AND p.effective_from <= q.created_at AND q.created_at < p.until + interval '10 seconds')
		THEN ARRAY['rate', q.rate::text, 'a rate in force at ' || q.created_at]
	END AS wrong
	FROM quotes q
	LEFT JOIN customers c ON c.id = q.customer_id` + inOrder

// quotesAreUsedOnce holds a promise against the top-up that used it.
const quotesAreUsedOnce = firstWrong + `
	SELECT q.id, CASE
		WHEN (q.topup_id IS NULL) <> (q.used_at IS NULL)
		THEN ARRAY['used_at', COALESCE(q.used_at::text, 'none'), CASE WHEN q.topup_id IS NULL THEN 'none' ELSE 'when its top-up was accepted' END]
		WHEN q.topup_id IS NULL THEN NULL
		WHEN t.id IS NULL THEN ARRAY['top-up', 'none', 'topups ' || q.topup_id]
		WHEN (t.customer_id, t.amount, t.price, t.rate, t.discount, t.created_at) IS DISTINCT FROM (q.customer_id, q.amount, q.price, q.rate, q.discount, q.used_at)
		THEN ARRAY['top-up ' || t.id, concat_ws(' ', t.customer_id, t.amount, t.price, t.rate, t.discount, t.created_at),
		           concat_ws(' ', q.customer_id, q.amount, q.price, q.rate, q.discount, q.used_at)]
		WHEN (q.used_at BETWEEN q.created_at AND q.expires_at) IS NOT TRUE
		THEN ARRAY['used_at', q.used_at::text, concat_ws(' to ', q.created_at, q.expires_at)]
	END AS wrong
	FROM quotes q
	LEFT JOIN topups t ON t.id = q.topup_id` + inOrder

const quotesTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM quotes GROUP BY id HAVING count(*) > 1` + inOrder

const topUpsQuotedTwice = firstWrong + `
	SELECT topup_id AS id, ARRAY['quotes', count(*) || ' quotes', '1 quote at most'] AS wrong
	FROM quotes WHERE topup_id IS NOT NULL GROUP BY topup_id HAVING count(*) > 1` + inOrder
