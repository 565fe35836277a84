package handlers

// Passwords: argon2id with the parameters of RFC 9106's second recommendation,
// written in the usual "$argon2id$…" form.

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	argonTime, argonMemory, argonThreads = 3, 64 * 1024, 4 // 64 MiB
	argonKeyLength                       = 32
	minPassword                          = 10
)

// argonPlaces bounds how many passwords are checked at once: each takes 64 MiB.
var argonPlaces = make(chan struct{}, 2)

// HashPassword is what is kept of a password.
func HashPassword(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt) //nolint:errcheck // never fails (crypto/rand)
	key := argonKey(password, salt)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// passwordFits compares in constant time. An unreadable hash fits nothing.
func passwordFits(password, hash string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		return false
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	want, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(want) != argonKeyLength {
		return false
	}
	return subtle.ConstantTimeCompare(argonKey(password, salt), want) == 1
}

func argonKey(password string, salt []byte) []byte {
	argonPlaces <- struct{}{}
	defer func() { <-argonPlaces }()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKeyLength)
}

// nobodysHash is compared when a name does not exist, so that the time of an
// answer does not tell which names do.
var nobodysHash = HashPassword("nobody has this password")
