package api

// What is said about the fields of the old calls. The Spanish is in
// views/words_es_docs_calls.go.

import "latcom.example/latcom-billing/views"

var oldFieldWords = map[string]string{
	"OldOrder.phone":     views.Term("A Mexican number of 10 digits in any usual writing."),
	"OldOrder.amount":    views.Term("The face value in MXN, 2 decimals at most."),
	"OldOrder.reference": views.Term("Your name for this order: any text of up to 100 characters. Send one: without it two wanted top-ups of one phone and amount within 5 minutes are one."),

	"OldTopUp.success":           views.Term("true: delivered, or accepted and not known yet."),
	"OldTopUp.transaction":       views.Term("The top-up."),
	"OldTopUp.message":           views.Term("A sentence for people."),
	"OldTopUp.remaining_balance": views.Term("What you have left in USD before your credit limit is touched."),

	"OldTransaction.id":                    views.Term("Our name for the top-up."),
	"OldTransaction.status":                views.Term("SUCCESS: delivered. PENDING: accepted, its result is not known yet; the same request asks for it. REVERSED: delivered and taken back later."),
	"OldTransaction.amount":                views.Term("The face value in MXN."),
	"OldTransaction.phone":                 views.Term("The phone as you wrote it."),
	"OldTransaction.reference":             views.Term("Your reference, or the name that we gave to an order without one."),
	"OldTransaction.operatorTransactionId": views.Term("The carrier's transaction, once there is one."),
	"OldTransaction.processedAt":           views.Term("When it became final, or null."),
	"OldTransaction.currency":              views.Term("The currency of amount."),

	"OldBalance.success":         views.Term("true"),
	"OldBalance.customer_id":     views.Term("What you sent as x-customer-id."),
	"OldBalance.company_name":    views.Term("Your company."),
	"OldBalance.current_balance": views.Term("What you have in USD before your credit limit is touched, less what open top-ups hold."),
	"OldBalance.credit_limit":    views.Term("How far below zero you may go, in USD."),
	"OldBalance.currency":        views.Term("Always USD."),

	"OldError.success":         views.Term("false: certainly not delivered, or not known to us; the message says which."),
	"OldError.error":           views.Term("What happened."),
	"OldError.current_balance": views.Term("With 403: what you have, in USD."),
	"OldError.requested":       views.Term("With 403: what the top-up costs, in USD."),

	"old-order.x-customer-id":   views.Term("Your customer id: as the old system knew it, or your code here. It must belong to the key."),
	"old-balance.x-customer-id": views.Term("Your customer id: as the old system knew it, or your code here. It must belong to the key."),

	"header.Deprecation": "Since when the call is deprecated (RFC 9745).",
	"header.Link":        "Where the way over is explained.",
}

var oldAnswerWords = map[string]map[int]string{
	oldOrderID: {
		200: views.Term("Delivered and charged."),
		202: views.Term("Accepted, and its result is not known yet. Never order it again under another reference."),
	},
	oldBalanceID: {200: views.Term("The account.")},
}
