package billing

// A database that was restored: what Latcom did in the gap is not in it.

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Restore is one time that the database was found on another cluster or timeline
// than before: restored from a backup, copied, or served by what was its standby.
// Sending is paused until an operator says what Latcom did between ReachedAt and
// NoticedAt.
type Restore struct {
	ID        int64      `db:"id"`
	NoticedAt time.Time  `db:"noticed_at"`
	ReachedAt time.Time  `db:"reached_at"` // the last sign of life in what was restored
	Was       string     `db:"was"`        // cluster and timeline
	Became    string     `db:"became"`
	PauseID   int64      `db:"pause_id"`
	CheckedAt *time.Time `db:"checked_at"` // nil: sending is paused
	CheckedBy string     `db:"checked_by"`
	Note      string     `db:"note"`
	Queued    string     `db:"queued"`
}

// What becomes of the orders that waited to be sent at the restored moment.
const (
	RestoredSend    = "send"    // Latcom's statement has none of them
	RestoredUnknown = "unknown" // each becomes a case of the unknown desk
)

// RestoreCheck is what an operator says about the gap.
type RestoreCheck struct {
	Note   string // what was compared with what, and what it showed
	Queued string // RestoredSend or RestoredUnknown
}

const longestRestoreNote = 2000 // characters

// Check says what is wrong with it, field by field; nil when nothing is.
func (c RestoreCheck) Check() error {
	wrong := ValidationError{}
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Note)); n < 10 || n > longestRestoreNote {
		wrong["note"] = "Say in 10 to 2,000 characters what you compared, and what it showed"
	}
	if c.Queued != RestoredSend && c.Queued != RestoredUnknown {
		wrong["queued"] = "Choose what becomes of the orders that waited"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}
