package access

// Passwords: argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane), written
// in the usual "$argon2id$…" form. RFC 9106's 64 MiB would be half of our memory.

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

const (
	argonTime, argonMemory, argonThreads = 2, 19 * 1024, 1
	argonKeyLength                       = 32
)

// argonPlaces bounds how many passwords are checked at once: each takes 19 MiB.
var argonPlaces = make(chan struct{}, 2)

// HashPassword is what is kept of a password.
func HashPassword(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	key := argonKey(password, salt)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// PasswordFits compares in constant time. An unreadable hash fits nothing.
func PasswordFits(password, hash string) bool {
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

// NobodysHash is compared when a name does not exist or has no password, so that
// the time of an answer does not tell which names do.
var NobodysHash = sync.OnceValue(func() string { return HashPassword("nobody has this password") })
