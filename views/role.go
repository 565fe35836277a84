package views

import "latcom.example/latcom-billing/billing"

// RoleWord is what an operator's role is called.
func RoleWord(r Reader, role billing.Role) string {
	switch role {
	case billing.RoleViewer:
		return r.T("Viewer")
	case billing.RoleSupport:
		return r.T("Support")
	case billing.RoleFinance:
		return r.T("Finance")
	case billing.RoleAdmin:
		return r.T("Admin")
	}
	return string(role)
}
