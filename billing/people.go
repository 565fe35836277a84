package billing

// Who signs in: operators, and members of customers.

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Role is what an operator may do.
type Role string

// The roles, from the least to the most.
const (
	RoleViewer  Role = "viewer"
	RoleSupport Role = "support"
	RoleFinance Role = "finance"
	RoleAdmin   Role = "admin"
)

// Roles lists them, from the least to the most.
func Roles() []Role { return []Role{RoleViewer, RoleSupport, RoleFinance, RoleAdmin} }

// MayMoveMoney says whether the role may ask for and decide adjustments.
func (r Role) MayMoveMoney() bool { return r == RoleFinance || r == RoleAdmin }

// MayManage says whether the role may make customers, keys and members.
func (r Role) MayManage() bool { return r == RoleFinance || r == RoleAdmin }

// MayRule says whether the role may make operators and change their roles, and
// what holds for all of them.
func (r Role) MayRule() bool { return r == RoleAdmin }

// Operator is a person of ours who works in the back office.
type Operator struct {
	ID           int64      `db:"id"`
	SignInName   string     `db:"sign_in_name"` // lower case
	Name         string     `db:"name"`
	Role         Role       `db:"role"`
	PasswordHash string     `db:"password_hash"` // empty: invited, cannot sign in yet
	CreatedAt    time.Time  `db:"created_at"`
	DisabledAt   *time.Time `db:"disabled_at"`
	MadeBy       *int64     `db:"made_by"`       // who made or last reset the account; nil: ADMIN_KEY, or before this was kept
	ApprovesFrom *time.Time `db:"approves_from"` // approves nothing before; nil: at once
	SignedInAt   *time.Time `db:"signed_in_at"`  // last
}

// MemberRole is what a member may do for its customer.
type MemberRole string

// An owner also manages members and API keys, and orders by hand.
const (
	MemberOwner  MemberRole = "owner"
	MemberMember MemberRole = "member"
)

// MemberRoles lists them.
func MemberRoles() []MemberRole { return []MemberRole{MemberOwner, MemberMember} }

// MayManage says whether the role may make API keys and members.
func (r MemberRole) MayManage() bool { return r == MemberOwner }

// MayOrder says whether the role may spend its company's credit by hand. Its
// programs do so with API keys: who may make those may order.
func (r MemberRole) MayOrder() bool { return r == MemberOwner }

// Member is a person of a customer who sees its dashboard.
type Member struct {
	ID           int64      `db:"id"`
	CustomerID   int64      `db:"customer_id"`
	Email        string     `db:"email"` // lower case, the name to sign in with
	Name         string     `db:"name"`
	Role         MemberRole `db:"role"`
	PasswordHash string     `db:"password_hash"` // empty: invited, cannot sign in yet
	CreatedAt    time.Time  `db:"created_at"`
	DisabledAt   *time.Time `db:"disabled_at"`
	SignedInAt   *time.Time `db:"signed_in_at"` // last
}

// Person is who signs in: an operator or a member. Exactly one of them is set.
type Person struct {
	OperatorID *int64 `db:"operator_id"`
	MemberID   *int64 `db:"member_id"`
}

// Person is the operator as one who signs in.
func (o Operator) Person() Person { return Person{OperatorID: &o.ID} }

// Person is the member as one who signs in.
func (m Member) Person() Person { return Person{MemberID: &m.ID} }

var (
	signInPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,63}$`)
	emailPattern  = regexp.MustCompile(`^[^\s@<>"(),:;\\\[\]]{1,64}@[a-z0-9.-]{1,180}\.[a-z]{2,24}$`)
)

// Length of a name, of a password.
const (
	LongestName      = 120
	ShortestPassword = 10
	LongestPassword  = 1000
)

// CheckOperator says what is wrong with a new operator, by field: name,
// sign_in_name, role. It is empty when nothing is.
func CheckOperator(o Operator) ValidationError {
	wrong := checkName(o.Name)
	if !signInPattern.MatchString(o.SignInName) {
		wrong["sign_in_name"] = "Use 2 to 64 letters, digits, . _ - or @"
	}
	if !slices.Contains(Roles(), o.Role) {
		wrong["role"] = "Choose a role"
	}
	return wrong
}

// CheckMember says what is wrong with a new member, by field: name, email, role.
func CheckMember(m Member) ValidationError {
	wrong := checkName(m.Name)
	if !emailPattern.MatchString(m.Email) {
		wrong["email"] = "Enter an e-mail address, such as laura@example.com"
	}
	if !slices.Contains(MemberRoles(), m.Role) {
		wrong["role"] = "Choose a role"
	}
	return wrong
}

// CheckPassword says what is wrong with a new password, under "password".
func CheckPassword(password string) ValidationError {
	wrong := ValidationError{}
	switch n := utf8.RuneCountInString(password); {
	case n < ShortestPassword:
		wrong["password"] = "Use 10 characters or more"
	case n > LongestPassword:
		wrong["password"] = "Use 1,000 characters at most"
	}
	return wrong
}

func checkName(name string) ValidationError {
	wrong := ValidationError{}
	n := utf8.RuneCountInString(name)
	if n == 0 || n > LongestName || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		wrong["name"] = "Enter a name of 120 characters at most"
	}
	return wrong
}
