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
	{
		codeRecent, http.StatusConflict, retryNever, views.Term("Recently topped up"),
		views.Term("You ordered the same amount for the same phone a moment ago, under another reference, and your company asked us to guard against that. The answer names the earlier top-up. Failed ones do not count."),
		views.Term("If it is the same order, take the earlier top-up for it. If it is meant, send it again within ten minutes with the answer’s override; it holds once, for this phone and amount."),
	},
}
