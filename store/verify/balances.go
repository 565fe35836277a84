package verify

// Balances and holds, from the entries and from the open top-ups.

// trialBalance lists all accounts: what went in and out by the entries, and what
// is left, of the customers' as their balances are stored, of the house's as the
// entries make it. With every entry on two accounts, and every balance the sum of
// its entries, nothing is left over in all. A NaN, which no sum survives, is
// found by the shape of its entry.
const trialBalance = `
	WITH accounts (place, account, currency) AS (VALUES
		(1, 'available', 'USD'), (2, 'held', 'USD'), (3, 'deposits', 'USD'), (4, 'adjustments', 'USD'), (5, 'revenue', 'USD'),
		(6, 'float', 'MXN'), (7, 'cost', 'MXN'), (8, 'losses', 'MXN'), (9, 'deposits', 'MXN')
	), moved AS (
		SELECT from_account, to_account, currency, sum(amount) AS amount
		FROM entries
		WHERE amount <> 'NaN'
		GROUP BY from_account, to_account, currency
	), sides AS (
		SELECT COALESCE(to_account, 'NULL') AS account, COALESCE(currency, 'NULL') AS currency, amount AS came_in, 0 AS went_out FROM moved
		UNION ALL
		SELECT COALESCE(from_account, 'NULL'), COALESCE(currency, 'NULL'), 0, amount FROM moved
		UNION ALL
		SELECT account, currency, 0, 0 FROM accounts
	), stored AS (
		SELECT COALESCE(sum(balance - held), 0) AS available, COALESCE(sum(held), 0) AS held
		FROM balances
		WHERE balance <> 'NaN' AND held <> 'NaN'
	)
	SELECT s.account, s.currency, sum(s.came_in), sum(s.went_out),
	       CASE WHEN s.account NOT IN ('available', 'held') THEN sum(s.came_in) - sum(s.went_out)
	            WHEN s.currency <> 'USD' THEN 0
	            WHEN s.account = 'available' THEN min(stored.available) ELSE min(stored.held) END
	FROM sides s
	LEFT JOIN accounts USING (account, currency)
	CROSS JOIN stored
	GROUP BY s.account, s.currency, accounts.place
	ORDER BY accounts.place, s.account, s.currency`

// balancesFollowFromEntries compares each customer's stored balance and hold
// with its entries, and the hold with the price of its open top-ups as well.
const balancesFollowFromEntries = firstWrong + `
	WITH ledger AS (
		SELECT customer_id,
		       COALESCE(sum(amount) FILTER (WHERE to_account IN ('available', 'held')), 0)
		       - COALESCE(sum(amount) FILTER (WHERE from_account IN ('available', 'held')), 0) AS balance,
		       COALESCE(sum(amount) FILTER (WHERE to_account = 'held'), 0)
		       - COALESCE(sum(amount) FILTER (WHERE from_account = 'held'), 0) AS held
		FROM entries
		WHERE customer_id IS NOT NULL
		GROUP BY customer_id
	), open AS (
		SELECT customer_id, sum(price) AS price, count(*) AS topups
		FROM topups
		WHERE status IN ('queued', 'sending', 'unknown')
		GROUP BY customer_id
	), account AS (
		SELECT customer_id, count(*) AS rows, sum(balance) AS balance, sum(held) AS held, sum(credit_limit) AS credit_limit
		FROM balances
		GROUP BY customer_id
	)
	SELECT customer_id AS id, CASE WHEN rule.holds IS NOT TRUE THEN ARRAY[rule.name, rule.found, rule.expected] END AS wrong
	FROM account
	FULL JOIN ledger USING (customer_id)
	FULL JOIN open USING (customer_id)
	CROSS JOIN LATERAL (VALUES
		(account.rows = 1, 'one row for each customer',
			COALESCE(account.rows, 0) || ' rows', '1 row'),
		(account.balance = COALESCE(ledger.balance, 0), 'balance',
			account.balance::text, COALESCE(ledger.balance, 0) || ' by its entries'),
		(account.held = COALESCE(ledger.held, 0), 'held',
			account.held::text, COALESCE(ledger.held, 0) || ' by its entries'),
		(account.held = COALESCE(open.price, 0), 'held for open top-ups',
			account.held::text, COALESCE(open.price, 0) || ' for ' || COALESCE(open.topups, 0) || ' open top-ups'),
		(account.held >= 0 AND account.held <> 'NaN', 'held not below zero',
			account.held::text, '0 or more'),
		(account.credit_limit >= 0 AND account.credit_limit <> 'NaN', 'credit limit not below zero',
			account.credit_limit::text, '0 or more'),
		(account.balance - account.held + account.credit_limit >= 0, 'available not overdrawn',
			(account.balance - account.held + account.credit_limit)::text, '0 or more')
	) rule (holds, name, found, expected)` + inOrder

// entriesFollowFromEachOther walks each customer's entries in their order: what
// was there before, and what the entry moved, make what was there after. The
// first row that it names is where the story breaks.
const entriesFollowFromEachOther = firstWrong + `
	SELECT id, CASE
		WHEN (balance_after = balance_before + balance_moved) IS NOT TRUE
		THEN ARRAY['balance after it', balance_after::text, (balance_before + balance_moved)::text]
		WHEN (held_after = held_before + held_moved) IS NOT TRUE
		THEN ARRAY['held after it', held_after::text, (held_before + held_moved)::text]
	END AS wrong
	FROM (
		SELECT id, balance_after, held_after,
		       COALESCE(lag(balance_after) OVER story, 0) AS balance_before,
		       COALESCE(lag(held_after) OVER story, 0) AS held_before,
		       CASE WHEN to_account IN ('available', 'held') THEN amount ELSE 0 END
		       - CASE WHEN from_account IN ('available', 'held') THEN amount ELSE 0 END AS balance_moved,
		       CASE WHEN to_account = 'held' THEN amount ELSE 0 END
		       - CASE WHEN from_account = 'held' THEN amount ELSE 0 END AS held_moved
		FROM entries
		WHERE customer_id IS NOT NULL
		WINDOW story AS (PARTITION BY customer_id ORDER BY id)
	) steps` + inOrder

// customersHaveTheirBalance also finds what belongs to a customer who is gone.
const customersHaveTheirBalance = firstWrong + `
	SELECT COALESCE(c.id, b.customer_id) AS id, CASE
		WHEN c.id IS NULL THEN ARRAY['customer', 'none', 'the customer of balances ' || b.customer_id]
		WHEN b.customer_id IS NULL THEN ARRAY['balance', 'none', 'balances ' || c.id]
		WHEN (c.discount >= 0 AND c.discount < 1) IS NOT TRUE THEN ARRAY['discount', c.discount::text, 'from 0 up to 1']
		WHEN (c.code <> '') IS NOT TRUE THEN ARRAY['code', c.code, 'a code']
	END AS wrong
	FROM customers c
	FULL JOIN balances b ON b.customer_id = c.id` + inOrder
