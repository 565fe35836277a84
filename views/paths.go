package views

import (
	"net/url"
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
)

// Every address of the product, as a function. handlers/routes.go mounts the same; a test compares them.

const (
	AdminPath         = "/admin"
	AdminSignInPath   = "/admin/sign-in"
	AdminSignOutPath  = "/admin/sign-out"
	FirstOperatorPath = "/admin/first-operator"
	AdminLivePath     = "/admin/live"
	OverviewLivePath  = "/admin/live/overview"
	CustomersPath     = "/admin/customers"
	NewCustomerPath   = "/admin/customers/new"
	AdminTopUpsPath   = "/admin/topups"
	AdminCSVPath      = "/admin/topups.csv"
	AdminTotalsPath   = "/admin/topups/totals"
	AdminNewerPath    = "/admin/topups/newer"
	ApprovalsPath     = "/admin/approvals"
	BooksPath         = "/admin/books"
	ProofsPath        = "/admin/books/proofs"
	AlertsPath        = "/admin/alerts"
	QueuePath         = "/admin/queue"
	PausesPath        = "/admin/queue/pauses"
	JobsPath          = "/admin/queue/river"

	DashboardPath              = "/dashboard"
	DashboardSignInPath        = "/dashboard/sign-in"
	DashboardSignOutPath       = "/dashboard/sign-out"
	DashboardLivePath          = "/dashboard/live"
	DashboardTopUpsPath        = "/dashboard/topups"
	DashboardCSVPath           = "/dashboard/topups.csv"
	DashboardTotalsPath        = "/dashboard/topups/totals"
	DashboardNewerPath         = "/dashboard/topups/newer"
	DashboardReferencesPath    = "/dashboard/references"
	DashboardOrderPath         = "/dashboard/order"
	DashboardNotificationsPath = "/dashboard/notifications"

	DashboardStatementsPath   = "/dashboard/statements"
	DashboardStatementPath    = "/dashboard/statement"
	DashboardStatementCSVPath = "/dashboard/statement.csv"
	DashboardStatementPDFPath = "/dashboard/statement.pdf"

	LanguagePath    = "/language"
	APIDocsPath     = "/api/docs"
	OpenAPIJSONPath = "/api/openapi.json"
)

// CustomersAtLevel is the list of those whose credit is at a level.
func CustomersAtLevel(level billing.Level) string { return CustomersPath + "?level=" + string(level) }

func CustomerPath(code string) string { return CustomersPath + "/" + url.PathEscape(code) }

func CustomerTopUpsPath(code string) string { return CustomerPath(code) + "/topups" }

func LedgerPath(code string) string { return CustomerPath(code) + "/ledger" }

// LedgerBefore is the page of a ledger that begins below the entry with this number.
func LedgerBefore(code string, number int64) string {
	return LedgerPath(code) + "?before=" + strconv.FormatInt(number, 10)
}

// StatementsPath lists the months of a customer; one of them is a statement, a CSV or a PDF.
func StatementsPath(code string) string { return CustomerPath(code) + "/statements" }

func StatementPath(code string) string { return CustomerPath(code) + "/statement" }

func StatementCSVPath(code string) string { return CustomerPath(code) + "/statement.csv" }

func StatementPDFPath(code string) string { return CustomerPath(code) + "/statement.pdf" }

// OfMonth adds the month of a statement to its path.
func OfMonth(path string, month time.Time) string { return path + "?month=" + month.Format("2006-01") }

func KeysPath(code string) string { return CustomerPath(code) + "/keys" }

func AuditPath(code string) string { return CustomerPath(code) + "/audit" }

// ScopeOfCustomer is how the form of a pause names a customer.
func ScopeOfCustomer(code string) string { return "customer " + code }

// PauseCustomerPath is that form, with the customer chosen.
func PauseCustomerPath(code string) string {
	return QueuePath + "?scope=" + url.QueryEscape(ScopeOfCustomer(code)) + "#pause"
}

// ResumePath ends a pause.
func ResumePath(id string) string { return PausesPath + "/" + url.PathEscape(id) + "/resume" }

// CancelPath asks whether a top-up that waits is to be cancelled, and takes the answer.
func CancelPath(id string) string { return AdminTopUpPath(id) + "/cancel" }

// HandOrderPath is the form of an order for a customer; its review and the order itself follow it.
func HandOrderPath(code string) string { return CustomerPath(code) + "/order" }

// ReviewHandOrder and EditHandOrder are the steps of the order at a path.
func ReviewHandOrder(path string) string { return path + "/review" }

func EditHandOrder(path string) string { return path + "/edit" }

// NotificationsPath is from when on the customer's credit is called medium and low.
func NotificationsPath(code string) string { return CustomerPath(code) + "/notifications" }

// DocsWithKey is the documentation with a key's hint in its examples.
func DocsWithKey(hint string) string { return APIDocsPath + "?key=" + url.QueryEscape(hint) }

// SuspensionPath asks whether a customer is to be stopped, and takes the answer.
func SuspensionPath(code string) string { return CustomerPath(code) + "/suspension" }

// NewCreditPath is the form of an adjustment; its review and the entry itself follow it.
func NewCreditPath(code string) string { return CustomerPath(code) + "/credit/new" }

func ReviewCreditPath(code string) string { return CustomerPath(code) + "/credit/review" }

// CreditPath is the history of a customer's adjustments; it takes a new one.
func CreditPath(code string) string { return CustomerPath(code) + "/credit" }

// ApprovalPath is an adjustment that waits, or waited, for a second operator; it takes the decision.
func ApprovalPath(id string) string { return ApprovalsPath + "/" + url.PathEscape(id) }

func AdminTopUpPath(id string) string { return AdminTopUpsPath + "/" + url.PathEscape(id) }

func DashboardTopUpPath(id string) string { return DashboardTopUpsPath + "/" + url.PathEscape(id) }

// WithQuery adds what the filter says; an empty one leaves the path bare.
func WithQuery(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
