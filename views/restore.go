package views

// What the page about a restore is made of.

import (
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Restored is the page: the restore that nobody has checked, if there is one.
type Restored struct {
	Frame
	Open     *billing.Restore // nil: nothing has to be checked
	TopUps   []RestoredTopUp  // that were open, the oldest first
	More     int              // that are not shown
	Waits    int              // of those that were queued, still
	Past     []billing.Restore
	MayCheck bool
	Form     billing.RestoreCheck
	Problems map[string]string
}

// RestoredTopUp is a top-up that was open at the restored moment.
type RestoredTopUp struct {
	billing.TopUp
	Was billing.Status
}

func (p Restored) choices() ui.Choices {
	return ui.Choices{
		Name: "queued", Legend: p.T("The orders that waited at that moment"), Value: p.Form.Queued, Error: p.Problems["queued"],
		Options: []ui.Choice{
			{Value: billing.RestoredUnknown, Label: p.T("Make each a case of the unknown desk"), Effect: p.T("When the statement does not reach to now, or has one of them. None is sent; two operators say how each ended.")},
			{Value: billing.RestoredSend, Label: p.T("Send them"), Effect: p.T("Only when Latcom's statement, up to now, has none of them. What has waited longer than its limit expires and is given back.")},
		},
	}
}

func (p Restored) steps() []string {
	return []string{
		p.T("Get Latcom's statement of this time, from the first to the second moment above, as CSV."),
		p.T("Compare it: latcom-billing gap STATEMENT.csv. It names each delivery that the books do not know, and each end that differs."),
		p.T("A delivery that the books do not know: ask the customer for its reference, keep that with latcom-billing import, so that a repeat is not delivered again, and charge it with an adjustment."),
		p.T("A top-up that is unknown: its case on the unknown desk, with the statement as evidence."),
		p.T("Deposits, adjustments, customers and keys of that time are gone, too: record them again from your papers and letters."),
	}
}
