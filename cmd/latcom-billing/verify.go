package main

// The proof of the books.

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"latcom.example/latcom-billing/store/verify"
)

type verifyCommand struct {
	Sandbox bool `help:"The sandbox's books instead of the live ones."`
}

// Run prints each difference on a line of its own, and what was looked at.
func (v verifyCommand) Run(ctx context.Context, std streams) (err error) {
	open := openCurrentBooks
	if v.Sandbox {
		open = openSandboxBooks
	}
	b, err := open(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	report, err := verify.Run(ctx, b.DB().DB)
	if err != nil {
		return err
	}
	if err := printReport(std, report); err != nil {
		return err
	}
	if !report.Proven() {
		return fmt.Errorf("the books are not proven: %d differences", report.Wrong)
	}
	return nil
}

func printReport(std streams, r verify.Report) error {
	var text strings.Builder
	for _, difference := range r.Differences {
		text.WriteString(difference.String() + "\n")
	}
	if more := r.Wrong - int64(len(r.Differences)); more > 0 {
		fmt.Fprintf(&text, "… and %d more of the same rules\n", more)
	}
	fmt.Fprintf(&text, "%d customers, %d top-ups, %d attempts, %d entries, %d adjustments, %d checkpoints at %s; sum of all accounts: USD %s, MXN %s\n",
		r.Customers, r.TopUps, r.Attempts, r.Entries, r.Adjustments, r.Checkpoints, r.CheckedAt.Format("2006-01-02 15:04:05 MST"),
		r.Sums["USD"].StringFixed(4), r.Sums["MXN"].StringFixed(2))
	if r.Proven() {
		text.WriteString("proven: every balance and hold follows from the ledger, the top-ups and their attempts\n")
	}
	return std.print("%s", text.String())
}
