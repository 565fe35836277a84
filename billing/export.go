package billing

// Files of what a filter showed.

import (
	"time"

	"github.com/google/uuid"
)

// ExportFormat is what kind of file an export is.
type ExportFormat string

// The formats; each is also the file's extension.
const (
	FormatCSV  ExportFormat = "csv"
	FormatXLSX ExportFormat = "xlsx"
)

// ExportState is how far an export is.
type ExportState string

// The states of an export. Waiting and running ones are open.
const (
	ExportWaiting   ExportState = "waiting"
	ExportRunning   ExportState = "running"
	ExportDone      ExportState = "done"
	ExportFailed    ExportState = "failed"
	ExportCancelled ExportState = "cancelled"
)

const (
	// MostStreamed is how many rows are sent at once; more become a file first.
	MostStreamed = 50_000
	// MostOpenExports is how many files one customer, or all operators together,
	// may have in the making.
	MostOpenExports = 5
	// ExportKept is how long a file is kept.
	ExportKept = 7 * 24 * time.Hour
)

// Export is a file that is made in the background.
type Export struct {
	ID           uuid.UUID     `db:"id"`
	OperatorID   *int64        `db:"operator_id"` // who asked, or
	MemberID     *int64        `db:"member_id"`
	CustomerID   *int64        `db:"customer_id"` // whose member it is
	Asker        string        `db:"asker"`       // his name
	Format       ExportFormat  `db:"format"`
	Query        string        `db:"query"` // the filter as the address carried it
	Filter       TopUpFilter   `db:"-"`     // what it meant when it was asked for
	State        ExportState   `db:"state"`
	RowsExpected int64         `db:"rows_expected"`
	RowsWritten  int64         `db:"rows_written"`
	Totals       []ExportTotal `db:"-"` // once it is done
	Bytes        int64         `db:"bytes"`
	SHA256       string        `db:"sha256"` // of the file, in hex
	Failure      string        `db:"failure"`
	RequestedAt  time.Time     `db:"requested_at"`
	StartedAt    *time.Time    `db:"started_at"`
	FinishedAt   *time.Time    `db:"finished_at"`
	ExpiresAt    *time.Time    `db:"expires_at"`
	RemovedAt    *time.Time    `db:"removed_at"` // when its file was
}

// Open says whether it is still in the making.
func (e Export) Open() bool { return e.State == ExportWaiting || e.State == ExportRunning }

// HasFile says whether its file can be fetched at a moment.
func (e Export) HasFile(at time.Time) bool {
	return e.State == ExportDone && e.RemovedAt == nil && e.ExpiresAt != nil && at.Before(*e.ExpiresAt)
}

// FileName is the name of its file, among ours and for who fetches it.
func (e Export) FileName() string { return e.ID.String() + "." + string(e.Format) }

// ExportTotal is a control total of a file: what its rows of one status add up to.
type ExportTotal struct {
	Status  Status `db:"status"  json:"status"`
	Rows    int64  `db:"rows"    json:"rows"`
	Amount  MXN    `db:"amount"  json:"amount_mxn"`  // face values
	Charged USD    `db:"charged" json:"charged_usd"` // prices of what was delivered
}
