package torture

// After every step: what the database says against the model, and what the model
// says against what Latcom's witness saw.

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// seen is what the database says of this history.
type seen struct {
	topUps  map[string]topUpRow // by reference
	kinds   map[string][]string // by top-up: its entries
	amounts map[string][]int64
	sums    map[string]int64 // every account's, by its entries: "USD revenue", "USD available 7"
	last    int64            // the last entry read
}

type topUpRow struct {
	id, status, failure, distTransID string
	customer, price, cost            int64
	attempts                         int
}

// look compares everything with everything.
func (h *history) look() {
	h.latcom.calm()
	h.seeTopUps()
	h.seeAdjustments()
	h.seeDecisions()
	h.seeEntries()
	h.compareOrders()
	h.compareAccounts()
	h.compareWithLatcom()
	h.world.tally.add("comparisons")
}

func (h *history) query(query string, scan func(scan func(...any) error) error, args ...any) {
	rows, err := h.world.db.QueryContext(context.Background(), query, args...)
	fine(err)
	defer rows.Close()
	for rows.Next() {
		fine(scan(rows.Scan))
	}
	fine(rows.Err())
}

func (h *history) seeTopUps() {
	h.topUps = map[string]topUpRow{}
	h.query(`
		SELECT reference, id, status, failure_code, dist_transid, customer_id, CAST(price * 10000 AS bigint), CAST(cost * 10000 AS bigint), attempts
		FROM topups WHERE customer_id >= $1`, func(scan func(...any) error) error {
		var reference string
		var r topUpRow
		err := scan(&reference, &r.id, &r.status, &r.failure, &r.distTransID, &r.customer, &r.price, &r.cost, &r.attempts)
		if _, twice := h.topUps[reference]; twice {
			h.fail("two top-ups have the reference %s", reference)
		}
		h.topUps[reference] = r
		return err
	}, h.accounts[0].id)
	h.query(`SELECT opened_at IS NOT NULL FROM breaker`, func(scan func(...any) error) error {
		var open bool
		err := scan(&open)
		h.breakerOpened = h.breakerOpened || open
		return err
	})
}

// seeAdjustments learns which adjustments are posted, where nobody was told.
func (h *history) seeAdjustments() {
	states := map[string]string{}
	h.query(`SELECT id, state FROM adjustments WHERE customer_id >= $1`, func(scan func(...any) error) error {
		var id, state string
		err := scan(&id, &state)
		states[id] = state
		return err
	}, h.accounts[0].id)
	for _, a := range h.adjustments {
		now, there := states[a.id]
		switch {
		case a.doubtful && !there:
			now = a.state // it is not there: nothing was done
		case !there && a.state != "":
			h.fail("the adjustment %s of %s, which was %s, is gone", a.id, usd(a.amount), a.state)
		case now != a.state && !a.doubtful && now != "expired":
			h.fail("the adjustment %s of %s is %s, not %s", a.id, usd(a.amount), now, a.state)
		}
		if now == "posted" && a.state != "posted" {
			a.of.adjusted += a.amount
		}
		a.state, a.doubtful = now, false
		delete(states, a.id)
	}
	for id, state := range states {
		h.fail("nobody asked for the adjustment %s, which is %s", id, state)
	}
}

// seeDecisions learns what two operators have decided.
func (h *history) seeDecisions() {
	h.query(`
		SELECT t.reference, d.verdict, d.proposed_by = d.decided_by
		FROM decisions d JOIN topups t ON t.id = d.topup_id
		WHERE t.customer_id >= $1 AND d.state = 'confirmed'`, func(scan func(...any) error) error {
		var reference, verdict string
		var alone bool
		if err := scan(&reference, &verdict, &alone); err != nil {
			return err
		}
		o := h.byReference(reference)
		if alone {
			h.fail("one operator alone decided about %s", reference)
		}
		switch verdict {
		case "reverse":
			o.reversed = true
		case "charge":
			o.charged = true
		default:
			o.verdict = verdict
		}
		return nil
	}, h.accounts[0].id)
}

// seeEntries reads on in the ledger; it is only ever added to.
func (h *history) seeEntries() {
	h.query(`
		SELECT id, kind, currency, CAST(amount * 10000 AS bigint), from_account, to_account, COALESCE(CAST(customer_id AS text), ''), CAST(topup_id AS text)
		FROM entries WHERE id > $1 ORDER BY id`, func(scan func(...any) error) error {
		var kind, currency, from, to, customer string
		var amount int64
		var topUp sql.NullString
		if err := scan(&h.last, &kind, &currency, &amount, &from, &to, &customer, &topUp); err != nil {
			return err
		}
		h.sums[accountName(currency, from, customer)] -= amount
		h.sums[accountName(currency, to, customer)] += amount
		if topUp.Valid {
			h.kinds[topUp.String] = append(h.kinds[topUp.String], kind)
			h.amounts[topUp.String] = append(h.amounts[topUp.String], amount)
		}
		return nil
	}, h.last)
}

// accountName: available and held are the customer's, all others the house's.
func accountName(currency, account, customer string) string {
	if account == "available" || account == "held" {
		return currency + " " + account + " " + customer
	}
	return currency + " " + account
}

// compareOrders: nothing is lost, nothing is there that nobody asked for, and the
// ledger has of each top-up just what its state wants.
func (h *history) compareOrders() {
	found := 0
	for _, o := range h.orders {
		row, there := h.topUps[o.reference]
		if there {
			found++
		}
		switch {
		case o.accepted && !there:
			h.fail("%s was accepted and is gone", o.reference)
		case !o.accepted && there && !o.doubtful:
			h.fail("%s was refused and is there", o.reference)
		case !there:
			o.doubtful = false
			continue
		}
		h.compareOrder(o, row)
	}
	if found != len(h.topUps) {
		h.fail("there are %d top-ups, of which %d were asked for", len(h.topUps), found)
	}
}

func (h *history) compareOrder(o *order, row topUpRow) {
	if o.id == "" {
		o.id, o.distTransID = row.id, row.distTransID
	}
	switch {
	case o.id != row.id || o.distTransID != row.distTransID:
		h.fail("%s was the top-up %s, and is %s", o.reference, o.id, row.id)
	case o.of.id != row.customer || o.price != row.price:
		h.fail("%s costs customer %d %s, not customer %d %s", o.reference, row.customer, usd(row.price), o.of.id, usd(o.price))
	case !reachable(o.status, row.status):
		h.fail("%s went from %q to %s", o.reference, o.status, row.status)
	}
	o.accepted, o.doubtful, o.status, o.failure = true, false, row.status, row.failure
	h.compareEntries(o, row)
}

func (h *history) compareEntries(o *order, row topUpRow) {
	want := []string{"hold"}
	switch o.status {
	case "succeeded":
		want = append(want, "capture", "cost")
	case "reversed":
		want = append(want, "capture", "cost", "reversal")
	case "failed":
		want = append(want, "release")
	}
	if o.charged {
		want = append(want, "charge")
	}
	got := slices.Clone(h.kinds[row.id])
	if lost := slices.Index(got, "loss"); lost >= 0 && o.status == "failed" {
		if _, delivered := h.delivered()[o.distTransID]; !delivered {
			h.fail("%s was not delivered, and is a loss", o.reference)
		}
		got = slices.Delete(got, lost, lost+1)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.fail("%s is %s, by %q; its entries are %s, not %s", o.reference, o.status, o.verdict, strings.Join(got, " "), strings.Join(want, " "))
	}
	for i, kind := range h.kinds[row.id] {
		due := o.price
		if kind == "cost" || kind == "loss" {
			due = row.cost
		}
		if h.amounts[row.id][i] != due {
			h.fail("the %s of %s is %d, not %d", kind, o.reference, h.amounts[row.id][i], due)
		}
	}
}

// compareAccounts: what is stored, what the entries add up to and what the model
// says are the same, nothing is overdrawn, and over all accounts nothing is left.
func (h *history) compareAccounts() {
	total := map[string]int64{}
	for name, sum := range h.sums {
		if !strings.HasPrefix(name, "USD available ") && !strings.HasPrefix(name, "USD held ") {
			total[name[:3]] += sum
		}
	}
	found := 0
	h.query(`
		SELECT customer_id, CAST(customer_id AS text), CAST(balance * 10000 AS bigint), CAST(held * 10000 AS bigint), CAST(credit_limit * 10000 AS bigint)
		FROM balances WHERE customer_id >= $1`, func(scan func(...any) error) error {
		var id, balance, held, limit int64
		var name string
		if err := scan(&id, &name, &balance, &held, &limit); err != nil {
			return err
		}
		found++
		total["USD"] += balance
		a := h.account(id)
		byEntries, heldByEntries := h.sums["USD available "+name]+h.sums["USD held "+name], h.sums["USD held "+name]
		switch {
		case balance != byEntries || held != heldByEntries:
			h.fail("customer %d: balance %s and held %s are stored, its entries add up to %s and %s", id, usd(balance), usd(held), usd(byEntries), usd(heldByEntries))
		case balance != h.balance(a) || held != h.held(a) || limit != a.limit:
			h.fail("customer %d: balance %s, held %s, limit %s; by the model %s, %s, %s", id, usd(balance), usd(held), usd(limit),
				usd(h.balance(a)), usd(h.held(a)), usd(a.limit))
		case balance-held+limit < 0:
			h.fail("customer %d is overdrawn: %s", id, usd(balance-held+limit))
		}
		return nil
	}, h.accounts[0].id)
	if found != len(h.accounts) || total["USD"] != 0 || total["MXN"] != 0 {
		h.fail("over all accounts %s USD and %s MXN are left; %d balances of %d customers", usd(total["USD"]), usd(total["MXN"]), found, len(h.accounts))
	}
}

// delivered counts the simulator's deliveries by dist_transid.
func (h *history) delivered() map[string]int {
	counts := map[string]int{}
	for _, d := range h.latcom.Deliveries() {
		counts[d.DistTransID]++
	}
	return counts
}

// compareWithLatcom holds what the books say against what really happened.
func (h *history) compareWithLatcom() {
	delivered := h.delivered()
	for _, o := range h.orders {
		all, inside := h.latcom.sent(o.distTransID)
		times := delivered[o.distTransID]
		delete(delivered, o.distTransID)
		switch {
		case !o.accepted:
			continue
		case times > 1:
			h.fail("%s was delivered %d times", o.reference, times)
		case inside > 1:
			h.fail("%s was sent %d times, though the first request may have delivered", o.reference, inside)
		case all > 0 && h.topUps[o.reference].attempts == 0:
			h.fail("%s was sent without an attempt", o.reference)
		case o.status == "queued" && inside > 0:
			h.fail("%s was sent and is queued again", o.reference)
		case (o.status == "succeeded" || o.status == "reversed") && times == 0 && o.verdict != "delivered":
			h.fail("%s was not delivered, and is %s", o.reference, o.status)
		case o.status == "failed" && times > 0 && o.verdict != "not_delivered":
			h.fail("%s was delivered, and is failed: %s", o.reference, o.failure)
		case o.failure == "expired" && all > 0:
			h.fail("%s was sent, and is expired", o.reference)
		}
	}
	for id := range delivered {
		h.fail("%q was delivered, and nobody ordered it", id)
	}
}
