package views

import "net/url"

// The addresses of terms: reversals, limits, pricing, adjustments from a list.

const (
	PricingPath    = "/admin/pricing"
	NewRatePath    = PricingPath + "/rates/new"
	ReviewRatePath = PricingPath + "/rates/review"
	RatesPath      = PricingPath + "/rates" // takes a new rate
	NewListPath    = "/admin/credit/list"   // the form for many adjustments at once; takes them
	ReviewListPath = "/admin/credit/list/review"
)

// UndoPath asks whether an adjustment is to be undone, and takes the answer.
func UndoPath(id string) string { return ApprovalPath(id) + "/reversal" }

// LimitsPath is the tab of a customer's limits and pricing.
func LimitsPath(code string) string { return CustomerPath(code) + "/limits" }

// NewTermPath is the form for a customer's credit limit or discount; its review and the change itself follow it. kind is
// a billing.ChangeKind with a dash.
func NewTermPath(code, kind string) string { return LimitsPath(code) + "/" + kind + "/new" }

func ReviewTermPath(code, kind string) string { return LimitsPath(code) + "/" + kind + "/review" }

// TermPath takes the change.
func TermPath(code, kind string) string { return LimitsPath(code) + "/" + kind }

// RangePath takes a customer's own range of face values, ThresholdsPath its levels.
func RangePath(code string) string { return LimitsPath(code) + "/range" }

func ThresholdsPath(code string) string { return LimitsPath(code) + "/thresholds" }

// ProductPath is the form of a product's rule; it takes the change.
func ProductPath(code string) string { return PricingPath + "/products/" + url.PathEscape(code) }
