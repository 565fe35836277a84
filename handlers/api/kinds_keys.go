package api

// What the codes of keys and guards mean to a reseller.

import (
	"net/http"

	"latcom.example/latcom-billing/views"
)

var kindsOfKeys = []kind{
	{
		codeScope, http.StatusForbidden, retryNever, views.Term("Scope missing"),
		views.Term("Your API key is not for this: a key with the scope read alone cannot order, one with topup alone cannot read. The answer names the scope."),
		views.Term("Use a key with this scope, or let an owner of your company give it to this one."),
	},
	{
		codeKeyCap, http.StatusTooManyRequests, retrySafe, views.Term("Key’s cap reached"),
		views.Term("The order would take what this API key spends on the business day beyond the key’s own cap. What failed does not count. The answer says the cap and what is spent."),
		views.Term("Wait until the next business day (Retry-After), order with another key, or let an owner of your company raise the cap. The reference is not used up."),
	},
}
