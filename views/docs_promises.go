package views

func (d APIDocs) limitRows() []docsRow {
	return []docsRow{
		{d.T("Body of a request"), d.T("64 KiB; a batch 1 MiB and 1,000 orders")},
		{d.T("Amount of an order"), d.T("20 to 200 MXN, 2 decimals, unless another range is agreed with you")},
		{"reference", d.T("1 to 64 characters of A-Z a-z 0-9 . _ : -")},
		{"metadata", d.T("an object of 4 KiB, 50 keys and 5 levels")},
		{d.T("Waiting in a request"), d.T("25 seconds, 60 when preferred")},
		{d.T("A page of a list"), d.T("50 lines, 200 when asked for; as a file without an end")},
		{d.T("How far back"), d.T("everything since your first order, without a window")},
		{d.T("Time until it is sent"), d.T("15 minutes at most; then the top-up fails with expired, and nothing is charged")},
		{d.T("Wrong keys"), d.T("30 from one address, then one every 2 seconds; keys that were right go on working")},
	}
}

func (d APIDocs) promiseRows() [][3]string {
	return [][3]string{
		{d.T("An order is charged once, or not at all."), d.T("Every balance is computed again from its entries every hour, by a program of its own."), d.T("The ledger and the statements; GET /api/v1/ledger")},
		{d.T("An accepted order is never lost."), d.T("Order, hold and job are written in one transaction before you get an answer."), d.T("Look a reference up on the dashboard")},
		{d.T("99.9 % of the requests of a month are answered without a 5xx."), d.T("Share of all requests with a valid key."), d.T("GET /readyz tells the present; X-Request-Id names each request")},
		{d.T("We add less than a second to the time of the carrier, for 99 of 100 top-ups."), d.T("From your request to our answer, less the time that the carrier took."), d.T("The timeline of each top-up")},
		{d.T("An unknown top-up is settled within one business day."), d.T("From its order to its final state."), d.T("The dashboard’s list with status unknown; the event that tells it")},
	}
}

// changeRows are what integrators should know of, the newest first.
func (d APIDocs) changeRows() []docsRow {
	return []docsRow{
		{"2026-11-25", d.T("Webhooks, a sandbox with test keys, quotes that hold their price, batches, products and statements; expiry, scopes, addresses and a daily cap for keys.")},
		{"2026-11-24", d.T("The calls of the system before this one, deprecated; numbers, the ledger, lists as CSV and NDJSON; rotation of keys with an overlap.")},
		{"2026-11-22", d.T("The first version: order, look up, list, balance, price.")},
	}
}
