package exports

// Exports in the background: one at a time, from the beginning again after a
// restart, kept for seven days.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const (
	sweepEvery = 5 * time.Second // looks for what a dead instance left
	turnLimit  = 10 * time.Second
	retryAfter = 3 * time.Second
	mostTries  = 5         // at what is no fault of the database
	deadPart   = time.Hour // since anybody wrote to a file that is not whole
)

// Why an export failed, in words that views know.
const (
	FailureDisk   = "disk full"
	FailureFolder = "folder"
	FailureOther  = "other"
)

// Runner makes the files, hands them out and clears them away.
type Runner struct {
	store   *store.Store
	log     *slog.Logger
	folder  string
	stopped chan struct{} // closed when Run ends: the file in the making is given up
}

// New returns a runner that keeps its files in a folder of dataDir.
func New(s *store.Store, log *slog.Logger, dataDir string) *Runner {
	return &Runner{store: s, log: log, folder: filepath.Join(dataDir, "exports"), stopped: make(chan struct{})}
}

// Register adds the worker to a queue's.
func (r *Runner) Register(workers *river.Workers) error {
	if err := river.AddWorkerSafely(workers, worker{runner: r}); err != nil {
		return fmt.Errorf("prepare the worker of exports: %w", err)
	}
	return nil
}

// Open opens the file of an export that is done. One that lies on another machine
// or is gone is billing.ErrNotFound.
func (r *Runner) Open(e billing.Export) (*os.File, error) {
	file, err := os.Open(r.path(e))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the file of export %s: %w", e.ID, billing.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open the file of export %s: %w", e.ID, err)
	}
	return file, nil
}

func (r *Runner) path(e billing.Export) string { return filepath.Join(r.folder, e.FileName()) }

// Run takes up what dead instances left and clears away what nobody needs any
// more, until ctx ends. It must run beside the queue that works Register's job.
func (r *Runner) Run(ctx context.Context) error {
	defer close(r.stopped)
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for turns := 0; ; turns++ {
		turn, cancel := context.WithTimeout(ctx, turnLimit)
		err := r.sweep(turn, turns%12 == 0)
		cancel()
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "periodic work failed", "work", "exports", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (r *Runner) sweep(ctx context.Context, clear bool) error {
	requeued, err := r.store.RequeueLostExports(ctx)
	if requeued > 0 {
		r.log.WarnContext(ctx, "took up exports again", "exports", requeued)
	}
	if err != nil || !clear {
		return err
	}
	return errors.Join(r.store.ExpireExports(ctx), r.clear(ctx))
}

// clear removes the files of ours that no export needs.
func (r *Runner) clear(ctx context.Context) error {
	entries, err := os.ReadDir(r.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the folder of exports: %w", err)
	}
	for _, entry := range entries {
		name, _, _ := strings.Cut(entry.Name(), ".")
		id, err := uuid.Parse(name)
		if err != nil || !entry.Type().IsRegular() {
			continue // not ours
		}
		wanted, err := r.store.ExportFileWanted(ctx, id)
		if err != nil {
			return err
		}
		if wanted && !isDeadPart(entry) {
			continue
		}
		if err := os.Remove(filepath.Join(r.folder, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove an export's file: %w", err)
		}
	}
	return nil
}

func isDeadPart(entry fs.DirEntry) bool {
	info, err := entry.Info()
	return err == nil && strings.HasSuffix(entry.Name(), partSuffix) && time.Since(info.ModTime()) > deadPart
}

// worker works the queue's jobs.
type worker struct {
	river.WorkerDefaults[store.ExportJob]
	runner *Runner
}

// Timeout: none; a file takes as long as it takes.
func (worker) Timeout(*river.Job[store.ExportJob]) time.Duration { return -1 }

// NextRetry is soon: somebody waits for it.
func (worker) NextRetry(*river.Job[store.ExportJob]) time.Time { return time.Now().Add(retryAfter) }

// Work makes one file.
func (w worker) Work(ctx context.Context, job *river.Job[store.ExportJob]) error {
	r := w.runner
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-r.stopped:
			cancel()
		case <-ctx.Done():
		}
	}()
	instance := job.AttemptedBy[len(job.AttemptedBy)-1]
	e, err := r.store.BeginExport(ctx, job.Args.Export, job.ID, instance)
	if errors.Is(err, billing.ErrNotFound) {
		return nil // cancelled, done, or another job's by now
	}
	if err != nil {
		return err
	}
	err = r.write(ctx, &e, job.ID)
	switch {
	case err == nil, errors.Is(err, errCancelled):
		return nil
	case r.isStopped():
		return river.JobSnooze(0) // the next start begins again
	case failureOf(err) == FailureOther && (store.Away(err) || job.Attempt < mostTries):
		return err
	}
	r.log.ErrorContext(ctx, "an export failed", "export", e.ID, "error", err)
	e.State, e.Failure = billing.ExportFailed, failureOf(err)
	_, err = r.store.EndExport(ctx, e, job.ID)
	return err
}

func (r *Runner) isStopped() bool {
	select {
	case <-r.stopped:
		return true
	default:
		return false
	}
}

func failureOf(err error) string {
	var path *fs.PathError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return FailureDisk
	case errors.As(err, &path):
		return FailureFolder
	}
	return FailureOther
}
