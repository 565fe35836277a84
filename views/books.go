package views

// What the page "The books" is made of.

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Books are the last proof and what stands around it.
type Books struct {
	Frame
	Proof       *billing.Proof // the last one that looked; nil: none yet
	Failed      *billing.Proof // a later attempt that could not look
	UnderWay    *time.Time     // since when one is being made
	Differences []BooksDifference
	MayProve    bool
	Days        []ClosedDay
	Proofs      []billing.Proof // the latest, newest first
	Standing    Standing
}

// Standing is what the program's role in the database could do to the tables that
// are only ever added to: the ledger, the audit log and their like.
type Standing struct {
	Role              string
	Tables, Alterable int
}

// BooksDifference is a wrong row with where it can be seen.
type BooksDifference struct {
	billing.Difference
	Href     string // empty: nowhere
	Customer string // code, of whose it is; may be empty
}

// ClosedDay is a business day that is closed, with all accounts together.
type ClosedDay struct {
	Day               time.Time // noon of it
	ClosedAt          time.Time
	Accounts, Entries int
	Balance, Held     billing.USD
}

// ledger groups the trial balance by currency.
type ledger struct {
	Currency billing.Currency
	Accounts []billing.AccountSum
}

func (l ledger) money(amount decimal.Decimal) string {
	if l.Currency == billing.CurrencyMXN {
		return Money2(amount)
	}
	return Money4(amount)
}

func (l ledger) sum(of func(billing.AccountSum) decimal.Decimal) string {
	total := decimal.Zero
	for _, a := range l.Accounts {
		total = total.Add(of(a))
	}
	return l.money(total)
}

func (l ledger) in() string {
	return l.sum(func(a billing.AccountSum) decimal.Decimal { return a.In })
}

func (l ledger) out() string {
	return l.sum(func(a billing.AccountSum) decimal.Decimal { return a.Out })
}

func (l ledger) left() string {
	return l.sum(func(a billing.AccountSum) decimal.Decimal { return a.Balance })
}

func (b Books) ledgers() (all []ledger) {
	for _, a := range b.Proof.Report.Accounts {
		if len(all) == 0 || all[len(all)-1].Currency != a.Currency {
			all = append(all, ledger{Currency: a.Currency})
		}
		last := &all[len(all)-1]
		last.Accounts = append(last.Accounts, a)
	}
	return all
}

// accountMeaning says whose money an account is.
func accountMeaning(r Reader, account billing.Account) string {
	switch account {
	case billing.AccountAvailable:
		return r.T("Customers’ money that is free to spend")
	case billing.AccountHeld:
		return r.T("Customers’ money reserved by open top-ups")
	case billing.AccountDeposits:
		return r.T("What customers paid in")
	case billing.AccountAdjustments:
		return r.T("Corrections by operators")
	case billing.AccountRevenue:
		return r.T("What delivered top-ups were charged")
	case billing.AccountFloat:
		return r.T("Our money at Latcom")
	case billing.AccountCost:
		return r.T("What Latcom took for what was charged")
	case billing.AccountLosses:
		return r.T("What Latcom took and nobody was charged for")
	}
	return ""
}

// scope is what the proof looked at.
func (b Books) scope() []ui.Figure {
	report := b.Proof.Report
	figure := func(label string, n int64, note string) ui.Figure {
		return ui.Figure{Label: label, Value: Integer(int(n)), Note: note}
	}
	return []ui.Figure{
		figure(b.T("Entries"), report.Entries, b.T("each hashed with the one before it")),
		figure(b.T("Top-ups"), report.TopUps, b.T("price, state, what was sent")),
		figure(b.T("Attempts"), report.Attempts, b.T("outcomes that made the states")),
		figure(b.T("Accounts"), report.Customers, b.N(int(report.Checkpoints), "%s checkpoint", "%s checkpoints")),
	}
}

// verdict is the proof in one sentence.
func (b Books) verdict() ui.Note {
	p := b.Proof
	switch {
	case p.Proven():
		return ui.Note{Tone: "succeeded", Icon: "shield-check", Head: b.T("The books balance."), Text: b.T("Every balance, hold and state follows from the entries, the top-ups and their attempts.")}
	case p.Balanced():
		return ui.Note{
			Tone: "unknown", Icon: "hourglass", Head: b.N(int(p.Waiting), "%s open top-up has no worker.", "%s open top-ups have no worker."),
			Text: b.T("No money is wrong. Whichever instance works takes them up within a minute."),
		}
	}
	return ui.Note{
		Tone: "failed", Icon: "octagon-alert", Head: b.N(int(p.Wrong-p.Waiting), "%s row does not follow from the others.", "%s rows do not follow from the others."),
		Text: b.T("Something was changed outside of this program. Stop and compare with a backup before anything else is moved."),
	}
}

// askedBy says who wanted a proof.
func (b Books) askedBy(p billing.Proof) string {
	if p.Asker == "" {
		return b.T("Hourly check")
	}
	return p.Asker
}

// result is a proof in a row.
func (b Books) result(p billing.Proof) ui.Badge {
	switch {
	case p.Problem != "":
		return ui.Badge{Tone: "unknown", Icon: "circle-question-mark", Text: b.T("Could not look")}
	case p.Proven():
		return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: b.T("Balances")}
	case p.Balanced():
		return ui.Badge{Tone: "unknown", Icon: "hourglass", Text: b.T("Balances, a top-up waits")}
	}
	return ui.Badge{Tone: "failed", Icon: "circle-x", Text: b.N(int(p.Wrong), "%s difference", "%s differences"), Fill: true}
}

// sentence says in words what is wrong with a row.
func (b Books) sentence(d BooksDifference) string {
	what := rowWord(b.Reader, d.Difference)
	if d.Customer != "" {
		what += " (" + d.Customer + ")"
	}
	return b.T("%s: %s.", what, wrongWord(b.Reader, d.Difference))
}

// rowWord names a row for people.
func rowWord(r Reader, d billing.Difference) string {
	switch d.Table {
	case "topups":
		return r.T("A top-up")
	case "entries":
		return r.T("Entry %s", d.Row)
	case "attempts":
		return r.T("An attempt of a top-up")
	case "adjustments":
		return r.T("An adjustment")
	case "balances":
		return r.T("The balance of a customer")
	case "customers":
		return r.T("A customer")
	case "checkpoints":
		return r.T("A checkpoint")
	case "business_days":
		return r.T("The closed day %s", d.Row)
	case "decisions":
		return r.T("A decision about a top-up")
	case "contradictions", "inquiries":
		return r.T("Later evidence about a top-up")
	case "exchange_rates":
		return r.T("An exchange rate")
	}
	return d.Table
}

// wrongWord says of what sort the difference is; the exact one stands beneath, as the command verify prints it.
func wrongWord(r Reader, d billing.Difference) string {
	has := func(beginnings ...string) bool {
		for _, beginning := range beginnings {
			if strings.HasPrefix(d.Rule, beginning) {
				return true
			}
		}
		return false
	}
	switch {
	case has("job"):
		return r.T("nobody works on it")
	case has("hash", "last hash", "number", "last entry", "place in the chain"):
		return r.T("it does not fit into the chain of entries")
	case has("entries of", "cause", "shape"):
		return r.T("it and its entries or its cause do not belong together")
	case has("amount", "balance", "held", "available", "credit limit", "price", "sent", "expected", "cost", "rate", "discount", "sum"):
		return r.T("an amount does not follow from the rest")
	case has("status", "state", "attempts", "failure_code", "outcome", "verdict", "decision", "decided", "evidence"):
		return r.T("its state does not follow from what happened")
	case has("id", "checkpoint", "one row", "code", "reference", "dist_transid"):
		return r.T("it is there twice, or missing")
	case has("time", "completed_at", "first_sent_at", "finished_at", "day", "end", "closed", "first day", "effective_from", "beginning"):
		return r.T("a moment does not agree with the rest")
	}
	return r.T("it does not agree with the rest")
}

// exact is the difference as the command verify prints it.
func (d BooksDifference) exact() string {
	return d.Table + " " + d.Row + ": " + d.Rule + ": found " + d.Found + ", expected " + d.Expected
}
