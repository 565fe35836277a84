package latcom

// What may be kept of an exchange: no token, no credential, nothing that a
// database or a page could choke on.

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Lengths of what is kept, in bytes.
const (
	maxEvidence = 4 << 10
	maxReason   = 500
	maxID       = 128
	maxCode     = 64
	redacted    = "[redacted]"
)

// veil hides our secrets, in plain and in the writings in which a server could
// echo them.
type veil struct {
	mu      sync.RWMutex
	secrets []string
	tokens  []string // the last ones, newest first
}

func newVeil(credentials ...string) *veil {
	v := &veil{}
	for _, secret := range credentials {
		v.secrets = append(v.secrets, writings(secret)...)
	}
	slices.SortFunc(v.secrets, func(a, b string) int { return len(b) - len(a) })
	return v
}

// keep adds a token. A few old ones stay: an answer may come late.
func (v *veil) keep(token string) {
	if len(writings(token)) == 0 {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tokens = append([]string{token}, v.tokens[:min(len(v.tokens), 7)]...)
}

// writings are the forms of a secret. One of 3 letters or fewer would blacken
// half of every answer and hide nothing.
func writings(secret string) []string {
	if len(secret) <= 3 {
		return nil
	}
	quoted, _ := json.Marshal(secret) // a string always marshals
	return []string{secret, strings.Trim(string(quoted), `"`), url.QueryEscape(secret)}
}

// Things that look like a token or a credential whoever they belong to.
var secretShapes = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(\bbearer\s+)[^\s"',}]+`),
	regexp.MustCompile(`(?i)("(?:access|access_token|refresh|refresh_token|token|password|passwd|secret|api_?key|authorization|username|dist_api|user_uid)"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[^\s,}]+)`),
	regexp.MustCompile(`()eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_.-]+`),
}

// hide makes text fit to be kept: secrets out, valid UTF-8, no control
// characters but line breaks and tabs, at most limit bytes.
func (v *veil) hide(text string, limit int) string {
	v.mu.RLock()
	known := slices.Concat(v.tokens, v.secrets)
	v.mu.RUnlock()
	for _, secret := range known {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	for _, shape := range secretShapes {
		text = shape.ReplaceAllString(text, "${1}"+redacted)
	}
	return cut(printable(text), limit)
}

// printable keeps what PostgreSQL can store and a page can show.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// cut never halves a character.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
