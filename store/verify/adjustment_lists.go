package verify

// Lists of adjustments: what a list says of itself is what its lines say together,
// and each line says of the list what it is.

const listsFollowFromTheirLines = firstWrong + `
	WITH kept AS (
		SELECT list_id, count(*) AS lines,
		       COALESCE(sum(amount) FILTER (WHERE amount > 0), 0) AS credited, COALESCE(-sum(amount) FILTER (WHERE amount < 0), 0) AS debited,
		       sha256(convert_to(string_agg(said, '' ORDER BY said COLLATE "C"), 'UTF8')) AS sha256
		FROM adjustments
		CROSS JOIN LATERAL (SELECT concat(customer_id, ' ', amount, ' ', reason, ' ', octet_length(note), ':', note, E'\n') AS said) line
		WHERE list_id IS NOT NULL
		GROUP BY list_id
	)
	SELECT l.id, CASE
		WHEN (l.lines = kept.lines) IS NOT TRUE THEN ARRAY['lines', l.lines::text, COALESCE(kept.lines, 0)::text]
		WHEN (l.credited = kept.credited) IS NOT TRUE THEN ARRAY['credited', l.credited::text, kept.credited::text]
		WHEN (l.debited = kept.debited) IS NOT TRUE THEN ARRAY['debited', l.debited::text, kept.debited::text]
		WHEN (l.sha256 = kept.sha256) IS NOT TRUE THEN ARRAY['digest', encode(l.sha256, 'hex'), encode(kept.sha256, 'hex')]
		WHEN (l.name <> '') IS NOT TRUE THEN ARRAY['name', l.name, 'a name']
		WHEN asked.id IS NULL OR num_nulls(l.decided_by, decider.id) = 1 OR l.decided_by = l.requested_by
		THEN ARRAY['operators', concat_ws(' and ', l.requested_by, l.decided_by), 'two operators that exist']
		WHEN (l.one_operator AND NOT (l.state = 'posted' AND l.decided_by IS NULL AND l.credited + l.debited > 1000)) IS NOT FALSE
		THEN ARRAY['one_operator', COALESCE(l.one_operator::text, 'NULL'), 'false: it did not need two']
	END AS wrong
	FROM adjustment_lists l
	LEFT JOIN kept ON kept.list_id = l.id
	LEFT JOIN operators asked ON asked.id = l.requested_by
	LEFT JOIN operators decider ON decider.id = l.decided_by` + inOrder

// A list is asked for and decided at one moment, its lines with it; what a decision
// needs is proven of the lines.
const linesFollowFromTheirList = firstWrong + `
	SELECT a.id, CASE
		WHEN l.id IS NULL THEN ARRAY['list', 'adjustment_lists ' || a.list_id, 'one that exists']
		WHEN (a.list_line > 0) IS NOT TRUE THEN ARRAY['line of its list', a.list_line::text, 'a line']
		WHEN a.state IS DISTINCT FROM l.state THEN ARRAY['state', a.state, COALESCE(l.state, 'NULL') || ', its list''s']
		WHEN (a.requested_by, a.requested_at, a.expires_at, a.decided_by, a.decided_at)
		     IS DISTINCT FROM (l.requested_by, l.requested_at, l.expires_at, l.decided_by, l.decided_at)
		THEN ARRAY['request and decision', concat_ws(' ', a.requested_by, a.requested_at, a.expires_at, a.decided_by, a.decided_at),
		           concat_ws(' ', l.requested_by, l.requested_at, l.expires_at, l.decided_by, l.decided_at)]
		WHEN a.reverses IS NOT NULL OR a.one_operator THEN ARRAY['line of a list', 'a reversal, or by one operator', 'neither']
		WHEN twice.rows > 1 THEN ARRAY['line of its list', twice.rows || ' times line ' || a.list_line, 'once']
	END AS wrong
	FROM adjustments a
	LEFT JOIN adjustment_lists l ON l.id = a.list_id
	LEFT JOIN (
		SELECT list_id, list_line, count(*) AS rows FROM adjustments WHERE list_id IS NOT NULL GROUP BY list_id, list_line
	) twice ON twice.list_id = a.list_id AND twice.list_line = a.list_line
	WHERE num_nonnulls(a.list_id, a.list_line) > 0` + inOrder

const (
	adjustmentListsTwice = firstWrong + `
	SELECT id, ARRAY['id', count(*) || ' rows', '1 row'] AS wrong FROM adjustment_lists GROUP BY id HAVING count(*) > 1` + inOrder

	// What waits or was posted is not sent once more.
	adjustmentListsSentTwice = firstWrong + `
	SELECT id, ARRAY['digest', encode(sha256, 'hex') || ' of ' || twice.rows || ' lists', 'one list'] AS wrong
	FROM adjustment_lists
	JOIN (
		SELECT sha256, count(*) AS rows FROM adjustment_lists WHERE state IN ('waiting', 'posted') GROUP BY sha256 HAVING count(*) > 1
	) twice USING (sha256)
	WHERE state IN ('waiting', 'posted')` + inOrder
)
