package views

// The settings, in words.

import (
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// SettingsPath is the page of the settings.
const SettingsPath = AdminPath + "/settings"

// Settings is what a process was started with.
type Settings struct {
	Frame
	Version, Database, Zone string
	Standing                Standing
	Replica                 billing.ReplicaState
	Rows                    []Setting
}

// Setting is one, by its name in the environment. Of a secret only Set is known.
type Setting struct {
	Name, Value, Usual string
	Set, Secret, Later bool
}

// value is what is in force.
func (s Setting) value(r Reader) ui.Definition {
	switch {
	case s.Secret && s.Set:
		return ui.Definition{Text: r.T("set, never shown")}
	case s.Value == "" || s.Secret:
		return ui.Definition{Text: "–"}
	}
	return ui.Definition{Text: s.Value, Mono: true}
}

func (s Setting) from(r Reader) string {
	switch {
	case s.Later && s.Set:
		return r.T("Set, not used by this version")
	case s.Later:
		return r.T("Not used by this version")
	case s.Set:
		return r.T("The environment")
	case s.Usual == "":
		return r.T("Not set")
	}
	return r.T("The default")
}

// elsewhere are what changes while the server runs, and where.
func (p Settings) elsewhere() []ui.Definition {
	at := func(term, path, text string) ui.Definition {
		return ui.Definition{Term: term, Value: ui.Link(path, text)}
	}
	return []ui.Definition{
		at(p.T("Exchange rate, products"), PricingPath, p.T("Pricing")),
		at(p.T("A customer’s terms and limits"), CustomersPath, p.T("Customers")),
		at(p.T("Pause sending"), QueuePath, p.T("Queue")),
		at(p.T("Roles, second factor"), OperatorsPath, p.T("Operators")),
		at(p.T("Meaning of answers"), ClassificationsPath, p.T("Classifications")),
	}
}

func (p Settings) facts() []ui.Definition {
	return []ui.Definition{
		{Term: p.T("Version"), Text: p.Version, Mono: true},
		{Term: p.T("Database"), Text: "PostgreSQL " + p.Database, Mono: true},
		{Term: p.T("Role in the database"), Text: p.Standing.Role, Mono: true},
		{Term: p.T("Read replica"), Text: replicaFact(p.Reader, p.Replica)},
		{Term: p.T("Business day"), Text: p.Zone, Mono: true},
	}
}
