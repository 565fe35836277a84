package main

// What the old system's rows mean here, what is odd about them, and what they add
// up to.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
)

// oldCustomer is one, as it is made here.
type oldCustomer struct {
	code, name, oldID, key string
	balance                billing.USD
}

// oldTopUp is one of a customer, which it names by its code here.
type oldTopUp struct {
	billing.Imported
	customer string
}

// oldSystem is all of it, judged.
type oldSystem struct {
	customers []oldCustomer
	topUps    []oldTopUp
	zone      *time.Location

	byOldID map[string]string // code, by how transactions name the customer
	taken   map[string]int    // place in topUps, by code and reference

	odd     map[string]int // by what
	first   map[string][]string
	stopped int

	balances, charged, faces, recorded decimal.Decimal
	byStatus                           map[string]int
	rows, records                      int
}

const oddShown = 5 // of each kind, with their rows

// say notes something odd about a row.
func (o *oldSystem) say(what, row string) {
	o.odd[what]++
	if len(o.first[what]) < oddShown {
		o.first[what] = append(o.first[what], row)
	}
}

// stop notes something that no rule can decide.
func (o *oldSystem) stop(what, row string) {
	o.stopped++
	o.say("stopped: "+what, row)
}

func readOld(ctx context.Context, source oldSource, zone *time.Location) (*oldSystem, error) {
	o := &oldSystem{
		zone: zone, byOldID: map[string]string{}, taken: map[string]int{}, odd: map[string]int{}, first: map[string][]string{}, byStatus: map[string]int{},
	}
	if err := source.each(ctx, "customers", o.customer); err != nil {
		return nil, fmt.Errorf("the old customers: %w", err)
	}
	if err := source.each(ctx, "transactions", o.transaction); err != nil && !errors.Is(err, errNoTable) {
		return nil, fmt.Errorf("the old transactions: %w", err)
	}
	if err := source.each(ctx, "billing_records", o.record); err != nil && !errors.Is(err, errNoTable) {
		return nil, fmt.Errorf("the old billing records: %w", err)
	}
	return o, nil
}

var notInACode = regexp.MustCompile(`[^A-Z0-9]+`)

// codeOf makes a code of what names a customer there.
func codeOf(row oldRow) string {
	for _, name := range []string{row.first("code", "customercode"), row.first("customerid"), row.first("companyname", "name"), "C" + row.first("id")} {
		code := strings.Trim(notInACode.ReplaceAllString(strings.ToUpper(name), "-"), "-")
		code = strings.TrimRight(code[:min(len(code), 32)], "-")
		if billing.CodePattern.MatchString(code) {
			return code
		}
	}
	return ""
}

func (o *oldSystem) customer(row oldRow) error {
	c := oldCustomer{code: codeOf(row), name: row.first("companyname", "name", "company"), key: row.first("apikey", "key")}
	id := row.first("id")
	c.oldID = row.first("customerid", "code", "customercode")
	if c.oldID == "" {
		c.oldID = id
	}
	where := "customers " + id + " " + c.code
	if c.name == "" {
		c.name = c.code
	}
	if billing.CheckNewCustomer(c.code, c.name) != nil {
		o.stop("a customer without a usable name", where)
		return nil //nolint:nilerr // the report says it; the other rows are read all the same
	}
	if slices.ContainsFunc(o.customers, func(other oldCustomer) bool { return other.code == c.code }) {
		o.stop("two customers would have the same code", where)
		return nil
	}
	c.balance = o.balance(row.first("currentbalance", "balance"), where)
	if limit := row.first("creditlimit"); limit != "" && strings.Trim(limit, "0.") != "" {
		o.say("a credit limit, which two operators set here: it is not imported", where+" "+limit)
	}
	if active := strings.ToLower(row.first("isactive", "active", "status")); slices.Contains([]string{"false", "f", "0", "inactive", "suspended", "disabled"}, active) {
		o.say("a customer that was not active: suspend it here", where)
	}
	o.checkKey(c, where)
	for _, name := range []string{id, c.oldID} {
		if name != "" {
			o.byOldID[name] = c.code
		}
	}
	o.customers = append(o.customers, c)
	return nil
}

func (o *oldSystem) checkKey(c oldCustomer, where string) {
	switch {
	case c.key == "":
		o.say("a customer without an API key", where)
	case len(c.key) < 16 || len(c.key) > 200 || strings.ContainsFunc(c.key, func(r rune) bool { return r <= ' ' || r > '~' }):
		o.stop("an API key that can be guessed or cannot be sent (16 to 200 characters, no spaces)", where)
	case slices.ContainsFunc(o.customers, func(other oldCustomer) bool { return other.key == c.key }):
		o.stop("two customers have the same API key", where)
	}
}

// balance is what it had, cut to 4 decimals: never more than it was.
func (o *oldSystem) balance(text, where string) billing.USD {
	amount, err := decimal.NewFromString(orZero(text))
	switch {
	case err != nil:
		o.stop("a balance that is no number", where)
	case amount.Sign() < 0:
		o.stop("a balance below zero: agree with the customer how it is paid", where+" "+text)
	case amount.Exponent() < -4 && !amount.Equal(amount.Truncate(4)):
		o.say("an amount with more than 4 decimals, which was rounded", where+" "+text)
	}
	o.balances = o.balances.Add(amount)
	rounded, err := billing.ParseUSD(amount.Round(4).StringFixed(4))
	if err != nil {
		o.stop("a balance that is too large", where)
	}
	return rounded
}

func orZero(text string) string {
	if text == "" {
		return "0"
	}
	return text
}

// oldStatuses are those that were seen, and what they are here.
var oldStatuses = map[string]billing.Status{
	"success": billing.StatusSucceeded, "succeeded": billing.StatusSucceeded, "completed": billing.StatusSucceeded, "complete": billing.StatusSucceeded, "delivered": billing.StatusSucceeded,
	"fail": billing.StatusFailed, "failed": billing.StatusFailed, "error": billing.StatusFailed, "rejected": billing.StatusFailed, "cancelled": billing.StatusFailed, "canceled": billing.StatusFailed,
	"pending": billing.StatusUnknown, "processing": billing.StatusUnknown, "timeout": billing.StatusUnknown, "unknown": billing.StatusUnknown,
}

func (o *oldSystem) transaction(row oldRow) error {
	o.rows++
	id := row.first("id", "transactionid")
	where := "transactions " + id
	code, known := o.byOldID[row.first("customerid", "customer")]
	if !known {
		o.stop("a transaction of a customer that is not there", where)
		return nil
	}
	t := oldTopUp{customer: code}
	t.ID, t.OldID, t.Reference = billing.ImportedTopUpID(code, id), id, row.first("reference", "externalreference", "clientreference")
	t.ProviderTransactionID = row.first("operatortransactionid", "providertransactionid", "transid", "latcomtransactionid")
	if t.Reference == "" {
		o.say("a transaction without a reference: it is kept as old-ID", where)
		t.Reference = "old-" + id
	}
	if len([]rune(t.Reference)) > 100 || strings.ContainsRune(t.Reference, 0) {
		o.stop("a reference that is too long", where)
		return nil
	}
	o.terms(&t, row, where)
	o.end(&t, row, where)
	o.keep(t, where)
	return nil
}

// terms are the phone and the amounts.
func (o *oldSystem) terms(t *oldTopUp, row oldRow, where string) {
	written := row.first("phone", "phonenumber", "msisdn", "targetmsisdn")
	phone, err := billing.ParsePhone(written)
	if err != nil {
		o.say("a phone that is none: its reference stays taken, and nothing is the same order", where)
	}
	t.Phone = phone
	face := o.decimal(row.first("amount", "amountmxn", "faceamount"), 2, where)
	price := o.decimal(row.first("amountusd", "price", "priceusd", "charged", "chargedamount", "cost"), 4, where)
	if t.Amount, err = billing.ParseMXN(face.StringFixed(2)); err != nil {
		o.stop("an amount that is too large", where)
	}
	if t.Price, err = billing.ParseUSD(price.StringFixed(4)); err != nil {
		o.stop("a price that is too large", where)
	}
	o.faces, o.charged = o.faces.Add(face), o.charged.Add(price)
}

func (o *oldSystem) decimal(text string, places int32, where string) decimal.Decimal {
	amount, err := decimal.NewFromString(orZero(text))
	switch {
	case err != nil:
		o.stop("an amount that is no number", where)
	case amount.Sign() < 0:
		o.say("an amount below zero, taken without its sign", where+" "+text)
		amount = amount.Neg()
	}
	if !amount.Equal(amount.Truncate(places)) {
		o.say(fmt.Sprintf("an amount with more than %d decimals, which was rounded", places), where+" "+text)
	}
	return amount.Round(places)
}

// end is how and when it ended.
func (o *oldSystem) end(t *oldTopUp, row oldRow, where string) {
	word := strings.ToLower(row.first("status", "state"))
	status, known := oldStatuses[word]
	switch {
	case !known:
		o.say("a status that is not known, taken for unknown: settle it there and import again", where+" "+word)
		status = billing.StatusUnknown
	case status == billing.StatusUnknown:
		o.say("a transaction that has not ended: settle it there and import again", where+" "+word)
	}
	t.Status = status
	o.byStatus[string(status)]++
	t.CreatedAt = o.moment(row.first("createdat", "created", "timestamp", "date"), where)
	if text := row.first("processedat", "completedat", "updatedat"); text != "" && status != billing.StatusUnknown {
		at := o.moment(text, where)
		t.CompletedAt = &at
	}
}

// The ways in which times are written, with and without a zone.
var (
	zoned = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999-07", "2006-01-02T15:04:05.999999999-0700"}
	local = []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02"}
)

func (o *oldSystem) moment(text, where string) time.Time {
	for _, layout := range zoned {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	for _, layout := range local {
		if at, err := time.ParseInLocation(layout, text, o.zone); err == nil {
			o.say("a time without a zone, taken for one of "+o.zone.String(), where+" "+text)
			return at.UTC()
		}
	}
	o.stop("a time that cannot be read", where+" "+text)
	return time.Time{}
}

// keep takes a row in; of those that share a reference, the one that was delivered
// stands, else the first.
func (o *oldSystem) keep(t oldTopUp, where string) {
	name := t.customer + "\x00" + t.Reference
	place, taken := o.taken[name]
	if !taken {
		o.taken[name] = len(o.topUps)
		o.topUps = append(o.topUps, t)
		return
	}
	o.say("a reference that was used twice; one that was delivered stands", where+" and "+o.topUps[place].OldID)
	if before := o.topUps[place].Status; before != billing.StatusSucceeded && t.Status == billing.StatusSucceeded {
		o.topUps[place] = t
	}
}

func (o *oldSystem) record(row oldRow) error {
	o.records++
	amount, err := decimal.NewFromString(orZero(row.first("amount", "amountusd", "total")))
	if err != nil {
		o.say("a billing record whose amount is no number", "billing_records "+row.first("id"))
		amount = decimal.Decimal{}
	}
	if _, known := o.byOldID[row.first("customerid", "customer")]; !known {
		o.say("a billing record of a customer that is not there", "billing_records "+row.first("id"))
	}
	o.recorded = o.recorded.Add(amount)
	return nil
}

// print tells what was read: what is odd, then the control totals.
func (o *oldSystem) print(std streams) error {
	var text strings.Builder
	for _, what := range slices.Sorted(maps.Keys(o.odd)) {
		fmt.Fprintf(&text, "odd       %d × %s\n", o.odd[what], what)
		for _, row := range o.first[what] {
			fmt.Fprintf(&text, "            %s\n", row)
		}
	}
	var taken decimal.Decimal
	for _, c := range o.customers {
		taken = taken.Add(c.balance.Decimal())
	}
	fmt.Fprintf(&text, "read      %d customers: balances USD %s there, USD %s here\n", len(o.customers), o.balances, taken.StringFixed(4))
	fmt.Fprintf(&text, "read      %d transactions, %d references: %d succeeded, %d failed, %d unknown; MXN %s, charged USD %s\n",
		o.rows, len(o.topUps), o.byStatus["succeeded"], o.byStatus["failed"], o.byStatus["unknown"], o.faces.StringFixed(2), o.charged.StringFixed(4))
	fmt.Fprintf(&text, "read      %d billing records: USD %s\n", o.records, o.recorded)
	return std.print("%s", text.String())
}
