package billing

// Customers and their keys; what everybody did.

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// Level says how well a customer's credit is filled.
type Level string

// The three levels, by the customer's own thresholds on its available amount.
const (
	LevelLow    Level = "low"
	LevelMedium Level = "medium"
	LevelGood   Level = "good"
)

// Customer is a company that resells top-ups, with its account.
type Customer struct {
	ID          int64     `db:"id"`
	Code        string    `db:"code"`
	Name        string    `db:"name"`
	Suspended   bool      `db:"suspended"`
	Discount    Fraction  `db:"discount"`
	LowBelow    USD       `db:"low_below"`    // available below it: low
	MediumBelow USD       `db:"medium_below"` // available below it: medium
	CreatedAt   time.Time `db:"created_at"`
	Balance
}

// Level compares what is available with the customer's thresholds.
func (c Customer) Level() Level {
	switch available := c.Available(); {
	case available.Cmp(c.LowBelow) < 0:
		return LevelLow
	case available.Cmp(c.MediumBelow) < 0:
		return LevelMedium
	default:
		return LevelGood
	}
}

// CodePattern is what a customer's code looks like: ENVIA.
var CodePattern = regexp.MustCompile(`^[A-Z0-9][A-Z0-9_-]{1,31}$`)

// CheckNewCustomer says what is wrong with a code and a name.
func CheckNewCustomer(code, name string) error {
	wrong := ValidationError{}
	if !CodePattern.MatchString(code) {
		wrong["code"] = "Use 2 to 32 capital letters, digits, - or _"
	}
	if n := strings.TrimSpace(name); n == "" || len(n) > 120 {
		wrong["name"] = "Enter a name of 120 characters at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// APIKey is a key of a customer's programs; the key itself is not kept.
type APIKey struct {
	ID         int64      `db:"id"`
	CustomerID int64      `db:"customer_id"`
	Name       string     `db:"name"`
	Hint       string     `db:"hint"` // "lb_live_…k7Q2"
	CreatedAt  time.Time  `db:"created_at"`
	LastUsedAt *time.Time `db:"last_used_at"` // to the minute
	EndedAt    *time.Time `db:"ended_at"`     // in the future: of a key that was replaced and goes on beside the new one

	LastUsedFrom string `db:"last_used_from"` // the address; empty: never used, or before this was kept

	KeyTerms
}

// Ends is when the key ends, or ended: by a hand, or because its time is over;
// nil: not as far as is known.
func (k APIKey) Ends() *time.Time {
	if k.EndedAt == nil || k.ExpiresAt != nil && k.ExpiresAt.Before(*k.EndedAt) {
		return k.ExpiresAt
	}
	return k.EndedAt
}

// Works says whether the key opens anything at a moment: up to the one at which
// it ends, and not at that one.
func (k APIKey) Works(at time.Time) bool { return k.Ends() == nil || k.Ends().After(at) }

// NewSecretKey makes an API key of 32 random characters after its prefix, with
// what may be shown of it later.
func NewSecretKey() (key, hint string) {
	secret := rand.Text() + rand.Text()[:6] // 160 bits
	key = LivePrefix + secret
	return key, KeyHint(key)
}

// What a key begins with says which house it opens. Keys of the system before this
// one begin with neither, and open the live one.
const (
	LivePrefix = "lb_live_"
	TestPrefix = "lb_test_"
)

// NewTestKey is NewSecretKey for the sandbox.
func NewTestKey() (key, hint string) {
	key, _ = NewSecretKey()
	key = TestPrefix + strings.TrimPrefix(key, LivePrefix)
	return key, KeyHint(key)
}

// IsTestKey says whether a key is for the sandbox.
func IsTestKey(key string) bool { return strings.HasPrefix(key, TestPrefix) }

// KeyHint is what may be shown of a key later.
func KeyHint(key string) string {
	prefix := LivePrefix
	if IsTestKey(key) {
		prefix = TestPrefix
	}
	return prefix + "…" + key[max(0, len(key)-4):]
}

// HashSecret is how keys and session tokens are kept: SHA-256 is enough for
// secrets that are random and long; passwords are argon2id.
func HashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// ActorKind says what kind of hand did something.
type ActorKind string

// Who acts.
const (
	ActorOperator    ActorKind = "operator"
	ActorMember      ActorKind = "member"
	ActorCommandLine ActorKind = "command_line"
	ActorSystem      ActorKind = "system"
)

// Actor is who does something, for the audit log.
type Actor struct {
	Kind    ActorKind
	ID      *int64 // operator or member
	Name    string
	Address string // IP address; empty for the command line
}

// Audit is one line of the audit log. Before and After hold what changed.
type Audit struct {
	ID         int64           `db:"id"`
	At         time.Time       `db:"at"`
	ActorKind  ActorKind       `db:"actor_kind"`
	ActorID    *int64          `db:"actor_id"`
	ActorName  string          `db:"actor_name"`
	Address    string          `db:"address"`
	Action     string          `db:"action"` // "customer.created", "adjustment.posted", …
	CustomerID *int64          `db:"customer_id"`
	Subject    string          `db:"subject"` // id of what it was done to
	Before     json.RawMessage `db:"before"`
	After      json.RawMessage `db:"after"`
}
