package topup

// The read replica that nobody reads from: nothing is wrong but that the database
// does its work too.

import (
	"context"
	"strconv"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// settingsPage says how the replica does.
const settingsPage = "/admin/settings"

func replicaUnread(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	problem, instances, err := tx.ReplicaProblem(ctx)
	if err != nil || problem == "" {
		return nil, err
	}
	return []billing.Alert{{
		Kind: billing.AlertReplica, Severity: billing.SeverityWarning, Link: settingsPage,
		Words: map[string]string{"problem": problem, "count": strconv.Itoa(instances)},
	}}, nil
}
