// Package access decides who comes in: people with passwords and second factors,
// programs with API keys. Each act and its line in the audit log are one
// transaction. It knows no HTTP: who asks, and from where, it is told.
package access

import (
	"context"
	"crypto/rand"
	"errors"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/seal"
	"latcom.example/latcom-billing/store"
)

// What a caller may have to tell apart, besides billing's errors.
var (
	// ErrWrongCode: the code is wrong, too old, or was used before.
	ErrWrongCode = errors.New("the code is wrong, too old or used")
	// ErrLastAdmin: without this operator nobody could make operators.
	ErrLastAdmin = errors.New("this is the only admin who can sign in")
	// ErrLastOwner: without this member nobody could manage the customer's people.
	ErrLastOwner = errors.New("this is the only owner who can sign in")
	// ErrNotAdmin: the name belongs to somebody whom ADMIN_KEY does not reset.
	ErrNotAdmin = errors.New("this operator is no admin, or disabled")
)

// Door is where people and programs are let in, and out.
type Door struct {
	store *store.Store
	box   *seal.Box
}

// New returns a door that keeps secrets in box.
func New(s *store.Store, box *seal.Box) *Door { return &Door{store: s, box: box} }

// NewToken makes the secret of a link or a session: 260 random bits.
func NewToken() string { return rand.Text() + rand.Text() }

// Account is who signs in, as the audit log names him.
type Account struct {
	billing.Person
	Kind         billing.ActorKind
	Name         string
	SignInName   string // of a member: the e-mail address
	PasswordHash string
	CustomerID   *int64 // of a member
	Session      int64  // the browser that asks; 0: none
}

// OfOperator is an operator's account.
func OfOperator(o billing.Operator) Account {
	return Account{Person: o.Person(), Kind: billing.ActorOperator, Name: o.Name, SignInName: o.SignInName, PasswordHash: o.PasswordHash}
}

// OfMember is a member's account.
func OfMember(m billing.Member) Account {
	return Account{
		Person: m.Person(), Kind: billing.ActorMember, Name: m.Name, SignInName: m.Email, PasswordHash: m.PasswordHash, CustomerID: &m.CustomerID,
	}
}

// Actor is the account's owner at work, from an address.
func (a Account) Actor(address string) billing.Actor {
	id := a.OperatorID
	if a.MemberID != nil {
		id = a.MemberID
	}
	return billing.Actor{Kind: a.Kind, ID: id, Name: a.Name, Address: address}
}

// Did is something done to the account, for the audit log: "operator.disabled".
func (a Account) Did(act string, before, after any) store.Did {
	return store.Did{Action: string(a.Kind) + "." + act, CustomerID: a.CustomerID, Subject: a.SignInName, Before: before, After: after}
}

// looks is what is asked inside a transaction and outside of one.
type looks interface {
	AccessLink(ctx context.Context, tokenHash []byte) (store.AccessLink, error)
	Member(ctx context.Context, id int64) (billing.Member, error)
	OperatorSeen(ctx context.Context, id int64) (store.OperatorSeen, error)
}

// accountOf reads the account that a link belongs to.
func accountOf(ctx context.Context, l looks, p billing.Person) (Account, error) {
	if p.MemberID != nil {
		m, err := l.Member(ctx, *p.MemberID)
		return OfMember(m), err
	}
	o, err := l.OperatorSeen(ctx, *p.OperatorID)
	return OfOperator(o.Operator), err
}

// opens says whether a token is that of a person's link.
func opens(ctx context.Context, l looks, token string, p billing.Person) (bool, error) {
	link, err := l.AccessLink(ctx, billing.HashSecret(token))
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	return err == nil && (same(link.OperatorID, p.OperatorID) || same(link.MemberID, p.MemberID)), err
}

func same(a, b *int64) bool { return a != nil && b != nil && *a == *b }

// changed is what a change leaves for the audit log; nil: nothing was changed.
type changed = *store.Did
