package views

import (
	"net/url"
	"strconv"
)

// Addresses of people: how they come in, their own accounts, operators, members.

const (
	AdminSignInCodePath = "/admin/sign-in/code"
	BreakGlassPath      = "/admin/break-glass"
	AdminLinkPath       = "/admin/link"
	AdminAccountPath    = "/admin/account"
	OperatorsPath       = "/admin/operators"
	NewOperatorPath     = "/admin/operators/new"
	FactorRulePath      = "/admin/operators/second-factor" // takes whether every operator needs one

	DashboardSignInCodePath = "/dashboard/sign-in/code"
	DashboardLinkPath       = "/dashboard/link"
	DashboardAccountPath    = "/dashboard/account"
)

// LinkPath is where somebody sets a password with a link; base is AdminLinkPath or DashboardLinkPath.
func LinkPath(base, token string) string { return base + "/" + url.PathEscape(token) }

// Parts of one's own account; account is AdminAccountPath or DashboardAccountPath.

func AccountPasswordPath(account string) string { return account + "/password" }

func SecondFactorPath(account string) string { return account + "/second-factor" }

func SecondFactorRemovalPath(account string) string { return account + "/second-factor/removal" }

func RecoveryCodesPath(account string) string { return account + "/recovery-codes" }

func SignOutEverywherePath(account string) string { return account + "/sessions/end" }

func SessionPath(account string, id int64) string {
	return account + "/sessions/" + strconv.FormatInt(id, 10) + "/end"
}

func OperatorPath(id string) string { return OperatorsPath + "/" + url.PathEscape(id) }

func OperatorRolePath(id string) string { return OperatorPath(id) + "/role" }

// OperatorLinkPath makes a link with which the operator sets a password.
func OperatorLinkPath(id string) string { return OperatorPath(id) + "/link" }

// OperatorAccessPath asks whether an operator is to be kept out, and takes the answer.
func OperatorAccessPath(id string) string { return OperatorPath(id) + "/access" }
