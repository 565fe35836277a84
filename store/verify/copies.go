package verify

// What must be there once is not there twice, whether or not an index still
// guards it.

const (
	customersTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM customers GROUP BY id HAVING count(*) > 1` + inOrder

	topUpsTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM topups GROUP BY id HAVING count(*) > 1` + inOrder

	attemptsTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM attempts GROUP BY id HAVING count(*) > 1` + inOrder

	adjustmentsTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM adjustments GROUP BY id HAVING count(*) > 1` + inOrder

	entriesTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM entries GROUP BY id HAVING count(*) > 1` + inOrder

	decisionsTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM decisions GROUP BY id HAVING count(*) > 1` + inOrder

	contradictionsTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM contradictions GROUP BY id HAVING count(*) > 1` + inOrder

	ratesTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM exchange_rates GROUP BY id HAVING count(*) > 1` + inOrder
)

const codesTwice = firstWrong + `
	SELECT id, ARRAY['code', code || ' for ' || twice.rows || ' customers', 'one customer'] AS wrong
	FROM customers
	JOIN (SELECT code, count(*) AS rows FROM customers GROUP BY code HAVING count(*) > 1) twice USING (code)` + inOrder

const referencesTwice = firstWrong + `
	SELECT id, ARRAY['reference', reference || ' for ' || twice.rows || ' top-ups of customer ' || customer_id, 'one top-up'] AS wrong
	FROM topups
	JOIN (
		SELECT customer_id, reference, count(*) AS rows FROM topups GROUP BY customer_id, reference HAVING count(*) > 1
	) twice USING (customer_id, reference)` + inOrder

const transIDsTwice = firstWrong + `
	SELECT id, ARRAY['dist_transid', dist_transid || ' for ' || twice.rows || ' top-ups', 'one top-up'] AS wrong
	FROM topups
	JOIN (SELECT dist_transid, count(*) AS rows FROM topups GROUP BY dist_transid HAVING count(*) > 1) twice USING (dist_transid)` + inOrder

const numbersTwice = firstWrong + `
	SELECT id, ARRAY['number', number || ' for ' || twice.rows || ' attempts of topups ' || topup_id, 'one attempt'] AS wrong
	FROM attempts
	JOIN (
		SELECT topup_id, number, count(*) AS rows FROM attempts GROUP BY topup_id, number HAVING count(*) > 1
	) twice USING (topup_id, number)` + inOrder

const rateBeginningsTwice = firstWrong + `
	SELECT id, ARRAY['effective_from', effective_from || ' for ' || twice.rows || ' rates', 'one rate'] AS wrong
	FROM exchange_rates
	JOIN (
		SELECT effective_from, count(*) AS rows FROM exchange_rates GROUP BY effective_from HAVING count(*) > 1
	) twice USING (effective_from)` + inOrder

// A top-up is settled once, reversed once and charged once, and one proposal
// about it waits at a time.
const verdictsTwice = firstWrong + `
	WITH verdicts AS (
		SELECT id, topup_id, CASE
			WHEN state = 'waiting' THEN 'waiting'
			WHEN verdict IN ('delivered', 'not_delivered') THEN 'settling'
			ELSE verdict
		END AS sort
		FROM decisions
		WHERE state IN ('waiting', 'confirmed')
	)
	SELECT id, ARRAY['decisions of a kind', twice.rows || ' ' || sort || ' about topups ' || topup_id, 'one decision'] AS wrong
	FROM verdicts
	JOIN (
		SELECT topup_id, sort, count(*) AS rows FROM verdicts GROUP BY topup_id, sort HAVING count(*) > 1
	) twice USING (topup_id, sort)` + inOrder
