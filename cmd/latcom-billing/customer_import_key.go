package main

// An API key of the old system, taken over: its integration goes on unchanged.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	door "latcom.example/latcom-billing/access" // this package has a command of that name
	"latcom.example/latcom-billing/billing"
)

type customerImportKey struct {
	Code       string `arg:"" help:"The customer's code."`
	Name       string `default:"Imported key" help:"The key's name, for people."`
	CustomerID string `placeholder:"ID" help:"What the integration sends as x-customer-id, if that is neither the customer's code nor its id."`
}

// Help says how the key is handed over.
func (customerImportKey) Help() string {
	return `The key is read from standard input, one line, so that it is in no list of processes and no shell's history. Only its hash is kept.

  latcom-billing customer import-key ENVIA --customer-id envia-001 < key.txt`
}

// longestLine is more than a key has.
const longestLine = 4 << 10

// Run keeps the hash of the key.
func (i *customerImportKey) Run(ctx context.Context, std streams) (err error) {
	key, err := readSecret(os.Stdin)
	if err != nil {
		return err
	}
	old := door.OldKey{Name: i.Name, Key: key, CustomerID: i.CustomerID}
	if err := old.Check(); err != nil {
		return fmt.Errorf("import a key of %s: %w", i.Code, readable(err))
	}
	b, err := openCurrentBooks(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	c, err := b.CustomerByCode(ctx, i.Code)
	if errors.Is(err, billing.ErrNotFound) {
		return fmt.Errorf("no customer has the code %q", i.Code)
	}
	if err != nil {
		return err
	}
	made, err := door.New(b.Store, nil).ImportKey(ctx, commandLine(), c, old)
	if errors.Is(err, billing.ErrTaken) {
		return errors.New("another customer has this key: nothing was imported")
	}
	if err != nil {
		return fmt.Errorf("import a key of %s: %w", c.Code, readable(err))
	}
	if made.EndedAt != nil {
		return fmt.Errorf("%s has had this key before, and it was ended (%s): it stays so", c.Code, made.Hint)
	}
	return std.print("key       %s, id %d\ncustomer  %s (%s)\nOnly its hash is kept.\n", made.Hint, made.ID, c.Code, c.Name)
}

// readSecret reads one line.
func readSecret(from io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(from, longestLine))
	if err != nil {
		return "", fmt.Errorf("read the key from standard input: %w", err)
	}
	text = bytes.TrimSpace(text)
	if bytes.ContainsAny(text, "\r\n") {
		return "", errors.New("standard input has more than one line: a key is one")
	}
	return string(text), nil
}
