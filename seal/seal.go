// Package seal encrypts what is kept for later and must be read again: secrets
// of second factors, secrets that a form carries. Its keys are derived from
// SECRET_KEY; it knows no database and nothing of what it is handed.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// ErrBroken means that no key opens this: it was altered, belongs to another
// purpose, or was sealed with a key that is gone.
var ErrBroken = errors.New("this cannot be opened with SECRET_KEY or SECRET_KEY_OLD")

// Box seals with one key and opens with it and the one before.
type Box struct{ present, old cipher.AEAD }

// New derives the box's keys. old may be empty.
func New(secret, old string) (*Box, error) {
	if secret == "" {
		return nil, errors.New("SECRET_KEY is not set")
	}
	present, err := keyOf(secret)
	if err != nil {
		return nil, err
	}
	b := &Box{present: present}
	if old != "" {
		b.old, err = keyOf(old)
	}
	return b, err
}

func keyOf(secret string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "stored secrets", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key for stored secrets: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make the cipher for stored secrets: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make the cipher for stored secrets: %w", err)
	}
	return aead, nil
}

// Seal encrypts plain. It opens for the same purpose only: name what it is and
// whose, such as "second factor of operator 7".
func (b *Box) Seal(purpose string, plain []byte) []byte {
	return b.present.Seal(nil, nil, plain, []byte(purpose)) //nolint:gosec // G407: this cipher makes the nonce itself
}

// Open gives back what was sealed. stale says that the old key opened it: seal
// it again. Its error is ErrBroken.
func (b *Box) Open(purpose string, sealed []byte) (plain []byte, stale bool, err error) {
	if plain, err = b.present.Open(nil, nil, sealed, []byte(purpose)); err == nil {
		return plain, false, nil
	}
	if b.old != nil {
		if plain, err = b.old.Open(nil, nil, sealed, []byte(purpose)); err == nil {
			return plain, true, nil
		}
	}
	return nil, false, fmt.Errorf("open the %s: %w", purpose, ErrBroken)
}
