package access

// Keys of the system before this one: kept as hashes, like our own.

import (
	"context"
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// OldKey is a key of the old system.
type OldKey struct {
	Name       string // of the key, for people
	Key        string // as its integration sends it
	CustomerID string // as its integration names its customer; empty: by code or id
}

const (
	shortestOldKey = 16
	longestOldKey  = 200
	longestOldID   = 100
)

// Check says what is wrong with k: a billing.ValidationError.
func (k OldKey) Check() error {
	wrong := billing.ValidationError{}
	switch {
	case len(k.Key) < shortestOldKey:
		wrong["key"] = "A key that can be guessed is not imported: it has 16 characters or more"
	case len(k.Key) > longestOldKey || strings.ContainsFunc(k.Key, notInAHeader):
		wrong["key"] = "A key has 200 characters at most, without spaces or accents"
	}
	if len(k.CustomerID) > longestOldID || strings.ContainsFunc(k.CustomerID, notInAHeader) {
		wrong["customer-id"] = "It has 100 characters at most, without spaces or accents"
	}
	if len(k.Name) > longestKeyName || k.Name == "" {
		wrong["name"] = "Enter a name of 60 characters at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// notInAHeader is true of what a key in a header cannot hold.
func notInAHeader(r rune) bool { return r <= ' ' || r > '~' }

// hint is what may be shown of the key: it has no prefix that tells whose it is.
func (k OldKey) hint() string { return "…" + k.Key[len(k.Key)-4:] }

// ImportKey keeps an old key of a customer: from now on it opens what our own keys
// do, and its integration may go on calling as it did. Imported again it is done
// once; a key of another customer is billing.ErrTaken.
func (d *Door) ImportKey(ctx context.Context, actor billing.Actor, c billing.Customer, k OldKey) (made billing.APIKey, err error) {
	if err := k.Check(); err != nil {
		return made, err
	}
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		var isNew bool
		made, isNew, err = tx.PutAPIKey(ctx, billing.APIKey{CustomerID: c.ID, Name: k.Name, Hint: k.hint(), KeyTerms: billing.AnyTerms()}, billing.HashSecret(k.Key))
		if err != nil {
			return err
		}
		if err := tx.NameOldCustomer(ctx, made, k.CustomerID); err != nil || !isNew {
			return err
		}
		return auditKey(ctx, tx, actor, c.ID, didToKey("imported", made, map[string]string{"old customer id": k.CustomerID}))
	})
	return made, err
}
