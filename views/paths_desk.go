package views

// The unknown desk's addresses.

// DeskPath lists what two operators have to settle.
const DeskPath = "/admin/unknown"

// CasePath is one case with its evidence; it takes a proposal.
func CasePath(id string) string { return DeskPath + "/" + id }

// ConfirmPath takes the second operator's confirmation.
func ConfirmPath(id string) string { return CasePath(id) + "/confirm" }

// DisagreePath takes his objection.
func DisagreePath(id string) string { return CasePath(id) + "/disagree" }

// ReversalPath asks for the reversal of a succeeded top-up, and takes the proposal.
func ReversalPath(id string) string { return AdminTopUpPath(id) + "/reversal" }

// Lists of verdicts from a file.
const (
	ListsPath      = DeskPath + "/lists"        // takes the proposal
	NewListPath    = DeskPath + "/lists/new"    // asks for the file
	ReviewListPath = DeskPath + "/lists/review" // shows what it would do
	OpenCasesCSV   = DeskPath + "/open.csv"     // open cases, to fill in
)

// ListPath is a list that was proposed.
func ListPath(id string) string { return ListsPath + "/" + id }

// ConfirmListPath takes the second operator's confirmation of all that waits.
func ConfirmListPath(id string) string { return ListPath(id) + "/confirm" }

// DisagreeListPath takes his objection.
func DisagreeListPath(id string) string { return ListPath(id) + "/disagree" }
