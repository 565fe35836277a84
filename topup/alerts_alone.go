package topup

// The week's digest of what one operator did that two should have done.

import (
	"context"
	"strconv"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// approvalsPage lists what the digest counts.
const approvalsPage = "/admin/approvals"

// doneAlone tells of the last week's, for as long as each is a week old at most.
func doneAlone(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	done, err := tx.CountDoneAlone(ctx, billing.DigestTime.Seconds())
	if err != nil || done == 0 {
		return nil, err
	}
	return []billing.Alert{{
		Kind: billing.AlertDoneAlone, Severity: billing.SeverityWarning, Link: approvalsPage,
		Words: map[string]string{"count": strconv.Itoa(done)},
	}}, nil
}
