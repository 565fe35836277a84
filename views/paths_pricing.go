package views

// Addresses of terms: a customer's limits and pricing, the exchange rate, products.

import (
	"net/url"
	"strings"

	"latcom.example/latcom-billing/billing"
)

const (
	PricingPath  = "/admin/pricing"
	RatePath     = "/admin/pricing/rate" // the form of a new rate; it takes it, too
	ProductsPath = "/admin/pricing/products"
)

// LimitsPath is the tab with a customer's limits and pricing.
func LimitsPath(code string) string { return CustomerPath(code) + "/limits" }

// TermPath is the form of another credit limit or discount; it takes it, too.
func TermPath(code string, kind billing.ChangeKind) string {
	return LimitsPath(code) + "/" + strings.ReplaceAll(string(kind), "_", "-")
}

// OrderLimitsPath is the form of what a customer's orders are limited by; it takes the change.
func OrderLimitsPath(code string) string { return LimitsPath(code) + "/orders" }

// ReviewTermPath shows what the form at path would do; EditTermPath comes back from there.
func ReviewTermPath(path string) string { return path + "/review" }

func EditTermPath(path string) string { return path + "/edit" }

// ProductPath is the form of a product's rule; it takes the change.
func ProductPath(code string) string { return ProductsPath + "/" + url.PathEscape(code) }
