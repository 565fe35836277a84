package verify

// One proof: everything is read in one transaction that sees one moment.

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// A check finds the wrong rows of one table. Its query gives four columns: the
// row's primary key, the rule that it breaks, what was found, what was expected.
type check struct {
	table string
	query string
}

// Every query begins with firstWrong and ends with inOrder. Between them stands
// one that gives for each row its id and wrong: NULL, or an array of the rule,
// what was found, and what was expected. Conditions are written as what must be
// true; "IS NOT TRUE" then also catches the NULL where none should be.
const (
	firstWrong = `
	SELECT COALESCE(id::text, 'NULL'), COALESCE(wrong[1], 'state'), COALESCE(wrong[2], 'NULL'), COALESCE(wrong[3], 'NULL')
	FROM (`
	inOrder = `
	) proven
	WHERE wrong IS NOT NULL
	ORDER BY id`
)

// checks are in the order in which a person would look: the money first.
var checks = []check{
	{"balances", balancesFollowFromEntries},
	{"balances", balancesEndTheChain},
	{"entries", entriesFollowFromEachOther},
	{"entries", entriesAreChained},
	{"entries", entriesHaveTheirShape},
	{"entries", entriesFollowFromTheirCause},
	{"checkpoints", checkpointsFollowFromEntries},
	{"business_days", daysAreClosedInARow},
	{"topups", topUpsHaveTheirEntries},
	{"topups", topUpsArePriced},
	{"quotes", quotesArePriced},
	{"quotes", quotesAreUsedOnce},
	{"topups", topUpsHaveTheRateInForce},
	{"exchange_rates", ratesWerePricedWith},
	{"topups", topUpsNameWhatExists},
	{"topups", topUpsAreInAState},
	{"topups", topUpsFollowFromAttempts},
	{"attempts", attemptsAreWhole},
	{"topups", topUpsAreWhatWasSent},
	{"float_deposits", floatDepositsHaveTheirEntry},
	{"float_moves", floatMovesAreEntries},
	{"float_total", floatAddsUp},
	{"float_deposits", floatDepositsTwice},
	{"adjustments", adjustmentsHaveTheirEntry},
	{"adjustments", adjustmentsAreDecided},
	{"adjustments", adjustmentsAreUndoneOnce},
	{"adjustment_lists", listsFollowFromTheirLines},
	{"adjustments", linesFollowFromTheirList},
	{"balances", creditLimitsWereChangedTo},
	{"customers", discountsWereChangedTo},
	{"exchange_rates", ratesWereAskedFor},
	{"change_requests", changesAreWhole},
	{"change_requests", changesFollowFromEachOther},
	{"change_requests", changesAreInForce},
	{"decisions", decisionsHaveTheirEffect},
	{"topups", topUpsAreContradictedOnce},
	{"contradictions", contradictionsAreWhole},
	{"inquiries", inquiriesAreHeeded},
	{"customers", customersHaveTheirBalance},
	{"customers", customersTwice},
	{"customers", codesTwice},
	{"topups", topUpsTwice},
	{"topups", referencesTwice},
	{"topups", topUpsQuotedTwice},
	{"quotes", quotesTwice},
	{"topups", transIDsTwice},
	{"attempts", attemptsTwice},
	{"attempts", numbersTwice},
	{"adjustments", adjustmentsTwice},
	{"adjustment_lists", adjustmentListsTwice},
	{"adjustment_lists", adjustmentListsSentTwice},
	{"change_requests", changesTwice},
	{"change_requests", changesWaitingTwice},
	{"entries", entriesTwice},
	{"decisions", decisionsTwice},
	{"decisions", verdictsTwice},
	{"contradictions", contradictionsTwice},
	{"business_days", daysTwice},
	{"exchange_rates", ratesTwice},
	{"exchange_rates", rateBeginningsTwice},
	{"quarter_hours", quartersFollowFromTopUps},
	{"day_sums", daySumsFollowFromTopUps},
	{"day_sums_through", daysAreSummedThrough},
	{"topups", openTopUpsHaveAJob},
}

// Run proves the books. It is exact while others work: all of it is read from
// one snapshot, without a lock. An error means that nothing was proven; what is
// wrong with the books is in the report.
func Run(ctx context.Context, db *sql.DB) (Report, error) {
	return run(ctx, db, `SET LOCAL statement_timeout = 0`)
}

// RunBeside is Run for a server at work: it takes one processor at most, and
// gives up on a question that takes five minutes.
func RunBeside(ctx context.Context, db *sql.DB) (Report, error) {
	return run(ctx, db, `SET LOCAL statement_timeout = '5min'; SET LOCAL max_parallel_workers_per_gather = 0`)
}

func run(ctx context.Context, db *sql.DB, settings string) (Report, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Report{}, fmt.Errorf("begin to verify: %w", err)
	}
	defer tx.Rollback() // it only read
	if _, err := tx.ExecContext(ctx, settings); err != nil {
		return Report{}, fmt.Errorf("prepare to verify: %w", err)
	}
	return prove(ctx, tx)
}

func prove(ctx context.Context, tx *sql.Tx) (Report, error) {
	r, err := begin(ctx, tx)
	if err != nil {
		return Report{}, err
	}
	for _, c := range checks {
		if err := r.find(ctx, tx, c); err != nil {
			return Report{}, err
		}
	}
	return r, nil
}

// begin counts and adds up what is going to be checked.
func begin(ctx context.Context, tx *sql.Tx) (Report, error) {
	// Moments are printed in UTC. Joins of millions of rows want more memory than
	// a page's query, and gain nothing from a compiler.
	_, err := tx.ExecContext(ctx, `SET LOCAL timezone = 'UTC'; SET LOCAL work_mem = '32MB'; SET LOCAL jit = off`)
	if err != nil {
		return Report{}, fmt.Errorf("prepare to verify: %w", err)
	}
	r, err := count(ctx, tx)
	if err != nil {
		return Report{}, err
	}
	return r, r.addUp(ctx, tx)
}

func count(ctx context.Context, tx *sql.Tx) (Report, error) {
	r := Report{Sums: map[string]decimal.Decimal{}}
	err := tx.QueryRowContext(ctx, `
		SELECT now(), (SELECT count(*) FROM customers), (SELECT count(*) FROM topups), (SELECT count(*) FROM attempts),
		       (SELECT count(*) FROM entries), (SELECT count(*) FROM adjustments), (SELECT count(*) FROM checkpoints)`).
		Scan(&r.CheckedAt, &r.Customers, &r.TopUps, &r.Attempts, &r.Entries, &r.Adjustments, &r.Checkpoints)
	if err != nil {
		return r, fmt.Errorf("count the rows to verify: %w", err)
	}
	return r, nil
}

// addUp fills in the trial balance and its sums.
func (r *Report) addUp(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, trialBalance)
	if err != nil {
		return fmt.Errorf("add up all accounts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a Account
		if err := rows.Scan(&a.Name, &a.Currency, &a.In, &a.Out, &a.Balance); err != nil {
			return fmt.Errorf("read an account: %w", err)
		}
		r.Accounts = append(r.Accounts, a)
		r.Sums[a.Currency] = r.Sums[a.Currency].Add(a.Balance)
	}
	for _, currency := range slices.Sorted(maps.Keys(r.Sums)) {
		if sum := r.Sums[currency]; !sum.IsZero() {
			r.add(&Difference{"entries", "all in " + currency, "sum of all accounts", sum.String(), "0"}, 0)
		}
	}
	return rows.Err()
}

// find runs one check and reads what it found row by row: books that are wrong
// in a million places take no more memory than good ones.
func (r *Report) find(ctx context.Context, tx *sql.Tx, c check) error {
	rows, err := tx.QueryContext(ctx, c.query)
	if err != nil {
		return fmt.Errorf("verify %s: %w", c.table, err)
	}
	defer rows.Close()
	for found := 0; rows.Next(); found++ {
		d := Difference{Table: c.table}
		if err := rows.Scan(&d.Row, &d.Rule, &d.Found, &d.Expected); err != nil {
			return fmt.Errorf("verify %s: %w", c.table, err)
		}
		r.add(&d, found)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("verify %s: %w", c.table, err)
	}
	return nil
}

// add counts a difference, and keeps it unless its check found enough before.
func (r *Report) add(d *Difference, before int) {
	r.Wrong++
	if d.Rule == RuleJob {
		r.Waiting++
	}
	if before < perRule {
		r.Differences = append(r.Differences, *d)
	}
}
