package verify

// The sums by quarter of an hour, from the top-ups themselves.

// quarter names a row of quarter_hours: its customer and when it began, in UTC.
const quarter = `customer_id || ' ' || to_char(began AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')`

// quartersFollowFromTopUps counts and adds up every quarter again. What is there
// twice adds up to too much, what is missing to too little.
const quartersFollowFromTopUps = firstWrong + `
	WITH due AS (
		SELECT customer_id, date_trunc('hour', created_at) + floor(EXTRACT(MINUTE FROM created_at) / 15) * interval '15 minutes' AS began,
		       count(*) AS accepted, count(*) FILTER (WHERE status = 'succeeded') AS succeeded, count(*) FILTER (WHERE status = 'failed') AS failed,
		       count(*) FILTER (WHERE status = 'unknown') AS unknown, count(*) FILTER (WHERE status = 'reversed') AS reversed,
		       COALESCE(sum(amount) FILTER (WHERE status = 'succeeded'), 0) AS delivered,
		       COALESCE(sum(price) FILTER (WHERE status = 'succeeded'), 0) AS charged,
		       COALESCE(sum(price) FILTER (WHERE status IN ('queued', 'sending', 'unknown', 'succeeded')), 0) AS spent
		FROM topups
		GROUP BY 1, 2
	), kept AS (
		SELECT customer_id, began, count(*) AS rows, sum(accepted) AS accepted, sum(succeeded) AS succeeded, sum(failed) AS failed,
		       sum(unknown) AS unknown, sum(reversed) AS reversed, sum(delivered) AS delivered, sum(charged) AS charged, sum(spent) AS spent
		FROM quarter_hours
		GROUP BY 1, 2
	)
	SELECT ` + quarter + ` AS id, CASE WHEN sum.found IS DISTINCT FROM sum.due THEN ARRAY[sum.name, sum.found::text, sum.due || ' by its top-ups'] END AS wrong
	FROM kept
	FULL JOIN due USING (customer_id, began)
	CROSS JOIN LATERAL (VALUES
		('rows', kept.rows, CASE WHEN due.accepted > 0 THEN 1 ELSE 0 END),
		('accepted', kept.accepted, due.accepted), ('succeeded', kept.succeeded, due.succeeded), ('failed', kept.failed, due.failed),
		('unknown', kept.unknown, due.unknown), ('reversed', kept.reversed, due.reversed),
		('delivered', kept.delivered, due.delivered), ('charged', kept.charged, due.charged), ('spent', kept.spent, due.spent)
	) sum (name, found, due)
	WHERE sum.name = 'rows' OR kept.rows = 1 AND due.accepted > 0 -- what is not there once has nothing to compare` + inOrder
