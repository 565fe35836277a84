package handlers

// A list of verdicts as a file. The names of its columns are those of our own
// exports, so that an export can be filled in and sent back.

import (
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var verdictFile = listFile[billing.ListLine]{
	columns: map[string]func(*billing.ListLine, string){
		"id":                      func(l *billing.ListLine, cell string) { l.TopUp = cell },
		"customer":                func(l *billing.ListLine, cell string) { l.Customer = cell },
		"reference":               func(l *billing.ListLine, cell string) { l.Reference = cell },
		"dist_transid":            func(l *billing.ListLine, cell string) { l.DistTransID = cell },
		"our_transaction_id":      func(l *billing.ListLine, cell string) { l.DistTransID = cell },
		"provider_id":             func(l *billing.ListLine, cell string) { l.ProviderID = cell },
		"provider_transaction_id": func(l *billing.ListLine, cell string) { l.ProviderID = cell },
		"verdict":                 func(l *billing.ListLine, cell string) { l.Verdict = verdictWords[strings.ToLower(cell)] },
		"note":                    func(l *billing.ListLine, cell string) { l.Note = cell },
	},
	needs: verdictColumns,
	begin: func(at int) billing.ListLine { return billing.ListLine{Line: at} },
}

// verdictWords are what a person may write for a verdict.
var verdictWords = map[string]billing.Verdict{
	"delivered": billing.VerdictDelivered, "entregada": billing.VerdictDelivered,
	"not_delivered": billing.VerdictNotDelivered, "not delivered": billing.VerdictNotDelivered,
	"no_entregada": billing.VerdictNotDelivered, "no entregada": billing.VerdictNotDelivered,
}

func verdictColumns(r views.Reader, known map[string]bool) string {
	switch {
	case !known["verdict"]:
		return r.T("The first line names the columns, and one of them is verdict: it was not found")
	case !known["id"] && (!known["customer"] || !known["reference"]) && !known["dist_transid"] && !known["our_transaction_id"] &&
		!known["provider_id"] && !known["provider_transaction_id"]:
		return r.T("No column names the top-ups: id, or customer and reference, or dist_transid, or provider_id")
	}
	return ""
}

// readList reads the lines of a file; a line without a note gets the list's.
func readList(r views.Reader, text []byte, note string) ([]billing.ListLine, string) {
	lines, problem := verdictFile.read(r, text)
	for i := range lines {
		if lines[i].Note == "" {
			lines[i].Note = note
		}
	}
	return lines, problem
}
