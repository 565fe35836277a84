package access

// API keys: made and shown once, rotated with an overlap, ended.

import (
	"context"
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

// MakeKey gives a customer a new key under a name. Sent twice with the same key
// it is done once. A wrong name is a billing.ValidationError.
func (d *Door) MakeKey(ctx context.Context, actor billing.Actor, c billing.Customer, name, key string) (made billing.APIKey, err error) {
	if n := utf8.RuneCountInString(name); n == 0 || n > longestKeyName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return made, billing.ValidationError{"name": "Enter a name of 60 characters at most"}
	}
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		var isNew bool
		made, isNew, err = tx.PutAPIKey(ctx, billing.APIKey{CustomerID: c.ID, Name: name, Hint: billing.KeyHint(key)}, billing.HashSecret(key))
		if err != nil || !isNew {
			return err
		}
		return tx.Audit(ctx, actor, didToKey("made", made, nil))
	})
	return made, err
}

// RotateKey replaces a key by a new one of the same name; the old one goes on
// for overlap, one of Overlaps. Sent twice with the same key it is done once. A
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
		made, isNew, err = tx.PutAPIKey(ctx, billing.APIKey{CustomerID: old.CustomerID, Name: old.Name, Hint: billing.KeyHint(key)}, billing.HashSecret(key))
		if err != nil || !isNew {
			return err
		}
		if old.EndedAt != nil {
			return billing.ErrAlreadyDecided
		}
		if err := tx.EndAPIKey(ctx, old.ID, overlap); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, didToKey("rotated", made, map[string]string{"replaces": old.Hint, "overlap": overlap.String()}))
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
		if err != nil || key.EndedAt != nil && !key.EndedAt.After(now) {
			return err
		}
		if err := tx.EndAPIKey(ctx, id, 0); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, didToKey("ended", key, nil))
	})
}

func didToKey(act string, key billing.APIKey, more map[string]string) store.Did {
	after := map[string]string{"name": key.Name}
	for name, value := range more {
		after[name] = value
	}
	return store.Did{Action: "key." + act, CustomerID: &key.CustomerID, Subject: key.Hint, After: after}
}
