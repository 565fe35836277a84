package main

// Customers on the command line: made with a key, credited and debited.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/topup"
)

type customerCommands struct {
	Add    customerAdd    `cmd:"" help:"Makes a customer with one API key, which is shown this once."`
	Credit customerCredit `cmd:"" help:"Posts an adjustment: credit above zero, debit below (customer credit CODE -5 …)."`

	ImportKey customerImportKey `cmd:"" help:"Takes over an API key of the old system, read from standard input; only its hash is kept."`
}

// amount is USD as typed; withNegatives may have put a space before it.
type amount struct{ billing.USD }

// UnmarshalText reads an amount of dollars with at most 4 decimals.
func (a *amount) UnmarshalText(text []byte) error {
	return a.USD.UnmarshalText([]byte(strings.TrimSpace(string(text))))
}

type customerAdd struct {
	Code   string `arg:"" help:"2 to 32 capital letters, digits, - or _, such as ENVIA."`
	Name   string `required:"" help:"The customer's name."`
	Credit amount `placeholder:"USD" help:"An opening adjustment."`
	JSON   bool   `name:"json" help:"Print {\"id\",\"code\",\"api_key\"}."`
}

// Validate refuses what can be seen to be wrong before the database is asked.
func (a *customerAdd) Validate() error {
	if wrong, is := errorAs[billing.ValidationError](billing.CheckNewCustomer(a.Code, a.Name)); is {
		if wrong["code"] != "" {
			return errors.New("CODE: " + wrong["code"])
		}
		return errors.New("--name: " + wrong["name"])
	}
	if a.Credit.Sign() < 0 {
		return errors.New("--credit: an opening credit is not below zero")
	}
	return nil
}

// Run makes the customer and prints its key.
func (a *customerAdd) Run(ctx context.Context, std streams) (err error) {
	b, err := openCurrentBooks(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	engine := b.engine()
	c, key, err := engine.AddCustomer(ctx, commandLine(), topup.NewCustomer{Code: a.Code, Name: a.Name, Opening: a.Credit.USD})
	if err != nil {
		return fmt.Errorf("make customer %s: %w", a.Code, readable(err))
	}
	if (billing.Adjustment{Amount: a.Credit.USD}).NeedsApproval(engine.ApprovalLimit()) {
		std.note("The opening credit of %s USD is above APPROVAL_LIMIT_USD (%s): it waits for an operator to approve it.\n",
			a.Credit, engine.ApprovalLimit())
	}
	if a.JSON {
		made, err := json.Marshal(struct { //nolint:gosec // G117: shown this once, on purpose
			ID   string `json:"id"`
			Code string `json:"code"`
			Key  string `json:"api_key"`
		}{strconv.FormatInt(c.ID, 10), c.Code, key})
		if err != nil {
			return fmt.Errorf("print the result: %w", err)
		}
		return std.print("%s\n", made)
	}
	return std.print("customer  %s (%s), id %d\nbalance   %s USD\nAPI key   %s\nThe key is shown this once and is not kept.\n",
		c.Code, c.Name, c.ID, c.Posted, key)
}

type customerCredit struct {
	Code   string `arg:"" help:"The customer's code."`
	USD    amount `arg:"" name:"usd" help:"The amount, such as 500 or -12.50."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, for the ledger and the audit log."`
}

// adjustment is what was asked for, as the engine takes it.
func (a *customerCredit) adjustment(customerID int64) billing.Adjustment {
	reason := billing.ReasonDeposit
	if a.USD.Sign() < 0 {
		reason = billing.ReasonCorrection
	}
	return billing.Adjustment{ID: uuid.New(), CustomerID: customerID, Amount: a.USD.USD, Reason: reason, Note: a.Reason}
}

// Validate refuses what can be seen to be wrong before the database is asked.
func (a *customerCredit) Validate() error {
	wrong, is := errorAs[billing.ValidationError](a.adjustment(0).Check())
	switch {
	case !is:
		return nil
	case wrong["amount"] != "":
		return errors.New("USD: " + wrong["amount"])
	default:
		return errors.New("--reason: " + wrong["note"])
	}
}

// Run posts the adjustment, or leaves it for a second operator.
func (a *customerCredit) Run(ctx context.Context, std streams) (err error) {
	b, err := openCurrentBooks(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	c, err := b.CustomerByCode(ctx, a.Code)
	if errors.Is(err, billing.ErrNotFound) {
		return fmt.Errorf("no customer has the code %q", a.Code)
	}
	if err != nil {
		return err
	}
	engine := b.engine()
	done, err := engine.Adjust(ctx, commandLine(), a.adjustment(c.ID))
	if err != nil {
		return fmt.Errorf("adjust the balance of %s: %w", a.Code, readable(err))
	}
	if done.State == billing.AdjustmentWaiting {
		std.note("%s USD is above APPROVAL_LIMIT_USD (%s): nothing has moved, it waits for an operator to approve it.\n",
			done.Amount.Abs(), engine.ApprovalLimit())
	}
	if done.OneOperator {
		std.note("Approvals are switched off (APPROVAL_LIMIT_USD=0): the ledger says that one operator did this.\n")
	}
	if c, err = b.Customer(ctx, c.ID); err != nil {
		return err
	}
	return std.print("%s %s USD for %s; its balance is %s USD, available %s USD\n", done.State, done.Amount, c.Code, c.Posted, c.Available())
}

// engine moves money and sends nothing.
func (b books) engine() *topup.Engine {
	return topup.New(b.Store, nil, b.log, topup.Options{ApprovalLimit: b.config.ApprovalLimit})
}

// commandLine is who acts, in the audit log.
func commandLine() billing.Actor {
	name := "command line"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return billing.Actor{Kind: billing.ActorCommandLine, Name: name}
}

// readable says what is wrong with each field, where the error is about fields.
func readable(err error) error {
	wrong, is := errorAs[billing.ValidationError](err)
	if !is {
		return err
	}
	var said []string
	for _, field := range slices.Sorted(maps.Keys(wrong)) {
		said = append(said, field+": "+wrong[field])
	}
	return errors.New(strings.Join(said, "; "))
}
