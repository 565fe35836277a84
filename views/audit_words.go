package views

// The audit log in words: what was done, and the names and values of what changed.

import (
	"strings"

	"latcom.example/latcom-billing/billing"
)

// AuditActions are all that the program writes, as the log names them.
func AuditActions() []string {
	return []string{
		"adjustment.requested", "adjustment.posted", "adjustment.rejected", "adjustment.expired",
		"adjustments.listed", "adjustments.approved", "adjustments.rejected", "adjustments.expired",
		"credit_limit.requested", "credit_limit.changed", "credit_limit.rejected", "credit_limit.expired",
		"discount.requested", "discount.changed", "discount.rejected", "discount.expired",
		"exchange_rate.requested", "exchange_rate.changed", "exchange_rate.rejected", "exchange_rate.expired",
		"product.changed", "float.deposited", "float.corrected",
		"decision.proposed", "decision.confirmed", "decision.rejected",
		"classification.recorded", "classification.proposed", "classification.confirmed", "classification.rejected",
		"sending.paused", "sending.resumed", "topup.cancelled", "topup.ordered", "books.proof_asked", "restore.noticed", "restore.checked",
		"topups.exported", "export.requested", "export.fetched", "export.cancelled",
		"customer.created", "customer.suspended", "customer.allowed", "customer.levels_set", "customer.limits", "customer.range", "customer.thresholds",
		"webhook.made", "webhook.changed", "webhook.switched_on", "webhook.switched_off", "webhook.removed", "webhook.rotated", "webhook.tested", "webhook.replayed",
		"key.made", "key.imported", "key.rotated", "key.changed", "key.ended",
		"member.invited", "member.joined", "member.link_made", "member.password_reset", "member.password_changed", "member.role_changed", "member.disabled", "member.enabled", "member.erased",
		"member.signed_in", "member.session_ended", "member.signed_out_everywhere",
		"member.second_factor_added", "member.second_factor_removed", "member.recovery_codes_made", "member.recovery_code_used",
		"operator.created", "operator.broke_glass",
		"operator.invited", "operator.joined", "operator.link_made", "operator.password_reset", "operator.password_changed", "operator.role_changed", "operator.disabled", "operator.enabled",
		"operator.signed_in", "operator.session_ended", "operator.signed_out_everywhere",
		"operator.second_factor_added", "operator.second_factor_removed", "operator.recovery_codes_made", "operator.recovery_code_used",
		"rule.second_factor",
		"alert_channel.made", "alert_channel.changed", "alert_channel.switched_on", "alert_channel.switched_off", "alert_channel.removed", "alert_channel.tested",
		"alert_thresholds.changed", "customer.watch_set",
	}
}

// accountWords are what happens to an account, an operator's and a member's alike.
var accountWords = map[string]string{
	"created": Term("Made the first account"), "broke_glass": Term("Broke the glass with ADMIN_KEY"),
	"invited": Term("Invited somebody"), "joined": Term("Took an invitation"), "link_made": Term("Made a link to set a password"),
	"password_reset": Term("Set a new password by a link"), "password_changed": Term("Changed the password"),
	"role_changed": Term("Changed a role"), "disabled": Term("Shut an account out"), "erased": Term("Erased a person's data"), "enabled": Term("Let an account in again"),
	"signed_in": Term("Signed in"), "session_ended": Term("Ended a session"), "signed_out_everywhere": Term("Signed out everywhere"),
	"second_factor_added": Term("Added a second factor"), "second_factor_removed": Term("Removed the second factor"),
	"recovery_codes_made": Term("Made recovery codes"), "recovery_code_used": Term("Used a recovery code"),
}

var otherActions = map[string]string{
	"rule.second_factor":         Term("Changed who needs a second factor"),
	"float.deposited":            Term("Recorded a deposit to the float"),
	"float.corrected":            Term("Corrected a deposit to the float"),
	"restore.noticed":            Term("Noticed that the database was restored"),
	"restore.checked":            Term("Checked the gap after a restore"),
	"topups.exported":            Term("Exported top-ups"),
	"export.requested":           Term("Asked for a file of top-ups"),
	"export.fetched":             Term("Fetched a file of top-ups"),
	"export.cancelled":           Term("Cancelled a file of top-ups"),
	"webhook.made":               Term("Made a webhook"),
	"webhook.changed":            Term("Changed a webhook"),
	"webhook.switched_on":        Term("Switched a webhook on"),
	"webhook.switched_off":       Term("Switched a webhook off"),
	"webhook.removed":            Term("Removed a webhook"),
	"webhook.rotated":            Term("Made a new secret for a webhook"),
	"webhook.tested":             Term("Sent a test event"),
	"webhook.replayed":           Term("Sent webhooks again"),
	"key.made":                   Term("Made an API key"),
	"key.imported":               Term("Took over an API key of the old system"),
	"key.rotated":                Term("Replaced an API key"),
	"key.changed":                Term("Changed what an API key may do"),
	"key.ended":                  Term("Ended an API key"),
	"classification.recorded":    Term("Classified an answer"),
	"classification.proposed":    Term("Proposed how to classify an answer"),
	"classification.confirmed":   Term("Confirmed how to classify an answer"),
	"classification.rejected":    Term("Disagreed on how to classify an answer"),
	"alert_channel.made":         Term("Added an alert channel"),
	"alert_channel.changed":      Term("Changed an alert channel"),
	"alert_channel.switched_on":  Term("Switched an alert channel on"),
	"alert_channel.switched_off": Term("Switched an alert channel off"),
	"alert_channel.removed":      Term("Removed an alert channel"),
	"alert_channel.tested":       Term("Sent a test to an alert channel"),
	"alert_thresholds.changed":   Term("Changed the thresholds of alerts"),
	"customer.watch_set":         Term("Changed what members are told"),
}

// otherWord goes on where requestWord and termsWord know no more. An action that
// nobody knows is shown as the log names it.
func otherWord(r Reader, action string) string {
	if words, known := otherActions[action]; known {
		return r.T(words)
	}
	kind, act, _ := strings.Cut(action, ".")
	if words, known := accountWords[act]; known && (kind == string(billing.ActorOperator) || kind == string(billing.ActorMember)) {
		return r.T(words)
	}
	return action
}

var factWords = map[string]string{
	"amount": Term("Amount"), "api_key": Term("API key"), "at": Term("At"), "balance": Term("Balance"), "begins_at": Term("Begins"),
	"code": Term("Code"), "corrects": Term("Corrects"), "cost_fraction": Term("Cost, share of the face value"), "currency": Term("Currency"),
	"customer": Term("Customer"), "decimals": Term("Decimals sent"), "email": Term("E-mail"), "failure": Term("Reason"), "fault": Term("Cause"),
	"filter": Term("Filter"), "format": Term("Format"), "held": Term("Held"), "id": Term("Id"), "low_below": Term("Low below"),
	"medium_below": Term("Medium below"), "name": Term("Name"), "note": Term("Note"), "one_operator": Term("One operator alone"),
	"outcome": Term("Outcome"), "overlap": Term("Old key goes on for"), "phone": Term("Phone"), "price": Term("Price"), "product": Term("Product"),
	"proof": Term("Proof"), "provider_transaction_id": Term("Provider’s id"), "reason": Term("Reason"), "reference": Term("Reference"),
	"removes_second_factor": Term("Removes the second factor"), "replaces": Term("Replaces"), "required": Term("Required"), "reverses": Term("Undoes"),
	"role": Term("Role"), "rows": Term("Rows"), "second_factor_removed": Term("Second factor removed"), "sent": Term("Sent as"),
	"sessions_ended": Term("Sessions ended"), "shape": Term("Answer"), "state": Term("State"), "status": Term("Status"), "suspended": Term("Suspended"),
	"topup": Term("Top-up"), "topup_id": Term("Top-up"), "verdict": Term("Verdict"), "was": Term("Was"), "account_is_new": Term("New account"),
	"credit_limit": Term("Credit limit"), "discount": Term("Discount"), "rate": Term("Exchange rate"), "min": Term("From"), "max": Term("To"),
	"sign_in_name": Term("Sign-in name"), "daily_cap": Term("Daily cap"), "requests_per_minute": Term("Requests a minute"),
	"networks": Term("Allowed addresses"), "lines": Term("Lines"), "line": Term("Line|of a file"), "list": Term("List"), "credited": Term("Credits|many"), "debited": Term("Debits|many"), "by": Term("By means of"),
	"burst": Term("At once"), "guard_minutes": Term("Guard against doubles"), "scopes": Term("What it may do"), "expires_at": Term("Ends|key"), "all_keys": Term("All keys at once"),
}

// FactWord names what changed; what has no word keeps the name of the data.
func FactWord(r Reader, name string) string {
	if words, known := factWords[name]; known {
		return r.T(words)
	}
	return strings.ReplaceAll(name, "_", " ")
}

// states that several things share.
var stateWords = map[string]string{
	"waiting": Term("Waiting"), "posted": Term("Posted"), "done": Term("Done"), "rejected": Term("Rejected"), "expired": Term("Expired"), "confirmed": Term("Confirmed"),
}

// FactValue says a value of a line as people do: a code by its word, money with its
// currency, any other figure as it is.
func FactValue(r Reader, line billing.Audit, name, value string) string {
	if money, ok := factMoney(line, name, value); ok {
		return money
	}
	switch value {
	case "true":
		return r.T("Yes")
	case "false":
		return r.T("No")
	}
	switch name {
	case "reason":
		if word := ReasonWord(r, billing.Reason(value)); word != value {
			return word
		}
		return DecisionReasonWord(r, billing.DecisionReason(value))
	case "failure":
		return FailureWord(r, billing.FailureCode(value))
	case "verdict":
		return VerdictWord(r, billing.Verdict(value))
	case "fault":
		return FaultWord(r, billing.Fault(value))
	case "phone":
		return Phone(value)
	case "status":
		return StatusWord(r, value)
	case "role":
		return anyRole(r, value)
	case "state":
		if words, known := stateWords[value]; known {
			return r.T(words)
		}
	}
	return value
}

func anyRole(r Reader, role string) string {
	if word := RoleWord(r, billing.Role(role)); word != role {
		return word
	}
	return MemberRoleWord(r, billing.MemberRole(role))
}
