package views

// Addresses of the sandbox: a customer's own, and what operators see of it.

const (
	DashboardSandboxPath     = "/dashboard/sandbox"
	DashboardSandboxKeysPath = "/dashboard/sandbox/keys"
	DashboardPlayPath        = "/dashboard/sandbox/balance"
	DashboardCertificatePath = "/dashboard/sandbox/certificate"
	DashboardReportPath      = "/dashboard/sandbox/certificate/report"
)

// OwnSandboxWebhooks are the webhooks of a customer's sandbox.
var OwnSandboxWebhooks = WebhookPaths{"/dashboard/sandbox/webhooks"}

// OwnSandboxAccess is where a customer keeps its keys to the sandbox; members are the live house's.
var OwnSandboxAccess = AccessPaths{Keys: DashboardSandboxKeysPath, Members: DashboardMembersPath}

// CustomerSandboxPath is what operators see of a customer's sandbox.
func CustomerSandboxPath(code string) string { return CustomerPath(code) + "/sandbox" }

// CustomerSandboxAccess is where operators keep keys to it.
func CustomerSandboxAccess(code string) AccessPaths {
	return AccessPaths{Keys: CustomerSandboxPath(code) + "/keys", Members: MembersPath(code)}
}
