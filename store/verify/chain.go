package verify

// The hash chain of each customer's account.

// entriesAreChained walks each account in the order of its numbers. They are 1,
// 2, … in the order of the ids; each entry names the hash of the one before it, 32
// zero bytes at the beginning; its own hash is that of its money in words. An
// altered row is named itself: what came after it still fits what it was.
const entriesAreChained = firstWrong + `
	SELECT id, CASE
		WHEN (number = place) IS NOT TRUE
		THEN ARRAY['number', number::text, place || ' by the order of the entries of customer ' || customer_id]
		WHEN (previous_hash = hash_before) IS NOT TRUE
		THEN ARRAY['hash before it', encode(previous_hash, 'hex'), encode(hash_before, 'hex')]
		WHEN (hash = due) IS NOT TRUE
		THEN ARRAY['hash', encode(hash, 'hex'), encode(due, 'hex') || ' by what it says']
	END AS wrong
	FROM (
		SELECT id, customer_id, number, previous_hash, hash,
		       row_number() OVER story AS place,
		       COALESCE(lag(hash) OVER story, decode(repeat('0', 64), 'hex')) AS hash_before,
		       sha256(convert_to(
		           COALESCE(number::text, '') || '|' || customer_id || '|' || COALESCE(kind, '') || '|' || COALESCE(currency, '')
		           || '|' || COALESCE(to_char(amount, 'FM999999999990.0000'), '') || '|' || COALESCE(from_account, '') || '|' || COALESCE(to_account, '')
		           || '|' || COALESCE(topup_id::text, '') || '|' || COALESCE(adjustment_id::text, '')
		           || '|' || COALESCE(to_char(balance_after, 'FM999999999990.0000'), '') || '|' || COALESCE(to_char(held_after, 'FM999999999990.0000'), '')
		           || '|' || COALESCE(encode(previous_hash, 'hex'), ''), 'UTF8')) AS due
		FROM entries
		WHERE customer_id IS NOT NULL
		WINDOW story AS (PARTITION BY customer_id ORDER BY id)
	) links` + inOrder

// balancesEndTheChain: an account's balance knows its last entry. Who removes the
// last one, or writes another chain behind an altered one, meets it here.
const balancesEndTheChain = firstWrong + `
	WITH last AS (
		SELECT DISTINCT ON (customer_id) customer_id, number, hash
		FROM entries
		WHERE customer_id IS NOT NULL
		ORDER BY customer_id, id DESC
	)
	SELECT b.customer_id AS id, CASE
		WHEN (b.last_number = COALESCE(last.number, 0)) IS NOT TRUE
		THEN ARRAY['last entry', b.last_number::text, COALESCE(last.number, 0) || ' by its entries']
		WHEN (b.last_hash = COALESCE(last.hash, decode(repeat('0', 64), 'hex'))) IS NOT TRUE
		THEN ARRAY['last hash', encode(b.last_hash, 'hex'), COALESCE(encode(last.hash, 'hex'), 'none') || ' by its entries']
	END AS wrong
	FROM balances b
	LEFT JOIN last ON last.customer_id = b.customer_id` + inOrder
