package topup

// Somebody has to know before a disk is full: the embedded database and the files
// of exports are on it.

import (
	"context"
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
)

const (
	diskEvery = 30 * time.Second
	// diskLost is how long an alert of a machine that does not look any more stays.
	diskLost = 5 * time.Minute
)

// Disk is the one that a machine keeps its files on.
type Disk struct {
	Name string                                 // of the machine
	Free func() (free, total uint64, err error) // bytes
}

// LookAtDisk raises or ends the alert of this machine's disk, and ends those of
// machines that are gone.
func (e *Engine) LookAtDisk(ctx context.Context) error {
	t, err := e.store.AlertThresholds(ctx)
	if err != nil {
		return err
	}
	free, total, err := e.options.Disk.Free()
	if err != nil {
		return err
	}
	if percent := int(100 * free / max(total, 1)); percent < t.DiskPercent { //nolint:gosec // G115: 100 at most
		err = e.Raise(ctx, billing.Alert{
			Kind: billing.AlertDisk, Subject: e.options.Disk.Name, Severity: billing.SeverityCritical, Link: overviewPage,
			Words: map[string]string{"name": e.options.Disk.Name, "percent": strconv.Itoa(percent), "free": strconv.FormatUint(free, 10)},
		})
	} else {
		err = e.End(ctx, billing.AlertDisk, e.options.Disk.Name)
	}
	if err != nil {
		return err
	}
	lost, err := e.store.LostAlerts(ctx, billing.AlertDisk, diskLost.Seconds())
	for _, a := range lost {
		if err := e.End(ctx, a.Kind, a.Subject); err != nil {
			return err
		}
	}
	return err
}
