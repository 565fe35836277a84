package views

// Words and states of people, operators and members alike.

import (
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Access is what others see of how a person signs in.
type Access struct {
	Sessions        int        // browsers that are signed in
	HasSecondFactor bool       //
	LinkEndsAt      *time.Time // of the link with which a password can be set; nil: none
}

// invited says whether the account still waits for its first password.
func invited(passwordHash string) bool { return passwordHash == "" }

// accountState is whether somebody can sign in, and if not, why.
func accountState(r Reader, passwordHash string, disabledAt *time.Time, access Access) ui.Badge {
	switch {
	case disabledAt != nil:
		return ui.Badge{Tone: "queued", Icon: "lock", Text: r.T("Disabled")}
	case !invited(passwordHash):
		return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: r.T("Active")}
	case access.LinkEndsAt != nil && access.LinkEndsAt.After(r.Now):
		return ui.Badge{Tone: "unknown", Icon: "hourglass", Class: "max-sm:!whitespace-normal", Text: r.T("Invited, %s left", r.Age(access.LinkEndsAt.Sub(r.Now)))}
	}
	return ui.Badge{Tone: "failed", Icon: "circle-x", Fill: true, Text: r.T("Invitation ended")}
}

// roleEffect is what a role allows, in a few words.
func roleEffect(r Reader, role billing.Role) string {
	switch role {
	case billing.RoleViewer:
		return r.T("Looks at everything, changes nothing")
	case billing.RoleSupport:
		return r.T("Also helps with top-ups, moves no money")
	case billing.RoleFinance:
		return r.T("Also moves money, makes customers, keys and members")
	case billing.RoleAdmin:
		return r.T("Also makes operators and sets what holds for all")
	}
	return ""
}

func roleChoices(r Reader) []ui.Choice {
	var choices []ui.Choice
	for _, role := range billing.Roles() {
		choices = append(choices, ui.Choice{Value: string(role), Label: RoleWord(r, role), Effect: roleEffect(r, role)})
	}
	return choices
}

// MemberRoleWord is what a member's role is called.
func MemberRoleWord(r Reader, role billing.MemberRole) string {
	if role == billing.MemberOwner {
		return r.T("Owner")
	}
	return r.T("Member|role")
}

// browsers and systems, by what they say of themselves; the first that fits counts.
var (
	browsers = [][2]string{
		{"Edg/", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
		{"curl/", "curl"},
	}
	systems = [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Macintosh", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// BrowserName makes "Firefox, Windows" of a user agent.
func BrowserName(r Reader, userAgent string) string {
	find := func(known [][2]string) string {
		for _, one := range known {
			if strings.Contains(userAgent, one[0]) {
				return one[1]
			}
		}
		return ""
	}
	browser, system := find(browsers), find(systems)
	switch {
	case browser == "" && system == "":
		return r.T("Unknown browser")
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + ", " + system
}
