package billing

// A list of verdicts from a file: many decisions proposed at once.

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// What one list may hold.
const (
	MaxListLines = 1000
	MaxListBytes = 256 << 10
)

// DecisionList is a file from which one operator proposed decisions.
type DecisionList struct {
	ID         uuid.UUID      `db:"id"`
	Name       string         `db:"name"`   // of the file
	SHA256     []byte         `db:"sha256"` // of what it held
	Reason     DecisionReason `db:"-"`      // of every decision in it; kept with each
	ProposedBy int64          `db:"proposed_by"`
	ProposedAt time.Time      `db:"proposed_at"`
	Proposer   string         `db:"proposer"` // his name, for people
}

// DecisionID is the id of the decision that a line proposes: the same whenever
// the list is sent.
func (l DecisionList) DecisionID(line int) uuid.UUID {
	return uuid.NewSHA1(l.ID, []byte(strconv.Itoa(line)))
}

// Decision is what a line of the list proposes.
func (l DecisionList) Decision(c ListedCase) Decision {
	return Decision{
		ID: l.DecisionID(c.Line), TopUpID: c.Found.ID, Verdict: c.Verdict, Reason: l.Reason, Note: c.Note,
		ProviderTransactionID: c.ProviderID, ProposedBy: l.ProposedBy,
	}
}

// ListLine is one line: which top-up, and what two operators are to decide about
// it. The first name that is there finds the top-up, in this order; the others
// must agree with it.
type ListLine struct {
	Line        int    // in the file
	TopUp       string // our id, "tu_…"
	Customer    string // code; with Reference
	Reference   string // the reseller's
	DistTransID string // ours on Latcom's wire
	ProviderID  string // Latcom's; with another name it is what the decision adds
	Verdict     Verdict
	Note        string
}

// ListProblem says why a line cannot be proposed; empty: it can.
type ListProblem string

// What can be wrong with a line.
const (
	ListNoName    ListProblem = "no_name"   // it names no top-up
	ListNoVerdict ListProblem = "verdict"   // neither delivered nor not_delivered
	ListNoNote    ListProblem = "no_note"   // neither the line nor the list has one
	ListTooLong   ListProblem = "too_long"  // the note, or Latcom's id
	ListNotFound  ListProblem = "not_found" // no top-up has this name
	ListTwoFound  ListProblem = "two_found" // several have it
	ListMismatch  ListProblem = "mismatch"  // its names belong to different top-ups
	ListTwice     ListProblem = "twice"     // a line before is about the same top-up
	ListSettled   ListProblem = "settled"   // the top-up is not unknown
	ListWaits     ListProblem = "waits"     // another proposal about it waits
)

// Check says what is wrong with a line alone.
func (l ListLine) Check() ListProblem {
	switch {
	case l.TopUp == "" && (l.Customer == "" || l.Reference == "") && l.DistTransID == "" && l.ProviderID == "":
		return ListNoName
	case l.Verdict != VerdictDelivered && l.Verdict != VerdictNotDelivered:
		return ListNoVerdict
	case strings.TrimSpace(l.Note) == "":
		return ListNoNote
	case len(l.Note) > 1000 || len(l.ProviderID) > 64:
		return ListTooLong
	}
	return ""
}

// Fits says whether the names on the line are those of t. Latcom's id may be new.
func (l ListLine) Fits(t TopUp) bool {
	agrees := func(written, is string) bool { return written == "" || written == is }
	return agrees(l.TopUp, t.ID.String()) && agrees(l.Customer, t.CustomerCode) && agrees(l.Reference, t.Reference) && agrees(l.DistTransID, t.DistTransID)
}

// ListedCase is a line with what it is about and what it would do.
type ListedCase struct {
	ListLine
	Found   TopUp // with an id when the line names one
	Effect  Effect
	Problem ListProblem
}

// ListError refuses a list because of lines that cannot be proposed.
type ListError struct{ Cases []ListedCase }

func (e ListError) Error() string {
	wrong := 0
	for _, c := range e.Cases {
		if c.Problem != "" {
			wrong++
		}
	}
	return strconv.Itoa(wrong) + " lines of the list cannot be proposed"
}
