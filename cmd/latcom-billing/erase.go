package main

// Personal data, erased: a member's at request, addresses after their time. The
// books stay whole: verify says so before and after.

import (
	"context"
	"errors"
	"fmt"
	"time"

	door "latcom.example/latcom-billing/access" // this package has a command of that name
	"latcom.example/latcom-billing/billing"
)

type eraseCommands struct {
	Member eraseMember `cmd:"" help:"Erases what is known of a member: name, address, password, second factor."`
	Old    eraseOld    `cmd:"" help:"Erases the network addresses of old orders, and who repeated them. Run it once a month."`
}

type eraseMember struct {
	Email string `arg:"" help:"The member's e-mail address."`
}

// Run erases it; the audit log says that, and not of whom.
func (e eraseMember) Run(ctx context.Context, std streams) (err error) {
	b, err := openCurrentBooks(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	m, err := b.AnyMemberByEmail(ctx, e.Email)
	if errors.Is(err, billing.ErrNotFound) {
		return errors.New("no member has this address")
	}
	if err != nil {
		return err
	}
	if err := door.New(b.Store, nil).EraseMember(ctx, commandLine(), m.CustomerID, m.ID); err != nil {
		return err
	}
	return std.print("erased    member %d\nIts acts stay in the audit log, under the name that it had.\n", m.ID)
}

type eraseOld struct {
	Days int `default:"400" help:"What is older. 30 or more."`
}

// Validate keeps what is still looked at.
func (e eraseOld) Validate() error {
	if e.Days < 30 {
		return errors.New("--days must be 30 or more: newer ones are looked at when something was odd")
	}
	return nil
}

// Run erases step by step, so that nobody waits for it.
func (e eraseOld) Run(ctx context.Context, std streams) (err error) {
	b, err := openCurrentBooks(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	kept := time.Duration(e.Days) * 24 * time.Hour
	addresses, err := all(func() (int64, bool, error) { return b.ForgetAddresses(ctx, kept) })
	if err != nil {
		return err
	}
	repeats, err := all(func() (int64, bool, error) { return b.ForgetRepeats(ctx, kept) })
	if err != nil {
		return fmt.Errorf("after %d addresses: %w", addresses, err)
	}
	return std.print("erased    %d addresses of orders, %d repeats, older than %d days\n", addresses, repeats, e.Days)
}

func all(step func() (int64, bool, error)) (sum int64, err error) {
	for {
		n, left, err := step()
		sum += n
		if err != nil || !left {
			return sum, err
		}
	}
}
