package verify

// The sums by whole day, from the top-ups themselves: not from the quarters of an
// hour that they were made of.

// summedDay names a row of day_sums: its customer and when it began, in UTC.
const summedDay = `customer_id || ' ' || to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')`

// daySumsFollowFromTopUps counts and adds up every day again that is summed up.
const daySumsFollowFromTopUps = firstWrong + `
	WITH due AS (
		SELECT customer_id, date_trunc('day', created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS day,
		       count(*) AS accepted, count(*) FILTER (WHERE status = 'succeeded') AS succeeded, count(*) FILTER (WHERE status = 'failed') AS failed,
		       count(*) FILTER (WHERE status = 'unknown') AS unknown, count(*) FILTER (WHERE status = 'reversed') AS reversed,
		       COALESCE(sum(amount) FILTER (WHERE status = 'succeeded'), 0) AS delivered,
		       COALESCE(sum(price) FILTER (WHERE status = 'succeeded'), 0) AS charged,
		       COALESCE(sum(price) FILTER (WHERE status IN ('queued', 'sending', 'unknown', 'succeeded')), 0) AS spent
		FROM topups
		WHERE created_at < (SELECT max(through) FROM day_sums_through)
		GROUP BY 1, 2
	), kept AS (
		SELECT customer_id, day, count(*) AS rows, sum(accepted) AS accepted, sum(succeeded) AS succeeded, sum(failed) AS failed,
		       sum(unknown) AS unknown, sum(reversed) AS reversed, sum(delivered) AS delivered, sum(charged) AS charged, sum(spent) AS spent
		FROM day_sums
		GROUP BY 1, 2
	)
	SELECT ` + summedDay + ` AS id, CASE WHEN sum.found IS DISTINCT FROM sum.due THEN ARRAY[sum.name, sum.found::text, sum.due || ' by its top-ups'] END AS wrong
	FROM kept
	FULL JOIN due USING (customer_id, day)
	CROSS JOIN LATERAL (VALUES
		('rows', kept.rows, CASE WHEN due.accepted > 0 THEN 1 ELSE 0 END),
		('accepted', kept.accepted, due.accepted), ('succeeded', kept.succeeded, due.succeeded), ('failed', kept.failed, due.failed),
		('unknown', kept.unknown, due.unknown), ('reversed', kept.reversed, due.reversed),
		('delivered', kept.delivered, due.delivered), ('charged', kept.charged, due.charged), ('spent', kept.spent, due.spent)
	) sum (name, found, due)
	WHERE sum.name = 'rows' OR kept.rows = 1 AND due.accepted > 0` + inOrder

// daysAreSummedThrough a midnight that is over, one.
const daysAreSummedThrough = firstWrong + `
	SELECT id, CASE
		WHEN rows <> 1 THEN ARRAY['only row', rows || ' rows', '1 row']
		WHEN (through = date_trunc('day', through AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AND through <= now()) IS NOT TRUE
		THEN ARRAY['through', through::text, 'a midnight that is over, UTC']
	END AS wrong
	FROM (SELECT 'the moment' AS id, count(*) AS rows, max(through) AS through FROM day_sums_through) kept` + inOrder
