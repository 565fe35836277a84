package views

import (
	"encoding/json"

	"latcom.example/latcom-billing/views/ui"
)

// CSRFField is the name of the hidden field that every form of ours carries (see CSRF).
const CSRFField = "csrf"

// Frame is what surrounds a page. Its Reader is embedded, so a page that has the Frame says f.T("…").
type Frame struct {
	Reader
	Title     string // of the window, in the reader's language
	Current   string // the path of the nav entry that the page belongs to: AdminTopUpsPath
	Here      string // this address with its query, where a change of language leads back to
	CSRF      string
	Simulator bool
	Wide      bool      // lists take all the width
	KeysOff   bool      // single keys do nothing
	Flash     *ui.Toast // what was just done, after a redirect

	Operator Person  // in the back office
	Money    bool    // who is signed in there may move money
	Member   Person  // on the customer's dashboard
	Company  string  // the customer's name, there
	Waiting  Waiting // counts in the back office's nav: only where somebody must act

	BrokenGlass []BrokenGlass // accounts made or reset with ADMIN_KEY in the last 24 hours
}

// Person is who is signed in.
type Person struct{ Name, Role, Initials string }

// Waiting are the counts beside nav entries.
type Waiting struct{ Unknown, Cases, Approvals, Alerts, Unclassified int }

type navEntry struct {
	icon, name, path string
	count            int
}

type navGroup struct {
	name    string
	entries []navEntry
}

// adminNav lists the places of the back office that exist, in three groups: work, money, system.
func (f Frame) adminNav() []navGroup {
	return []navGroup{
		{entries: []navEntry{
			{icon: "layout-dashboard", name: f.T("Overview"), path: AdminPath},
			{icon: "smartphone", name: f.T("Top-ups"), path: AdminTopUpsPath},
			{icon: "circle-question-mark", name: f.T("Unknown desk"), path: DeskPath, count: f.Waiting.Cases},
			{icon: "clipboard-check", name: f.T("Approvals"), path: ApprovalsPath, count: f.Waiting.Approvals},
		}},
		{name: f.T("Money"), entries: []navEntry{
			{icon: "users", name: f.T("Customers"), path: CustomersPath},
			{icon: "coins", name: f.T("Credit|history"), path: CreditHistoryPath},
			{icon: "tag", name: f.T("Pricing"), path: PricingPath},
			{icon: "wallet", name: f.T("Float"), path: FloatPath},
			{icon: "book-open-check", name: f.T("The books"), path: BooksPath},
		}},
		{name: f.T("System"), entries: []navEntry{
			{icon: "workflow", name: f.T("Queue"), path: QueuePath},
			{icon: "download", name: f.T("Exports"), path: AdminExports.Exports},
			{icon: "list-checks", name: f.T("Classifications"), path: ClassificationsPath, count: f.Waiting.Unclassified},
			{icon: "bell", name: f.T("Alerts"), path: AlertsPath, count: f.Waiting.Alerts},
			{icon: "shield-check", name: f.T("Operators"), path: OperatorsPath},
			{icon: "scroll-text", name: f.T("Audit log"), path: AuditLogPath},
			{icon: "settings", name: f.T("Settings"), path: SettingsPath},
		}},
	}
}

// keys says to the scripts whether single keys are wanted.
func (f Frame) keys() string {
	if f.KeysOff {
		return "off"
	}
	return "on"
}

// simulated says what a simulator means. Only operators read the provider's name.
func (f Frame) simulated() string {
	if f.Operator.Name == "" {
		return f.T("Nothing reaches a carrier and no airtime is delivered.")
	}
	return f.T("Nothing reaches Latcom and no airtime is delivered.")
}

func (f Frame) customerNav() []ui.Tab {
	return []ui.Tab{
		{Text: f.T("Overview"), Href: DashboardPath, Current: f.Current == DashboardPath},
		{Text: f.T("Top-ups"), Href: DashboardTopUpsPath, Current: f.Current == DashboardTopUpsPath},
		{Text: f.T("Statements"), Href: DashboardStatementsPath, Current: f.Current == DashboardStatementsPath},
		{Text: f.T("API keys"), Href: DashboardKeysPath, Current: f.Current == DashboardKeysPath},
		{Text: f.T("Webhooks"), Href: DashboardWebhooksPath, Current: f.Current == DashboardWebhooksPath},
		{Text: f.T("Sandbox"), Href: DashboardSandboxPath, Current: f.Current == DashboardSandboxPath},
		{Text: f.T("Members"), Href: DashboardMembersPath, Current: f.Current == DashboardMembersPath},
		{Text: f.T("Notifications"), Href: DashboardNotificationsPath, Current: f.Current == DashboardNotificationsPath},
	}
}

// compactTabs are how many tabs the bottom of a small screen has room for.
const compactTabs = 5

// compactNav are the tabs at the bottom of a small screen.
func (f Frame) compactNav() []navEntry {
	entries := f.allOfNav()
	return entries[:min(len(entries), compactTabs)]
}

// restOfNav are the places without a tab there: the account's menu has them.
func (f Frame) restOfNav() []navEntry {
	entries := f.allOfNav()
	return entries[min(len(entries), compactTabs):]
}

func (f Frame) allOfNav() []navEntry {
	var entries []navEntry
	for _, group := range f.adminNav() {
		entries = append(entries, group.entries...)
	}
	return entries
}

// place is where the back office's content stands: up to 1280 px, or all the width for a list.
func (f Frame) place() string {
	if f.Wide {
		return "px-4 lg:px-8"
	}
	return "mx-auto max-w-page px-4 lg:px-8"
}

// htmxConfig keeps htmx inside our policy: no inline style, no eval, no script in a fragment, no other host, no copy of
// a page with money in the browser's storage; a form that comes back with 422 is shown.
var htmxConfig = func() string {
	config, err := json.Marshal(map[string]any{
		"includeIndicatorStyles": false,
		"allowEval":              false,
		"allowScriptTags":        false,
		"selfRequestsOnly":       true,
		"historyCacheSize":       0,
		"refreshOnHistoryMiss":   true,
		"responseHandling": []map[string]any{
			{"code": "204", "swap": false},
			{"code": "[23]..", "swap": true},
			{"code": "422", "swap": true},
			{"code": "[45]..", "swap": false, "error": true},
		},
	})
	if err != nil {
		panic("views: htmx configuration: " + err.Error())
	}
	return string(config)
}()
