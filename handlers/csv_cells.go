package handlers

// Cells of the CSV files that are written here; those of top-ups are in exports.

import (
	"time"

	"latcom.example/latcom-billing/billing"
)

// csvText keeps a spreadsheet from running text that somebody chose as a formula.
func csvText(s string) string { return billing.SafeCell(s) }

func csvTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
