package exports

// Control totals: what the rows of a file add up to, counted from what was
// written and compared with what the database says.

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// tally adds cells up as whole cents and ten-thousandths: exactly, and quickly.
type tally struct {
	status, amount, charged int // places among the cells
	sums                    map[billing.Status]*sum
}

type sum struct{ rows, cents, tenThousandths int64 }

func newTally() *tally {
	place := func(name string) int { return slices.Index(store.ExportCells(), name) }
	return &tally{status: place("status"), amount: place("amount_mxn"), charged: place("charged_usd"), sums: map[billing.Status]*sum{}}
}

func (t *tally) add(cells [][]byte) error {
	s := t.sums[billing.Status(cells[t.status])]
	if s == nil {
		s = &sum{}
		t.sums[billing.Status(cells[t.status])] = s
	}
	cents, err := units(cells[t.amount], 2)
	if err != nil {
		return err
	}
	tenThousandths, err := units(cells[t.charged], 4)
	if err != nil {
		return err
	}
	s.rows++
	s.cents += cents
	s.tenThousandths += tenThousandths
	return nil
}

// units reads "50.00" as 5000.
func units(cell []byte, places int) (n int64, err error) {
	decimals := -1
	for _, b := range cell {
		switch {
		case b == '.' && decimals < 0:
			decimals = 0
		case b >= '0' && b <= '9' && n < 1e15:
			n = n*10 + int64(b-'0')
			if decimals >= 0 {
				decimals++
			}
		default:
			return 0, fmt.Errorf("%.40q is no amount with %d decimals", cell, places)
		}
	}
	if decimals != places {
		return 0, fmt.Errorf("%.40q is no amount with %d decimals", cell, places)
	}
	return n, nil
}

func (t *tally) totals() []billing.ExportTotal {
	all := []billing.ExportTotal{}
	for status, s := range t.sums {
		all = append(all, billing.ExportTotal{
			Status: status, Rows: s.rows,
			Amount:  billing.MustMXN(fmt.Sprintf("%d.%02d", s.cents/100, s.cents%100)),
			Charged: billing.MustUSD(fmt.Sprintf("%d.%04d", s.tenThousandths/10_000, s.tenThousandths%10_000)),
		})
	}
	slices.SortFunc(all, func(a, b billing.ExportTotal) int { return strings.Compare(string(a.Status), string(b.Status)) })
	return all
}

// same compares totals by status: both are in that order.
func same(written, expected []billing.ExportTotal) error {
	equal := slices.EqualFunc(written, expected, func(a, b billing.ExportTotal) bool {
		return a.Status == b.Status && a.Rows == b.Rows && a.Amount.Cmp(b.Amount) == 0 && a.Charged.Cmp(b.Charged) == 0
	})
	if !equal {
		return errors.Join(errTotals, fmt.Errorf("written %v, expected %v", written, expected))
	}
	return nil
}

var errTotals = errors.New("the file does not add up to what the database says")
