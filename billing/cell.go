package billing

// Cells of CSV files, whoever writes them.

import "strings"

// SafeCell keeps a spreadsheet from running a text that somebody chose as a formula
// (OWASP, CSV injection): such a text begins with an apostrophe then. Our own phones,
// which begin with a plus sign, need not go through it.
func SafeCell[T ~string | ~[]byte](cell T) T {
	if len(cell) > 0 && strings.IndexByte("=+-@\t\r\n", cell[0]) >= 0 {
		return T("'" + string(cell))
	}
	return cell
}
