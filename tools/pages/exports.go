package main

// A file of everything: how long it takes, and how much memory the server.

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/tools/rig"
	"latcom.example/latcom-billing/views"
)

// exports asks for every top-up as a file, in each format, and says whether the
// server's memory kept its goal meanwhile.
func (w *world) exports(ctx context.Context, who *person) (good bool, err error) {
	fmt.Printf("\na file of every top-up (goal: the server takes %d MB more at most)\n", memoryGoal)
	good = true
	for _, format := range []billing.ExportFormat{billing.FormatCSV, billing.FormatXLSX} {
		if err := rig.ForgetPeak(w.server); err != nil {
			return false, err
		}
		before, err := rig.PeakMemory(w.server)
		if err != nil {
			return false, err
		}
		begun := time.Now()
		made, err := w.export(ctx, who, format)
		if err != nil {
			return false, err
		}
		most, err := rig.PeakMemory(w.server)
		if err != nil {
			return false, err
		}
		kept := most-before <= memoryGoal
		good = good && kept
		fmt.Printf("%-34s %9d rows in %5.1f s, %4.0f MB before, %4.0f MB at most  %s\n", format, made.RowsWritten, time.Since(begun).Seconds(),
			before, most, map[bool]string{true: "ok", false: "MISSED"}[kept])
	}
	return good, nil
}

// export has one file made and waits for it.
func (w *world) export(ctx context.Context, who *person, format billing.ExportFormat) (billing.Export, error) {
	id, paths := uuid.New(), views.AdminExports
	if err := who.send(ctx, paths.New(), paths.Exports, url.Values{"id": {id.String()}, "query": {""}, "format": {string(format)}}); err != nil {
		return billing.Export{}, err
	}
	looks := time.NewTicker(100 * time.Millisecond)
	defer looks.Stop()
	for {
		select {
		case <-ctx.Done():
			return billing.Export{}, ctx.Err()
		case <-looks.C:
		}
		e, err := w.store.Export(ctx, 0, id)
		if err != nil {
			return e, err
		}
		if !e.Open() && e.State != billing.ExportDone {
			return e, fmt.Errorf("the file was not made: %s", e.Failure)
		}
		if !e.Open() {
			return e, nil
		}
	}
}
