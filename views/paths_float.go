package views

// The addresses of the float.

import "net/url"

const (
	FloatPath         = "/admin/float"
	FloatDepositsPath = "/admin/float/deposits" // takes a deposit
	NewDepositPath    = "/admin/float/deposits/new"
	ReviewDepositPath = "/admin/float/deposits/review"
)

// DepositPath is one deposit to the float, or the correction of one.
func DepositPath(id string) string { return FloatDepositsPath + "/" + url.PathEscape(id) }

// UndoDepositPath asks whether a deposit is to be undone, and takes the answer.
func UndoDepositPath(id string) string { return DepositPath(id) + "/correction" }

// DepositsBefore is the page of the deposits that were recorded before one.
func DepositsBefore(id string) string { return FloatPath + "?before=" + url.QueryEscape(id) }
