package views

// What we write to people by mail: plain text, in the language of whoever has it sent.

import "strings"

// LinkLetter is an invitation, or the way to a new password.
func LinkLetter(r Reader, m MadeLink) (subject, text string) {
	subject, why := r.T("A new password for Latcom Billing"), r.T("With this link you set a new password for Latcom Billing:")
	if m.Invited {
		subject, why = r.T("Your access to Latcom Billing"), r.T("You are invited to Latcom Billing. With this link you set your password:")
	}
	return subject, strings.Join([]string{
		r.T("Hello, %s:", m.Name), why, m.Link,
		r.T("It opens once, until %s.", r.DateTime(m.Ends)) + " " + r.T("Give it to nobody: whoever opens it sets the password."),
		r.T("If you expected no such letter, there is nothing to do: without the link nothing changes."),
	}, "\n\n") + "\n"
}
