package exports_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/exports"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// office is a database with top-ups, and an instance that makes files.
type office struct {
	t      *testing.T
	store  *store.Store
	folder string
	who    *int64
}

func openOffice(t *testing.T, topUps int) office {
	t.Helper()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "0")
	_, err := s.DB().Exec(`
		INSERT INTO topups (id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent, expected, cost, dist_transid, failure_code, created_at, updated_at, completed_at)
		SELECT gen_random_uuid(), CAST($1 AS bigint), 'r' || i, '+525512345678', 50, CASE WHEN i % 10 = 0 THEN 'failed' ELSE 'succeeded' END, 2.7778, 18, 0, 'TFE_MXN_20_TO_2000', 50, 58, 50, 'LB' || i,
		       CASE WHEN i % 10 = 0 THEN 'refused' ELSE '' END, now() - make_interval(mins => i), now(), now()
		FROM generate_series(1, $2) AS i`, c.ID, topUps)
	if err != nil {
		t.Fatal(err)
	}
	return office{t, s, t.TempDir(), storetest.Operator(t, s, "Ana", billing.RoleViewer).ID}
}

// instance works the queue until its test, or stop, ends it.
func (o office) instance(id string) (stop func()) {
	o.t.Helper()
	runner := exports.New(o.store, slog.New(slog.DiscardHandler), o.folder)
	workers := river.NewWorkers()
	if err := runner.Register(workers); err != nil {
		o.t.Fatal(err)
	}
	queue, err := o.store.NewQueue(&river.Config{
		ID: id, Workers: workers, Queues: map[string]river.QueueConfig{store.ExportQueue: {MaxWorkers: 1}},
		FetchCooldown: time.Millisecond, FetchPollInterval: 5 * time.Millisecond, JobTimeout: -1, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.store.Heartbeat(o.t.Context(), id, "here"); err != nil {
		o.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	if err := queue.Start(context.Background()); err != nil {
		o.t.Fatal(err)
	}
	go func() { ended <- runner.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := errors.Join(<-ended, queue.Stop(context.Background())); err != nil {
			o.t.Error(err)
		}
	}
	o.t.Cleanup(stop)
	return stop
}

func (o office) ask(format billing.ExportFormat) uuid.UUID {
	o.t.Helper()
	e := billing.Export{ID: uuid.New(), OperatorID: o.who, Format: format}
	if err := o.store.InTx(o.t.Context(), func(tx *store.Tx) error { return tx.RequestExport(o.t.Context(), e) }); err != nil {
		o.t.Fatal(err)
	}
	return e.ID
}

// until waits for an export to be as it should.
func (o office) until(id uuid.UUID, is func(billing.Export) bool) billing.Export {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		e, err := o.store.Export(ctx, 0, id)
		if err != nil {
			o.t.Fatal(err)
		}
		if is(e) {
			return e
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			o.t.Fatalf("the export stays %+v", e)
		}
	}
}

func ended(e billing.Export) bool { return !e.Open() }

func (o office) files() (names []string) {
	entries, _ := os.ReadDir(filepath.Join(o.folder, "exports"))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestAFileIsMadeWithItsProof(t *testing.T) {
	o := openOffice(t, 2000)
	o.instance("one")
	for _, format := range []billing.ExportFormat{billing.FormatCSV, billing.FormatXLSX} {
		e := o.until(o.ask(format), ended)
		file, err := os.ReadFile(filepath.Join(o.folder, "exports", e.FileName()))
		if err != nil || e.State != billing.ExportDone {
			t.Fatalf("%s: %s %s, %v", format, e.State, e.Failure, err)
		}
		if hash := sha256.Sum256(file); hex.EncodeToString(hash[:]) != e.SHA256 || e.Bytes != int64(len(file)) {
			t.Errorf("%s: hash or size is not the file's", format)
		}
		if e.RowsWritten != 2000 || e.RowsExpected != 2000 {
			t.Errorf("%s: %d of %d rows", format, e.RowsWritten, e.RowsExpected)
		}
		if got, want := fmt.Sprint(e.Totals), "[{failed 200 10000.00 0.0000} {succeeded 1800 90000.00 5000.0400}]"; got != want {
			t.Errorf("%s: the control totals are %s, want %s", format, got, want)
		}
		if kept := e.ExpiresAt.Sub(*e.FinishedAt); kept != 7*24*time.Hour {
			t.Errorf("%s: kept for %s", format, kept)
		}
		if format == billing.FormatCSV && strings.Count(string(file), "\r\n") != 2001 {
			t.Error("the file has not a line for each row")
		}
	}
	if names := o.files(); len(names) != 2 {
		t.Errorf("the folder holds %v", names)
	}
}

// hold keeps files from being read on: they wait for a lock of the table.
func (o office) hold() (letGo func()) {
	o.t.Helper()
	tx := o.store.DB().MustBegin()
	tx.MustExec(`SET idle_in_transaction_session_timeout = 0`)
	tx.MustExec(`LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE`)
	return func() {
		if err := tx.Rollback(); err != nil {
			o.t.Error(err)
		}
	}
}

func running(e billing.Export) bool { return e.State == billing.ExportRunning && e.RowsExpected > 0 }

func TestACancelledExportLeavesNoFile(t *testing.T) {
	o := openOffice(t, 2000)
	letGo := o.hold()
	stop := o.instance("one")
	id := o.ask(billing.FormatCSV)
	o.until(id, running)
	var cancelled bool
	err := o.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		cancelled, err = tx.CancelExport(t.Context(), 0, id)
		return err
	})
	if err != nil || !cancelled {
		t.Fatalf("%v, %v", cancelled, err)
	}
	letGo()
	after := o.until(o.ask(billing.FormatCSV), ended) // the one after it is made: the worker is free again
	stop()
	if e := o.until(id, ended); e.State != billing.ExportCancelled {
		t.Errorf("it is %s", e.State)
	}
	if names := o.files(); len(names) != 1 || names[0] != after.FileName() {
		t.Errorf("the folder holds %v", names)
	}
	err = o.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		cancelled, err = tx.CancelExport(t.Context(), 0, after.ID)
		return err
	})
	if err != nil || cancelled {
		t.Errorf("a file that is ready is cancelled: %v, %v", cancelled, err)
	}
}

func TestAnExportBeginsAgainAfterARestart(t *testing.T) {
	o := openOffice(t, 2000)
	letGo := o.hold()
	stop := o.instance("one")
	id := o.ask(billing.FormatCSV)
	o.until(id, running)
	stop()
	letGo()
	if names := o.files(); len(names) != 0 {
		t.Errorf("the stopped process left %v", names)
	}
	o.instance("two")
	if e := o.until(id, ended); e.State != billing.ExportDone || e.RowsWritten != 2000 {
		t.Errorf("it is %s with %d rows: %s", e.State, e.RowsWritten, e.Failure)
	}
}

func TestAnExportOfADeadInstanceIsTakenUpByAnother(t *testing.T) {
	o := openOffice(t, 2000)
	id := o.ask(billing.FormatCSV)
	// An instance took it, and was killed: its job runs for ever, its file is half.
	if _, err := o.store.DB().Exec(`
		UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = ARRAY['dead'] WHERE kind = 'topups_export'`); err != nil {
		t.Fatal(err)
	}
	var job int64
	if err := o.store.DB().Get(&job, `SELECT job_id FROM exports WHERE id = $1`, id); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.BeginExport(t.Context(), id, job, "dead"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.DB().Exec(`UPDATE exports SET requested_at = now() - interval '1 minute'`); err != nil {
		t.Fatal(err)
	}
	o.instance("alive")
	if e := o.until(id, ended); e.State != billing.ExportDone {
		t.Errorf("it is %s", e.State)
	}
	// What the dead one still had to say is not heard.
	goOn, err := o.store.NoteExport(t.Context(), id, job, 1, 1)
	if err != nil || goOn {
		t.Errorf("the old job may go on: %v, %v", goOn, err)
	}
	if kept, err := o.store.EndExport(t.Context(), billing.Export{ID: id, State: billing.ExportFailed}, job); err != nil || kept {
		t.Errorf("the old job ends it: %v, %v", kept, err)
	}
}

func TestAFolderThatCannotBeWrittenToFailsTheExportInWords(t *testing.T) {
	o := openOffice(t, 10)
	o.folder = filepath.Join(o.folder, "file")
	if err := os.WriteFile(o.folder, []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.instance("one")
	if e := o.until(o.ask(billing.FormatCSV), ended); e.State != billing.ExportFailed || e.Failure != exports.FailureFolder {
		t.Errorf("it is %s, %q", e.State, e.Failure)
	}
}

func TestFilesAreClearedAwayAfterTheirTime(t *testing.T) {
	o := openOffice(t, 10)
	stop := o.instance("one")
	old, kept := o.until(o.ask(billing.FormatCSV), ended), o.until(o.ask(billing.FormatCSV), ended)
	stop()
	if _, err := o.store.DB().Exec(`UPDATE exports SET expires_at = now() - interval '1 second' WHERE id = $1`, old.ID); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{uuid.NewString() + ".csv", uuid.NewString() + ".xlsx.part", "README"} {
		if err := os.WriteFile(filepath.Join(o.folder, "exports", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.instance("two")
	e := o.until(old.ID, func(e billing.Export) bool { return e.RemovedAt != nil && len(o.files()) == 2 })
	if e.HasFile(time.Now()) {
		t.Error("it still has a file")
	}
	if names := fmt.Sprint(o.files()); !strings.Contains(names, "README") || !strings.Contains(names, kept.FileName()) {
		t.Errorf("the folder holds %v", names)
	}
}

func TestNobodyAsksForFilesWithoutEnd(t *testing.T) {
	o := openOffice(t, 10)
	var ids []uuid.UUID
	for range billing.MostOpenExports {
		ids = append(ids, o.ask(billing.FormatCSV))
	}
	again := billing.Export{ID: ids[0], OperatorID: o.who, Format: billing.FormatCSV}
	if err := o.store.InTx(t.Context(), func(tx *store.Tx) error { return tx.RequestExport(t.Context(), again) }); err != nil {
		t.Errorf("the same form again: %v", err)
	}
	more := billing.Export{ID: uuid.New(), OperatorID: o.who, Format: billing.FormatCSV}
	if err := o.store.InTx(t.Context(), func(tx *store.Tx) error { return tx.RequestExport(t.Context(), more) }); !errors.Is(err, billing.ErrTooMany) {
		t.Errorf("one too many: %v", err)
	}
}
