package exports

// One file: written beside its place, proven against the database, then moved
// there whole.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const (
	partSuffix   = ".part"
	noteEvery    = 400 * time.Millisecond
	rowsUnlooked = 500 // between two looks at the clock
)

var errCancelled = errors.New("the export was cancelled")

// write makes the file of e and keeps what is to be known about it.
func (r *Runner) write(ctx context.Context, e *billing.Export, jobID int64) error {
	if err := os.MkdirAll(r.folder, 0o700); err != nil {
		return fmt.Errorf("make the folder of exports: %w", err)
	}
	part := r.path(*e) + partSuffix
	defer os.Remove(part) //nolint:errcheck // after the move there is none
	if err := r.fill(ctx, e, jobID, part); err != nil {
		return err
	}
	if err := os.Rename(part, r.path(*e)); err != nil {
		return fmt.Errorf("move an export to its place: %w", err)
	}
	if err := syncFolder(r.folder); err != nil {
		return err
	}
	e.State = billing.ExportDone
	kept, err := r.store.EndExport(ctx, *e, jobID)
	if err == nil && !kept {
		return errors.Join(errCancelled, os.Remove(r.path(*e)))
	}
	return err
}

// fill writes all rows into part.
func (r *Runner) fill(ctx context.Context, e *billing.Export, jobID int64, part string) error {
	file, err := os.OpenFile(filepath.Clean(part), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make the file of an export: %w", err)
	}
	defer file.Close()
	f := &filling{export: e, sums: newTally(), to: &counted{file: file, hash: sha256.New()}}
	f.writer = NewWriter(e.Format, e.CustomerID != nil, func() io.Writer { return f.to })
	f.note = func() error {
		goOn, err := r.store.NoteExport(ctx, e.ID, jobID, e.RowsWritten, e.RowsExpected)
		if err == nil && !goOn {
			return errCancelled
		}
		return err
	}
	if err := r.store.Reading(store.Fresh(ctx)).EachExportRow(ctx, e.Filter, store.ExportRows{Begin: f.begin, Row: f.row}); err != nil {
		return err
	}
	if err := f.end(); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("keep the file of an export: %w", err)
	}
	return nil
}

// filling is a file in the making.
type filling struct {
	export   *billing.Export
	writer   Writer
	to       *counted
	sums     *tally
	expected []billing.ExportTotal
	note     func() error
	noted    time.Time
}

func (f *filling) begin(expected []billing.ExportTotal) error {
	f.expected = expected
	for _, total := range expected {
		f.export.RowsExpected += total.Rows
	}
	return f.note()
}

func (f *filling) row(cells [][]byte) error {
	if err := f.writer.Row(cells); err != nil {
		return err
	}
	if err := f.sums.add(cells); err != nil {
		return err
	}
	f.export.RowsWritten++
	if f.export.RowsWritten%rowsUnlooked != 0 || time.Since(f.noted) < noteEvery {
		return nil
	}
	f.noted = time.Now()
	return f.note()
}

// end proves that the file adds up to what the database says.
func (f *filling) end() error {
	if err := f.writer.Close(); err != nil {
		return err
	}
	f.export.Totals = f.sums.totals()
	if err := same(f.export.Totals, f.expected); err != nil {
		return err
	}
	f.export.Bytes, f.export.SHA256 = f.to.bytes, hex.EncodeToString(f.to.hash.Sum(nil))
	return nil
}

// counted writes to a file what it counts and hashes.
type counted struct {
	file  io.Writer
	hash  hash.Hash
	bytes int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.file.Write(p)
	c.hash.Write(p[:n])
	c.bytes += int64(n)
	return n, err //nolint:wrapcheck // the writers above say what was being written
}

func syncFolder(folder string) error {
	dir, err := os.Open(filepath.Clean(folder))
	if err != nil {
		return fmt.Errorf("keep the folder of exports: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("keep the folder of exports: %w", err)
	}
	return nil
}
