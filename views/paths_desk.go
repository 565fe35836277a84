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
