package verify

// The exchange rate of each top-up is the one that was in force.

// unrated finds the top-ups whose rate was not in force when they were accepted,
// and the rate that was. Who sets a rate commits a moment after the rate begins;
// orders accepted within that moment still see the rate before it, so a rate may
// be met for 10 s more. No division into periods is stored: each rate ends where
// the next one begins.
const unrated = `
	WITH period AS (
		SELECT id, mxn_per_usd, effective_from,
		       COALESCE(lead(effective_from) OVER (ORDER BY effective_from, id), 'infinity') AS until
		FROM exchange_rates
	), priced AS ( -- with a quote: when that was made
		SELECT t.id, t.rate, COALESCE(q.created_at, t.created_at) AS created_at
		FROM topups t
		LEFT JOIN quotes q ON q.topup_id = t.id
	), unrated AS (
		SELECT t.id, t.rate, t.created_at, force.id AS rate_id, force.mxn_per_usd
		FROM priced t
		LEFT JOIN period force ON force.effective_from <= t.created_at AND t.created_at < force.until
		WHERE NOT EXISTS (
			SELECT FROM period p
			WHERE p.mxn_per_usd = t.rate
			  AND p.effective_from <= t.created_at AND t.created_at < p.until + interval '10 seconds')
	)`

const topUpsHaveTheRateInForce = firstWrong + unrated + `
	SELECT id, ARRAY['rate', rate::text, COALESCE(mxn_per_usd || ' by exchange_rates ' || rate_id, 'a rate in force at ' || created_at)] AS wrong
	FROM unrated` + inOrder

// ratesWerePricedWith blames the rate, beside its top-ups, when none of those
// accepted in its time carries it: then it is likely the rate that was altered.
const ratesWerePricedWith = firstWrong + unrated + `
	, blamed AS (
		SELECT rate_id, count(*) AS topups, min(rate) AS lowest, max(rate) AS highest
		FROM unrated
		WHERE rate_id IS NOT NULL
		GROUP BY rate_id
	)
	SELECT p.id, CASE
		WHEN (p.mxn_per_usd > 0 AND p.mxn_per_usd <> 'NaN') IS NOT TRUE
		THEN ARRAY['rate', p.mxn_per_usd::text, 'more than 0']
		WHEN blamed.topups IS NOT NULL AND NOT EXISTS (
			SELECT FROM priced t
			WHERE t.created_at >= p.effective_from AND t.created_at < p.until AND t.rate = p.mxn_per_usd)
		THEN ARRAY['rate', p.mxn_per_usd::text,
		           concat_ws(' to ', blamed.lowest, NULLIF(blamed.highest, blamed.lowest)) || ' by the ' || blamed.topups || ' top-ups of its time']
	END AS wrong
	FROM period p
	LEFT JOIN blamed ON blamed.rate_id = p.id` + inOrder
