package verify

// Closed business days and the checkpoint of each account at their end.

// daysAreClosedInARow: no day is missing between two, and each ends where the
// next one begins, on a whole minute that is midnight somewhere on earth.
const daysAreClosedInARow = firstWrong + `
	SELECT day AS id, CASE
		WHEN (day = day_before + 1 OR day_before IS NULL) IS NOT TRUE
		THEN ARRAY['day', day::text, day_before + 1 || ', the day after the one before']
		WHEN (ends_at > end_before OR end_before IS NULL) IS NOT TRUE
		THEN ARRAY['end', ends_at::text, 'after ' || end_before]
		WHEN (ends_at = date_trunc('minute', ends_at)
		      AND ends_at BETWEEN ((day + 1)::timestamp AT TIME ZONE 'UTC') - interval '14 hours' AND ((day + 1)::timestamp AT TIME ZONE 'UTC') + interval '12 hours') IS NOT TRUE
		THEN ARRAY['end', ends_at::text, 'midnight after ' || day]
		WHEN (closed_at >= ends_at AND closed_at <= now()) IS NOT TRUE
		THEN ARRAY['closed at', closed_at::text, 'after its end']
		WHEN day_before IS NULL AND NOT EXISTS (
			SELECT FROM entries WHERE customer_id IS NOT NULL AND created_at < ends_at AND created_at >= ends_at - interval '26 hours')
		THEN ARRAY['first day', day::text, 'that of the first entry']
	END AS wrong
	FROM (
		SELECT day, ends_at, closed_at, lag(day) OVER (ORDER BY day) AS day_before, lag(ends_at) OVER (ORDER BY day) AS end_before
		FROM business_days
	) days` + inOrder

const daysTwice = firstWrong + `
	SELECT day AS id, ARRAY['day', count(*) || ' rows', '1 row'] AS wrong FROM business_days GROUP BY day HAVING count(*) > 1` + inOrder

// checkpointsFollowFromEntries makes every checkpoint anew. An account's entries
// are walked in their order: the latest moment met so far says which day an entry
// belongs to. For each closed day, the last entry by then and the sums of all
// kinds by then are what a checkpoint has to say. A row is named by its customer
// and its day, whether it is there or ought to be.
const checkpointsFollowFromEntries = firstWrong + `
	WITH calendar AS (
		SELECT array_agg(day ORDER BY ends_at) AS days, array_agg(ends_at ORDER BY ends_at) AS ends
		FROM business_days
		WHERE ends_at IS NOT NULL AND day IS NOT NULL
	), dated AS (
		SELECT id, customer_id,
		       (days)[1 + width_bucket(max(created_at) OVER (PARTITION BY customer_id ORDER BY id), ends)] AS day,
		       kind || CASE WHEN kind = 'adjustment' THEN CASE to_account WHEN 'available' THEN ' in' ELSE ' out' END ELSE '' END AS sort,
		       CASE WHEN to_account IN ('available', 'held') THEN amount ELSE 0 END
		       - CASE WHEN from_account IN ('available', 'held') THEN amount ELSE 0 END AS balance_moved,
		       CASE WHEN to_account = 'held' THEN amount ELSE 0 END
		       - CASE WHEN from_account = 'held' THEN amount ELSE 0 END AS held_moved
		FROM entries, calendar
		WHERE customer_id IS NOT NULL
	), moved AS (
		SELECT customer_id, day, sort, count(*) AS entries, sum(balance_moved) AS balance, sum(held_moved) AS held, max(id) AS last_id
		FROM dated
		WHERE day IS NOT NULL
		GROUP BY customer_id, day, sort
	), begun AS (
		SELECT customer_id, sort, min(day) AS day FROM moved GROUP BY customer_id, sort
	), reached AS (
		SELECT begun.customer_id, d.day, begun.sort,
		       sum(entries) OVER story AS entries, sum(balance) OVER story AS balance, sum(held) OVER story AS held, max(last_id) OVER story AS last_id
		FROM begun
		JOIN (SELECT DISTINCT day FROM business_days) d ON d.day >= begun.day
		LEFT JOIN moved m ON m.customer_id = begun.customer_id AND m.sort = begun.sort AND m.day = d.day
		WINDOW story AS (PARTITION BY begun.customer_id, begun.sort ORDER BY d.day)
	), due AS (
		SELECT customer_id, day, max(last_id) AS last_id,
		       jsonb_object_agg(
		           CASE sort WHEN 'adjustment in' THEN 'credit' WHEN 'adjustment out' THEN 'debit' ELSE sort END,
		           jsonb_build_object('entries', entries, 'balance', balance, 'held', held)) AS sums
		FROM reached
		WHERE sort IS NOT NULL
		GROUP BY customer_id, day
	), kept AS (
		SELECT *, count(*) OVER (PARTITION BY customer_id, day) AS rows FROM checkpoints
	)
	SELECT COALESCE(kept.customer_id, due.customer_id) || ' ' || COALESCE(kept.day, due.day) AS id, CASE
		WHEN kept.rows IS DISTINCT FROM 1 THEN ARRAY['checkpoint', COALESCE(kept.rows, 0) || ' rows', '1 row']
		WHEN due.day IS NULL THEN ARRAY['checkpoint', 'one', 'none: no entry by then, or no such day is closed']
		WHEN (kept.number = e.number) IS NOT TRUE THEN ARRAY['last entry', kept.number::text, e.number || ' by the entries of the day']
		WHEN (kept.hash = e.hash) IS NOT TRUE THEN ARRAY['hash', encode(kept.hash, 'hex'), encode(e.hash, 'hex') || ' of entries ' || e.id]
		WHEN (kept.balance = e.balance_after) IS NOT TRUE THEN ARRAY['balance', kept.balance::text, e.balance_after || ' after entries ' || e.id]
		WHEN (kept.held = e.held_after) IS NOT TRUE THEN ARRAY['held', kept.held::text, e.held_after || ' after entries ' || e.id]
		WHEN (kept.sums = due.sums) IS NOT TRUE THEN ARRAY['sums by kind', kept.sums::text, due.sums::text]
	END AS wrong
	FROM kept
	FULL JOIN due ON due.customer_id = kept.customer_id AND due.day = kept.day
	LEFT JOIN entries e ON e.id = due.last_id` + inOrder
