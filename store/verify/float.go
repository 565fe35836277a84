package verify

// The float: deposits with their entries, and the sum that is kept beside them.

// floatDepositsHaveTheirEntry: each is one entry; a correction is the whole of a
// deposit, the other way round, and there is one at most.
const floatDepositsHaveTheirEntry = firstWrong + `
	WITH posted AS (
		SELECT float_deposit_id, string_agg(concat_ws(' ', kind, 'from', from_account, 'to', to_account, amount), ', ' ORDER BY id) AS entries
		FROM entries
		WHERE float_deposit_id IS NOT NULL
		GROUP BY float_deposit_id
	), corrected AS (
		SELECT corrects, count(*) AS times FROM float_deposits WHERE corrects IS NOT NULL GROUP BY corrects
	)
	SELECT d.id, CASE
		WHEN (d.amount <> 0 AND d.amount <> 'NaN' AND (d.amount < 0) = (d.corrects IS NOT NULL)) IS NOT TRUE
		THEN ARRAY['amount', d.amount::text, CASE WHEN d.corrects IS NULL THEN 'above 0' ELSE 'below 0' END]
		WHEN (d.reference <> '' AND d.note <> '' AND d.proof IS NOT NULL AND d.recorded_at IS NOT NULL) IS NOT TRUE
		THEN ARRAY['deposit', 'a part of it is missing', 'a whole one']
		WHEN num_nulls(d.recorded_by, o.id) = 1 THEN ARRAY['recorded by', 'operator ' || d.recorded_by, 'an operator that exists']
		WHEN posted.entries IS DISTINCT FROM due.entries
		THEN ARRAY['entries', COALESCE(posted.entries, 'none'), COALESCE(due.entries, 'none')]
		WHEN d.corrects IS NOT NULL AND (original.corrects IS NULL AND original.amount = -d.amount AND original.reference = d.reference
		                                 AND original.recorded_at < d.recorded_at) IS NOT TRUE
		THEN ARRAY['corrects', concat_ws(' ', d.amount, d.reference), COALESCE('the whole of ' || original.amount || ' ' || original.reference, 'float_deposits ' || d.corrects)]
		WHEN corrected.times > 1 THEN ARRAY['corrections', corrected.times::text, '1 at most']
	END AS wrong
	FROM float_deposits d
	LEFT JOIN posted ON posted.float_deposit_id = d.id
	LEFT JOIN corrected ON corrected.corrects = d.id
	LEFT JOIN float_deposits original ON original.id = d.corrects
	LEFT JOIN operators o ON o.id = d.recorded_by
	CROSS JOIN LATERAL (SELECT CASE
		WHEN d.amount > 0 THEN 'float_deposit from deposits to float ' || d.amount::numeric(16,4)
		WHEN d.amount < 0 THEN 'float_correction from float to deposits ' || abs(d.amount)::numeric(16,4)
	END AS entries) due` + inOrder

const floatDepositsTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM float_deposits GROUP BY id HAVING count(*) > 1` + inOrder

// floatMovesAreEntries: a line that is not yet added up is one entry's, once.
const floatMovesAreEntries = firstWrong + `
	SELECT m.entry_id AS id, CASE
		WHEN e.id IS NULL THEN ARRAY['entry', 'none', 'entries ' || m.entry_id]
		WHEN (m.amount = CASE e.to_account WHEN 'float' THEN e.amount ELSE -e.amount END) IS NOT TRUE
		THEN ARRAY['amount', m.amount::text, CASE e.to_account WHEN 'float' THEN '' ELSE '-' END || e.amount || ' by its entry']
		WHEN twice.times > 1 THEN ARRAY['entry_id', twice.times || ' rows', '1 row']
	END AS wrong
	FROM float_moves m
	LEFT JOIN entries e ON e.id = m.entry_id AND e.currency = 'MXN'
	LEFT JOIN (SELECT entry_id, count(*) AS times FROM float_moves GROUP BY entry_id) twice USING (entry_id)` + inOrder

// floatAddsUp: the total and the lines that are not yet in it make the sum of all
// entries of the float.
const floatAddsUp = firstWrong + `
	SELECT kept.id, CASE
		WHEN kept.rows <> 1 THEN ARRAY['only row', kept.rows || ' rows', '1 row']
		WHEN (kept.amount = entries.amount) IS NOT TRUE
		THEN ARRAY['amount', kept.amount || ' with what is not yet added', entries.amount || ' by all entries']
	END AS wrong
	FROM (
		SELECT 'the total' AS id, count(*) AS rows, sum(amount) + COALESCE((SELECT sum(amount) FROM float_moves), 0) AS amount FROM float_total
	) kept
	CROSS JOIN (
		SELECT COALESCE(sum(CASE to_account WHEN 'float' THEN amount ELSE -amount END), 0) AS amount
		FROM entries
		WHERE 'float' IN (from_account, to_account) AND amount <> 'NaN'
	) entries` + inOrder
