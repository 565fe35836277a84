package verify

// Every open top-up is in somebody's hands.

// openTopUpsHaveAJob finds top-ups that wait for a job that is not there, or for
// the answer of an instance that is gone. Sweeps repair that, so only what has
// not moved for a minute is reported; a job that was taken away from a top-up
// which queues for longer shows at once, until the next sweep.
const openTopUpsHaveAJob = firstWrong + `
	SELECT t.id, ARRAY['` + RuleJob + `', t.status || ' since ' || t.updated_at || ' without a live job or instance', 'one that works on it'] AS wrong
	FROM topups t
	WHERE t.status IN ('queued', 'sending')
	  AND (t.updated_at > now() - interval '60 seconds') IS NOT TRUE
	  AND NOT EXISTS (
		SELECT FROM river_job j
		WHERE j.kind = 'topup_send' AND j.args ->> 'topup' = t.id::text
		  AND j.state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))
	  AND NOT EXISTS (
		SELECT FROM attempts a
		JOIN instances i ON i.id = a.instance_id AND i.seen_at > now() - interval '60 seconds'
		WHERE a.topup_id = t.id AND a.outcome = '')` + inOrder
