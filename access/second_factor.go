package access

// Codes from a phone (RFC 6238: SHA-1, 6 digits, 30 s, as every app reads them),
// and recovery codes for who has no phone at hand.

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const (
	issuer        = "Latcom Billing"
	codePeriod    = 30
	recoveryCodes = 10
)

// NewSecondFactor is what somebody needs to set his phone up.
type NewSecondFactor struct {
	Secret string   // base32, to type in
	URL    string   // otpauth://…
	QR     [][]bool // the same to photograph: rows of modules, true is dark
}

// NewSecondFactor makes a secret for an account. Nothing is kept before
// AddSecondFactor.
func (d *Door) NewSecondFactor(who Account) (NewSecondFactor, error) {
	return d.SecondFactorOf(who, base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(randomBytes(20)))
}

// SecondFactorOf shows a secret again, while it is being set up.
func (d *Door) SecondFactorOf(who Account, secret string) (NewSecondFactor, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return NewSecondFactor{}, fmt.Errorf("read the secret of a second factor: %w", err)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: who.SignInName, Secret: raw, Period: codePeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return NewSecondFactor{}, fmt.Errorf("make a second factor: %w", err)
	}
	modules, err := modulesOf(key.URL())
	return NewSecondFactor{Secret: secret, URL: key.URL(), QR: modules}, err
}

func modulesOf(text string) ([][]bool, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("draw a QR code: %w", err)
	}
	size := code.Bounds().Dx()
	rows := make([][]bool, size)
	for y := range rows {
		rows[y] = make([]bool, size)
		for x := range rows[y] {
			dark, _, _, _ := code.At(x, y).RGBA()
			rows[y][x] = dark == 0
		}
	}
	return rows, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // it never fails
	return b
}

// AddSecondFactor keeps a secret after its first code proved that the phone has
// it, signs the account out in all other browsers, and returns the recovery
// codes, which are not kept. Errors: ErrWrongCode, billing.ErrTaken.
func (d *Door) AddSecondFactor(ctx context.Context, who Account, secret, code, address string) (recovery []string, err error) {
	now, err := d.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	step, fits := stepOf(secret, code, now)
	if !fits {
		return nil, ErrWrongCode
	}
	recovery, hashes := newRecoveryCodes()
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		err := tx.InsertSecondFactor(ctx, store.SecondFactor{Person: who.Person, Secret: d.box.Seal(purposeOf(who), []byte(secret)), LastStep: step})
		if err != nil {
			return err
		}
		if err := tx.ReplaceRecoveryCodes(ctx, who.Person, hashes); err != nil {
			return err
		}
		if _, err := tx.EndSessions(ctx, who.Person, who.Session); err != nil {
			return err
		}
		return tx.Audit(ctx, who.Actor(address), who.Did("second_factor_added", nil, nil))
	})
	return recovery, err
}

// RemoveSecondFactor takes an account's own second factor away.
func (d *Door) RemoveSecondFactor(ctx context.Context, who Account, address string) error {
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		removed, err := tx.DeleteSecondFactor(ctx, who.Person)
		if err != nil || !removed {
			return err
		}
		return tx.Audit(ctx, who.Actor(address), who.Did("second_factor_removed", nil, nil))
	})
}

// RenewRecoveryCodes replaces an account's recovery codes and returns the new ones.
func (d *Door) RenewRecoveryCodes(ctx context.Context, who Account, address string) ([]string, error) {
	codes, hashes := newRecoveryCodes()
	err := d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.ReplaceRecoveryCodes(ctx, who.Person, hashes); err != nil {
			return err
		}
		return tx.Audit(ctx, who.Actor(address), who.Did("recovery_codes_made", nil, nil))
	})
	return codes, err
}

// RequireSecondFactor says whether every operator needs one. Saying what is so
// already changes nothing.
func (d *Door) RequireSecondFactor(ctx context.Context, actor billing.Actor, required bool) error {
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		changed, err := tx.RequireSecondFactor(ctx, required)
		if err != nil || !changed {
			return err
		}
		return tx.Audit(ctx, actor, store.Did{
			Action: "rule.second_factor", Before: map[string]bool{"required": !required}, After: map[string]bool{"required": required},
		})
	})
}

// HasSecondFactor says whether an account asks for a code.
func (d *Door) HasSecondFactor(ctx context.Context, who Account) (bool, error) {
	_, err := d.store.SecondFactor(ctx, who.Person)
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// UseCode takes a code from the account's phone, or one of its recovery codes;
// each opens once. Anything else is ErrWrongCode.
func (d *Door) UseCode(ctx context.Context, who Account, code, address string) error {
	if len(plainCode(code)) > 6 {
		return d.useRecoveryCode(ctx, who, code, address)
	}
	factor, err := d.store.SecondFactor(ctx, who.Person)
	if errors.Is(err, billing.ErrNotFound) {
		return ErrWrongCode
	}
	if err != nil {
		return err
	}
	secret, stale, err := d.box.Open(purposeOf(who), factor.Secret)
	if err != nil {
		return err
	}
	now, err := d.store.Now(ctx)
	if err != nil {
		return err
	}
	step, fits := stepOf(string(secret), code, now)
	if !fits || step <= factor.LastStep {
		return ErrWrongCode
	}
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.UseStep(ctx, who.Person, step); err != nil || !stale {
			return err
		}
		return tx.ResealSecondFactor(ctx, who.Person, d.box.Seal(purposeOf(who), secret))
	})
	if errors.Is(err, billing.ErrNotFound) {
		return ErrWrongCode // somebody was faster with the same code
	}
	return err
}

func (d *Door) useRecoveryCode(ctx context.Context, who Account, code, address string) error {
	err := d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.UseRecoveryCode(ctx, who.Person, billing.HashSecret(plainCode(code))); err != nil {
			return err
		}
		return tx.Audit(ctx, who.Actor(address), who.Did("recovery_code_used", nil, nil))
	})
	if errors.Is(err, billing.ErrNotFound) {
		return ErrWrongCode
	}
	return err
}

// purposeOf ties a sealed secret to its account.
func purposeOf(who Account) string {
	return fmt.Sprintf("second factor of %s %d", who.Kind, *who.Actor("").ID)
}

// stepOf finds the time step that a code belongs to: the present one, the one
// before or the one after, for clocks that are not quite right.
func stepOf(secret, code string, now time.Time) (step int64, fits bool) {
	typed := []byte(plainCode(code))
	for step := now.Unix()/codePeriod - 1; step <= now.Unix()/codePeriod+1; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // G115: a moment after 1970
		if err == nil && subtle.ConstantTimeCompare(typed, []byte(want)) == 1 {
			return step, true
		}
	}
	return 0, false
}

// plainCode is a code without what people put between its letters.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.TrimSpace(code)))
}

// newRecoveryCodes makes ten codes of 80 random bits, in groups of four letters.
func newRecoveryCodes() (codes []string, hashes [][]byte) {
	for range recoveryCodes {
		plain := rand.Text()[:16]
		codes = append(codes, strings.Join([]string{plain[:4], plain[4:8], plain[8:12], plain[12:]}, "-"))
		hashes = append(hashes, billing.HashSecret(plain))
	}
	return codes, hashes
}
