package access

// API keys: made and shown once, rotated with an overlap, ended.

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Overlaps are how long a key may go on beside the one that replaces it.
func Overlaps() []time.Duration {
	return []time.Duration{0, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
}

// longestKeyName is a key's name at most, in characters.
const longestKeyName = 60

// NewKey is what a customer's new key is made of.
type NewKey struct {
	Customer billing.Customer
	Name     string
	Key      string
	Terms    billing.KeyTerms
}

// MakeKey gives a customer a new key. Sent twice with the same key it is done once.
// A wrong name, or wrong terms, are a billing.ValidationError.
func (d *Door) MakeKey(ctx context.Context, actor billing.Actor, n NewKey) (made billing.APIKey, err error) {
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		now, err := tx.Now(ctx)
		if err == nil {
			err = checkKey(n.Name, n.Terms, now)
		}
		if err != nil {
			return err
		}
		var isNew bool
		fresh := billing.APIKey{CustomerID: n.Customer.ID, Name: n.Name, Hint: billing.KeyHint(n.Key), KeyTerms: n.Terms}
		made, isNew, err = tx.PutAPIKey(ctx, fresh, billing.HashSecret(n.Key))
		if err != nil || !isNew {
			return err
		}
		return auditKey(ctx, tx, actor, n.Customer.ID, didToKey("made", made, said(n.Terms.Facts())))
	})
	return made, err
}

// checkKey says what is wrong with a key's name and terms, by field.
func checkKey(name string, terms billing.KeyTerms, at time.Time) error {
	wrong := billing.ValidationError{}
	errors.As(terms.Check(at), &wrong)
	if n := utf8.RuneCountInString(name); n == 0 || n > longestKeyName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		wrong["name"] = "Enter a name of 60 characters at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// ChangeKey gives a key another name and other terms, in force at once. Nothing new
// changes nothing. Wrong ones are a billing.ValidationError, a key that has ended, or
// is to end, billing.ErrAlreadyDecided.
func (d *Door) ChangeKey(ctx context.Context, actor billing.Actor, key billing.APIKey, name string, terms billing.KeyTerms) error {
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockAPIKey(ctx, key.CustomerID, key.ID)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if was.EndedAt != nil || !was.Works(now) {
			return billing.ErrAlreadyDecided
		}
		if err := checkKey(name, terms, now); err != nil {
			return err
		}
		before, after := keyFacts(was.Name, was.KeyTerms), keyFacts(name, terms)
		if maps.Equal(before, after) {
			return nil
		}
		if err := tx.SetKeyTerms(ctx, key.ID, name, terms); err != nil {
			return err
		}
		return auditKey(ctx, tx, actor, key.CustomerID, store.Did{Action: "key.changed", CustomerID: &key.CustomerID, Subject: was.Hint, Before: before, After: after})
	})
}

func keyFacts(name string, terms billing.KeyTerms) map[string]string {
	facts := terms.Facts()
	facts["name"] = name
	return facts
}

// said leaves out the facts that say nothing.
func said(facts map[string]string) map[string]string {
	maps.DeleteFunc(facts, func(_, value string) bool { return value == "" })
	return facts
}

// RotateKey replaces a key by a new one of the same name and terms, which goes on with
// what the old one spent of its cap; the old one goes on for overlap, one of Overlaps. Sent twice with the same key it is done once. A
// key that has ended, or is to end, is billing.ErrAlreadyDecided.
func (d *Door) RotateKey(ctx context.Context, actor billing.Actor, old billing.APIKey, overlap time.Duration, key string) (made billing.APIKey, err error) {
	if !slices.Contains(Overlaps(), overlap) {
		return made, billing.ValidationError{"overlap": "Choose how long the old key goes on"}
	}
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		if old, err = tx.LockAPIKey(ctx, old.CustomerID, old.ID); err != nil {
			return err
		}
		var isNew bool
		fresh := billing.APIKey{CustomerID: old.CustomerID, Name: old.Name, Hint: billing.KeyHint(key), KeyTerms: old.KeyTerms}
		made, isNew, err = tx.PutAPIKey(ctx, fresh, billing.HashSecret(key))
		if err != nil || !isNew {
			return err
		}
		if now, err := tx.Now(ctx); err != nil || old.EndedAt != nil || !old.Works(now) {
			return cmp.Or(err, billing.ErrAlreadyDecided)
		}
		if err := tx.SucceedKey(ctx, made.ID, old.ID); err != nil {
			return err
		}
		if err := tx.EndAPIKey(ctx, old.ID, overlap); err != nil {
			return err
		}
		return auditKey(ctx, tx, actor, old.CustomerID, didToKey("rotated", made, map[string]string{"replaces": old.Hint, "overlap": overlap.String()}))
	})
	return made, err
}

// EndKey lets a key open nothing from now on. Ending it again changes nothing.
func (d *Door) EndKey(ctx context.Context, actor billing.Actor, customerID, id int64) error {
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		key, err := tx.LockAPIKey(ctx, customerID, id)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil || !key.Works(now) {
			return err
		}
		if err := tx.EndAPIKey(ctx, id, 0); err != nil {
			return err
		}
		return auditKey(ctx, tx, actor, customerID, didToKey("ended", key, nil))
	})
}

// EndKeys lets all of a customer's keys open nothing from now on, and says how many
// did until then.
func (d *Door) EndKeys(ctx context.Context, actor billing.Actor, customerID int64) (n int, err error) {
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		ended, err := tx.EndAPIKeys(ctx, customerID)
		if err != nil {
			return err
		}
		n = len(ended)
		for _, key := range ended {
			if err := tx.Audit(ctx, actor, didToKey("ended", key, map[string]string{"all_keys": "true"})); err != nil {
				return err
			}
		}
		return tx.Announce(ctx, store.Change{CustomerID: customerID})
	})
	return n, err
}

// auditKey keeps what was done to a key, and tells every instance: each may still
// take the key as it was.
func auditKey(ctx context.Context, tx *store.Tx, actor billing.Actor, customerID int64, did store.Did) error {
	if err := tx.Audit(ctx, actor, did); err != nil {
		return err
	}
	return tx.Announce(ctx, store.Change{CustomerID: customerID})
}

func didToKey(act string, key billing.APIKey, more map[string]string) store.Did {
	after := map[string]string{"name": key.Name}
	for name, value := range more {
		after[name] = value
	}
	return store.Did{Action: "key." + act, CustomerID: &key.CustomerID, Subject: key.Hint, After: after}
}
