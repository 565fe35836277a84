package api

// What each code means to a reseller: the documentation and the OpenAPI document
// are made of this table.

import (
	"net/http"
	"slices"

	"latcom.example/latcom-billing/views"
)

type kind struct {
	code   string
	status int
	retry  string
	title  string
	cause  string
	cure   string
}

// kinds are listed as the documentation lists them.
var kinds = slices.Concat(kindsOfContract, kindsOfKeys)

var kindsOfContract = []kind{
	{
		codeMalformed, http.StatusBadRequest, retryNever, views.Term("Malformed request"),
		views.Term("The body is not JSON, or did not arrive whole."),
		views.Term("Send one JSON object in UTF-8, with nothing after it."),
	},
	{
		codeUnauthorized, http.StatusUnauthorized, retryNever, views.Term("Unauthorized"),
		views.Term("The API key is missing, wrong or ended."),
		views.Term("Send a key of yours with every request. Ask us for a new one if it was lost."),
	},
	{
		codeInsufficient, http.StatusPaymentRequired, retrySafe, views.Term("Insufficient balance"),
		views.Term("Less is available than the top-up costs. Money held by open top-ups is not available."),
		views.Term("Pay in, then order again; the reference is not used up. The answer says what is available and what the top-up costs."),
	},
	{
		codeSuspended, http.StatusForbidden, retryNever, views.Term("Customer suspended"),
		views.Term("Your account may not order at present. Reading still works, and so does repeating a reference that was used."),
		views.Term("Talk to us. The reference is not used up."),
	},
	{
		codeAddress, http.StatusForbidden, retryNever, views.Term("Address not allowed"),
		views.Term("Your key may be used from the addresses alone that we agreed on, and this request came from another."),
		views.Term("Call from an allowed address, or ask us to allow this one; the answer names it."),
	},
	{
		codeNotFound, http.StatusNotFound, retryNever, views.Term("Not found"),
		views.Term("The address is wrong, or what it names is not yours or not there."),
		views.Term("Check the id. To find out whether an order arrived, list top-ups by reference or order again with the same reference."),
	},
	{
		codeMethod, http.StatusMethodNotAllowed, retryNever, views.Term("Method not allowed"),
		views.Term("The address exists, the method does not."),
		views.Term("Use a method that the header Allow names."),
	},
	{
		codeReused, http.StatusConflict, retryNever, views.Term("Reference reused"),
		views.Term("You used this reference before, for another phone or another amount. References are yours for ever, also those of failed top-ups."),
		views.Term("Make a new reference for a new order. If it should have been the same order, send the same phone and amount."),
	},
	{
		codeQuoteExpired, http.StatusConflict, retryNever, views.Term("Quote expired"),
		views.Term("The quote that the order names holds no more. Nothing was accepted; the reference is not used up."),
		views.Term("Make a new quote, or order without one at today's price."),
	},
	{
		codeQuoteUsed, http.StatusConflict, retryNever, views.Term("Quote used"),
		views.Term("Another order of yours used the quote: each is for one. Nothing was accepted; the reference is not used up."),
		views.Term("Make a quote for each order. If it should have been the same order, send its reference."),
	},
	{
		codePriceChanged, http.StatusConflict, retryNever, views.Term("Price changed"),
		views.Term("The top-up costs more than max_price allows. Nothing was accepted; the reference is not used up."),
		views.Term("Decide whether the price in the answer is fine, and order with it as max_price."),
	},
	{
		codeQuoteMismatch, http.StatusUnprocessableEntity, retryNever, views.Term("Quote does not fit"),
		views.Term("The quote is not one of yours, was forgotten, or is for another amount."),
		views.Term("Send the id that POST /quotes answered, with the same amount."),
	},
	{
		codeTooLarge, http.StatusRequestEntityTooLarge, retryNever, views.Term("Body too large"),
		views.Term("The body has more than 65,536 bytes; of a batch, more than 1 MiB."),
		views.Term("An order needs 200 bytes. Shorten the metadata, or send a batch in parts."),
	},
	{
		codeMediaType, http.StatusUnsupportedMediaType, retryNever, views.Term("Unsupported media type"),
		views.Term("The body is not sent as application/json, is compressed, or is not in UTF-8."),
		views.Term("Set Content-Type: application/json."),
	},
	{
		codePhone, http.StatusUnprocessableEntity, retryNever, views.Term("Invalid phone"),
		views.Term("The phone is not a Mexican number of 10 digits, or is empty."),
		views.Term("Ask your customer again. Today's products reach one carrier: Telefónica/Movistar, Mexico."),
	},
	{
		codeAmount, http.StatusUnprocessableEntity, retryNever, views.Term("Amount out of range"),
		views.Term("No product of yours has the amount, or it is zero, negative, or finer than 0.01 MXN."),
		views.Term("Offer amounts that GET /products lists; the answer says minimum, maximum and amounts."),
	},
	{
		codeInvalid, http.StatusUnprocessableEntity, retryNever, views.Term("Invalid request"),
		views.Term("A field or parameter is missing, unknown, there twice, or of the wrong type."),
		views.Term("Read errors in the answer: it names each field and what is wrong with it."),
	},
	{
		codeRateLimited, http.StatusTooManyRequests, retrySafe, views.Term("Too many requests"),
		views.Term("Your programs call more often than we agreed on, your daily cap is spent, or many wrong keys came from your address. There is no limit until we agree on one."),
		views.Term("Wait for the seconds that Retry-After says, then send the same request. The answer says which limit it was."),
	},
	{
		codeInternal, http.StatusInternalServerError, retrySame, views.Term("Internal error"),
		views.Term("Something went wrong on our side. It was logged, and somebody looks at it."),
		views.Term("Repeat the order with the same reference: if it was accepted, you get its answer; it is never doubled."),
	},
	{
		codeUnavailable, http.StatusServiceUnavailable, retrySame, views.Term("Unavailable"),
		views.Term("We cannot answer now: the service restarts, its database is away, or the queue is full."),
		views.Term("Wait for the seconds that Retry-After says, then repeat the order with the same reference; it is never doubled."),
	},
}

func kindOf(code string) kind {
	for _, k := range kinds {
		if k.code == code {
			return k
		}
	}
	panic("api: no code " + code)
}
