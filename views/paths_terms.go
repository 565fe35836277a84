package views

// The address of undoing an adjustment.

// UndoPath asks whether an adjustment is to be undone, and takes the answer.
func UndoPath(id string) string { return ApprovalPath(id) + "/reversal" }
