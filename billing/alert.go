package billing

import (
	"slices"
	"time"
)

// AlertKind says what an alert is about. Its words are in views/alert_words.go.
type AlertKind string

// The kinds of alerts. To add one: name it here, raise and end it with
// Engine.Raise and Engine.End or by a watch in topup/alerts.go, and say it in
// views/alert_words.go.
const (
	AlertUnknownWaits   AlertKind = "unknown_waits"  // top-ups unknown for longer than UnknownWaits: count, held
	AlertUnknownOld     AlertKind = "unknown_old"    // the same, for longer than UnknownOld
	AlertContradictions AlertKind = "contradictions" // final top-ups that later evidence contradicts: count, price
	AlertBooksWrong     AlertKind = "books_wrong"    // the last proof found differences: count
	AlertBooksUnproven  AlertKind = "books_unproven" // the last proof failed, or is older than BooksUnproven
	AlertBrokenGlass    AlertKind = "broken_glass"   // an admin was made or reset with ADMIN_KEY: name, address
	AlertDoneAlone      AlertKind = "done_alone"     // within DigestTime one operator did what two should have: count
	AlertFloatLow       AlertKind = "float_low"      // the float lasts for less than FloatLowTime: left, seconds
	AlertFloatShort     AlertKind = "float_short"    // for less than FloatShortTime: left, seconds
	AlertFloatEmpty     AlertKind = "float_empty"    // orders are refused: left
	AlertReplica        AlertKind = "replica"        // it is not read from: problem, count of the instances that say so

	AlertFloatBelow      AlertKind = "float_below"      // the float is below the level that was set: left, level
	AlertCustomerBalance AlertKind = "customer_balance" // a customer has less than its own level: name, left, level
	AlertCustomerRunway  AlertKind = "customer_runway"  // a customer's credit lasts less than it wants to know: name, left, seconds
	AlertSuccessRate     AlertKind = "success_rate"     // too few orders are delivered: percent, count, level
	AlertLatency         AlertKind = "latency"          // Latcom takes too long: seconds, count, level
	AlertQueueAge        AlertKind = "queue_age"        // the oldest order waits too long: seconds, count
	AlertLoginRefused    AlertKind = "login_refused"    // Latcom lets us not in: row, reason
	AlertBreakerOpen     AlertKind = "breaker_open"     // nothing is sent until an order gets through: row, reason
	AlertDisk            AlertKind = "disk_full"        // DATA_DIR of a machine is nearly full: name, free, percent
	AlertChannelFailing  AlertKind = "channel_failing"  // a channel takes no messages: name, seconds
)

// AlertKinds are all of them, in the order in which people read about them.
func AlertKinds() []AlertKind {
	return []AlertKind{
		AlertLoginRefused, AlertBreakerOpen, AlertSuccessRate, AlertLatency, AlertQueueAge,
		AlertUnknownWaits, AlertUnknownOld, AlertContradictions,
		AlertFloatLow, AlertFloatShort, AlertFloatEmpty, AlertFloatBelow, AlertCustomerBalance, AlertCustomerRunway,
		AlertBooksWrong, AlertBooksUnproven, AlertBrokenGlass, AlertDoneAlone,
		AlertReplica, AlertDisk, AlertChannelFailing,
	}
}

// Known says whether a kind is one of them.
func (k AlertKind) Known() bool { return slices.Contains(AlertKinds(), k) }

// OfCustomer says whether an alert is about one customer, whose code is its subject:
// its members are told as well.
func (k AlertKind) OfCustomer() bool { return k == AlertCustomerBalance || k == AlertCustomerRunway }

// Ages of an unknown top-up at which somebody is alerted.
const (
	UnknownWaits = 15 * time.Minute
	UnknownOld   = 24 * time.Hour
)

// BooksUnproven is the age of the last proof of the books at which somebody is
// alerted: two hourly checks were missed.
const (
	BooksUnproven = 3 * time.Hour
	// GlassLasts is how long everybody is told of an account that was made or reset
	// with ADMIN_KEY, and how long it approves nothing.
	GlassLasts = 24 * time.Hour
)

// DigestTime is how long everybody is told what one operator did alone while
// approvals were switched off.
const DigestTime = 7 * 24 * time.Hour

// Severity says how soon somebody has to look.
type Severity string

// The severities.
const (
	SeverityWarning  Severity = "warning"  // today
	SeverityCritical Severity = "critical" // now
)

// Alert is something that somebody has to know about, for as long as it is so.
// Kind and Subject together name it: two that are open at once differ in one.
type Alert struct {
	ID       int64             `db:"id"`
	Kind     AlertKind         `db:"kind"`
	Subject  string            `db:"subject"` // which one, where several of a kind can be open; may be empty
	Severity Severity          `db:"severity"`
	Words    map[string]string `db:"-"`    // fill the kind's sentence: counts, amounts in USD, names
	Link     string            `db:"link"` // path of the page where it is dealt with; may be empty
	Since    time.Time         `db:"since"`
	SeenAt   time.Time         `db:"seen_at"`
	EndedAt  *time.Time        `db:"ended_at"` // nil: open
}
