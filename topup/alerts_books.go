package topup

// Alerts about the books: what the last proof of them says.

import (
	"context"
	"strconv"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// booksPage is where the last proof is seen.
const booksPage = "/admin/books"

func booksWrong(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	last, err := tx.ProofState(ctx)
	if err != nil || last.Wrong == 0 {
		return nil, err
	}
	return []billing.Alert{{
		Kind: billing.AlertBooksWrong, Severity: billing.SeverityCritical, Link: booksPage,
		Words: map[string]string{"count": strconv.FormatInt(last.Wrong, 10)},
	}}, nil
}

// booksUnproven is quiet on a database whose books nobody has looked at yet.
func booksUnproven(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	last, err := tx.ProofState(ctx)
	if err != nil || !last.Failed && last.AgeSeconds < billing.BooksUnproven.Seconds() {
		return nil, err
	}
	return []billing.Alert{{Kind: billing.AlertBooksUnproven, Severity: billing.SeverityCritical, Link: booksPage}}, nil
}
