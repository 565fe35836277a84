package views

import "net/url"

// Addresses of a customer's API keys and members, on its own dashboard and on its page in the back office.

const (
	DashboardKeysPath    = "/dashboard/keys"
	DashboardMembersPath = "/dashboard/members"
)

// AccessPaths are where keys and members are kept: the same parts under two roofs.
type AccessPaths struct{ Keys, Members string }

// OwnAccess is a customer's own.
var OwnAccess = AccessPaths{DashboardKeysPath, DashboardMembersPath}

// CustomerAccess is what operators keep for a customer.
func CustomerAccess(code string) AccessPaths { return AccessPaths{KeysPath(code), MembersPath(code)} }

func MembersPath(code string) string { return CustomerPath(code) + "/members" }

func (p AccessPaths) NewKey() string { return p.Keys + "/new" }

// KeyRotation asks how long the old key goes on beside the new one, and takes the answer.
func (p AccessPaths) KeyRotation(id string) string {
	return p.Keys + "/" + url.PathEscape(id) + "/rotation"
}

// KeyEnd asks whether a key is to open nothing any more, and takes the answer.
func (p AccessPaths) KeyEnd(id string) string { return p.Keys + "/" + url.PathEscape(id) + "/end" }

// KeyTerms changes what a key may do.
func (p AccessPaths) KeyTerms(id string) string { return p.Keys + "/" + url.PathEscape(id) + "/terms" }

// AllKeysEnd asks whether all of a customer's keys are to open nothing any more, and takes the answer.
func (p AccessPaths) AllKeysEnd() string { return p.Keys + "/end" }

func (p AccessPaths) NewMember() string { return p.Members + "/new" }

func (p AccessPaths) Member(id string) string { return p.Members + "/" + url.PathEscape(id) }

func (p AccessPaths) MemberRole(id string) string { return p.Member(id) + "/role" }

// MemberLink makes a link with which the member sets a password.
func (p AccessPaths) MemberLink(id string) string { return p.Member(id) + "/link" }

// MemberAccess asks whether a member is to be kept out, and takes the answer.
func (p AccessPaths) MemberAccess(id string) string { return p.Member(id) + "/access" }

// ShownOncePath shows the secret that a form has just made, to the browser that sent it and once; account is
// AdminAccountPath or DashboardAccountPath.
func ShownOncePath(account string) string { return account + "/shown" }

// ShownOnceThen is the same with the page that comes after it.
func ShownOnceThen(account, back string) string {
	return ShownOncePath(account) + "?back=" + url.QueryEscape(back)
}
