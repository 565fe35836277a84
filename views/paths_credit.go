package views

// The addresses of everybody's credit.

const (
	CreditHistoryPath    = "/admin/credit"             // every adjustment
	CreditHistoryCSVPath = "/admin/credit.csv"         //nolint:gosec // the file of what the history's filter shows; no credential
	CreditOnePath        = "/admin/credit/one"         // asks whose credit, and leads to the form
	NewCreditListPath    = "/admin/credit/many"        // asks for a file; takes it back to be edited
	ReviewCreditListPath = "/admin/credit/many/review" // shows what each line would do
	CreditListsPath      = "/admin/credit/many/lists"  // takes the list that was reviewed
)
