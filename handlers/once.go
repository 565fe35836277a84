package handlers

// Secrets that a form makes: a key, a link. The form carries the secret sealed
// before anything is kept, so that sending it twice makes one thing and shows
// the same; what is kept is a hash.

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"
)

// onceLifetime is how long such a form can be sent.
const onceLifetime = time.Hour

// once seals a secret for one use by who is signed in.
func (s *Site) once(c echo.Context, use, secret string) string {
	plain := binary.BigEndian.AppendUint64(nil, uint64(time.Now().Add(onceLifetime).Unix())) //nolint:gosec // G115: a moment after 1970
	return base64.RawURLEncoding.EncodeToString(s.box.Seal(oncePurpose(c, use), append(plain, secret...)))
}

// reopened gives the secret that the form carries, unless it is too old or not
// ours: then the form has to be filled in again.
func (s *Site) reopened(c echo.Context, use string) (secret string, fresh bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(c.FormValue("once"))
	if err != nil {
		return "", false
	}
	plain, _, err := s.box.Open(oncePurpose(c, use), sealed)
	if err != nil || len(plain) < 8 {
		return "", false
	}
	until := time.Unix(int64(binary.BigEndian.Uint64(plain)), 0) //nolint:gosec // G115: as above
	return string(plain[8:]), time.Now().Before(until)
}

// oncePurpose ties a secret to its use and to who is signed in.
func oncePurpose(c echo.Context, use string) string {
	who := account(c)
	return fmt.Sprintf("form of %s %d: %s", who.Kind, *who.Actor("").ID, use)
}
