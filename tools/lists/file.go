package main

// A CSV file beside psql's \copy of the same rows, and what it takes of the server's
// memory.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/exports"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/tools/rig"
)

const (
	fileGoal   = 0.5 // of psql's rows a second
	memoryGoal = 16  // MB more, however many rows
)

// sameRows are the columns of the file, as psql gives them.
const sameRows = `
	SELECT t.id, t.created_at, t.completed_at, c.code, c.name, t.reference, t.phone, t.status, t.amount, t.price,
	       CASE t.status WHEN 'succeeded' THEN t.price ELSE 0 END, t.rate, t.discount, t.product, t.sent, t.cost, t.attempts,
	       t.failure_code, t.failure_reason, t.provider_transaction_id, t.carrier_transaction_id, t.dist_transid, COALESCE(k.hint, '')
	FROM topups t JOIN customers c ON c.id = t.customer_id LEFT JOIN api_keys k ON k.id = t.api_key_id
	WHERE t.created_at >= '%s' ORDER BY t.created_at DESC, t.id DESC`

// file writes the newest rows both ways, in turn, three times.
func (w *world) file(ctx context.Context, rows int) (good bool, err error) {
	psql, err := exec.LookPath("psql")
	if err != nil {
		fmt.Println("\na CSV file: skipped, there is no psql (scripts/install-debian-packages postgresql-client)")
		return true, nil
	}
	since := time.Time{}
	err = w.database.QueryRowContext(ctx, `SELECT created_at FROM topups ORDER BY created_at DESC, id DESC OFFSET $1 LIMIT 1`, rows-1).Scan(&since)
	if err != nil {
		return false, fmt.Errorf("find where the rows begin: %w", err)
	}
	folder, err := os.MkdirTemp("", "latcom-billing-lists-")
	if err != nil {
		return false, fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	fmt.Printf("\na CSV file of %d rows, written three times each way, the best time of each (goal: at least %.1f of psql's speed)\n", rows, fileGoal)
	itself, err := os.FindProcess(os.Getpid())
	if err != nil {
		return false, fmt.Errorf("find this process: %w", err)
	}
	best, more := [2]time.Duration{}, 0.0
	for range 3 {
		for way, write := range []func() error{
			func() error { return copied(ctx, psql, w.url, since, filepath.Join(folder, "copied.csv")) },
			func() error { return w.exported(ctx, since, rows, filepath.Join(folder, "exported.csv")) },
		} {
			begun := time.Now()
			grown, err := growth(itself, write)
			if err != nil {
				return false, err
			}
			more = max(more, grown)
			if took := time.Since(begun); best[way] == 0 || took < best[way] {
				best[way] = took
			}
		}
	}
	speed := best[0].Seconds() / best[1].Seconds()
	fmt.Printf("psql \\copy %9.0f rows/s\nour file   %9.0f rows/s, %.2f times as fast  %s\n", float64(rows)/best[0].Seconds(), float64(rows)/best[1].Seconds(), speed, verdict(speed >= fileGoal))
	fmt.Printf("memory    %9.0f MB more at most (goal: %d)  %s\n", more, memoryGoal, verdict(more <= memoryGoal))
	return speed >= fileGoal && more <= memoryGoal, nil
}

// growth is how many MB more a process had resident at most while it did something.
func growth(p *os.Process, do func() error) (float64, error) {
	if err := rig.ForgetPeak(p); err != nil {
		return 0, err
	}
	before, err := rig.PeakMemory(p)
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	most, err := rig.PeakMemory(p)
	return most - before, err
}

func verdict(kept bool) string {
	if kept {
		return "ok"
	}
	return "MISSED"
}

func copied(ctx context.Context, psql, url string, since time.Time, to string) error {
	query := fmt.Sprintf(sameRows, since.Format(time.RFC3339Nano))
	flat := strings.Join(strings.Fields(query), " ") // \copy is one line
	cmd := exec.CommandContext(ctx, psql, "-X", "-q", url, "-c", `\copy (`+flat+`) TO '`+to+`' CSV HEADER`)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("psql: %w: %s", err, out)
	}
	return nil
}

// exported writes what the program writes, by its own code.
func (w *world) exported(ctx context.Context, since time.Time, rows int, to string) error {
	file, err := os.Create(filepath.Clean(to))
	if err != nil {
		return fmt.Errorf("make a file: %w", err)
	}
	defer file.Close()
	writer := exports.NewWriter(billing.FormatCSV, false, func() io.Writer { return file })
	n := 0
	err = w.store.EachExportRow(ctx, billing.TopUpFilter{From: &since}, store.ExportRows{Row: func(cells [][]byte) error {
		n++
		return writer.Row(cells)
	}})
	if err := errors.Join(err, writer.Close()); err != nil {
		return err
	}
	if n < rows {
		return fmt.Errorf("the file has %d rows, not %d", n, rows)
	}
	return nil
}
