package views

// The way over from the old calls to those of today.

type wayRow struct{ old, today string }

func (d APIDocs) wayOver() []wayRow {
	return []wayRow{
		{"x-api-key, x-customer-id", d.T("The key alone: X-API-Key, or Authorization: Bearer. An imported key works in both.")},
		{"POST /api/enviadespensa/topup", d.T("POST /api/v1/topups with a reference always. Those used before stay used: the same reference, phone and amount answer the first top-up.")},
		{"reference", d.T("1 to 64 characters of A-Z a-z 0-9 . _ : - instead of any 100.")},
		{"200 SUCCESS", d.T("201, or 200 for a repeated order, with status succeeded.")},
		{"202 PENDING", d.T("202 with status queued, sending or unknown; GET /api/v1/topups/{id} tells how it ends.")},
		{"400, 500", d.T("201 with status failed for what the carrier refused; a problem document with code and retry for the rest.")},
		{"403 Insufficient balance", d.T("402 insufficient_balance, with available and price.")},
		{"GET /api/balance", d.T("GET /api/v1/balance: current_balance is balance less held.")},
		{"1234.5", d.T("Decimal strings, \"1234.5000\": no program rounds them by accident.")},
		{"GET /health", d.T("GET /readyz")},
	}
}
