package billing

// What an operator keeps of the list of top-ups.

// SavedView is a filter under a name. Its query is what the address carries, so
// that "today" stays today.
type SavedView struct {
	ID    int64  `db:"id"`
	Name  string `db:"name"`
	Query string `db:"query"`
}

// MostSavedViews is how many an operator may keep.
const MostSavedViews = 20

// ListLook is how an operator's list looks: the columns besides those that are
// always there, by name, and how high its rows are.
type ListLook struct {
	Columns []string
	Roomy   bool
}
