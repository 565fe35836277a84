package verify

import (
	"fmt"
	"regexp"
	"testing"
)

func (b tampered) aDeletedRowIsNamed(t *testing.T) {
	for _, table := range moneyTables {
		for _, row := range b.rows(t, table, movedMoney[table.name]) {
			kin := b.kin(t, table.name, row)
			found, done := b.tryUntil(t, kin, fmt.Sprintf(`DELETE FROM %s WHERE %s = $1`, table.name, table.key), row)
			if !done || !names(found, kin) {
				t.Errorf("%s %s was deleted: %v, and neither it nor what it belongs to is named: %v", table.name, row, done, found)
			}
		}
	}
}

// movedMoney are the rows that another row knows of. An adjustment or a decision
// that moved nothing stands alone: without it, or with another like it, the books
// are whole.
var movedMoney = map[string]string{
	"customers": "true", "balances": "true", "topups": "true", "attempts": "true", "entries": "true", "exchange_rates": "true",
	"business_days": "true", "checkpoints": "true",
	"quotes":        "topup_id IS NOT NULL", // in the story its rate was over when it was used
	"quarter_hours": "true", "day_sums": "true", "day_sums_through": "true", "float_deposits": "true", "float_moves": "true", "float_total": "true",
	"adjustments": "state = 'posted' OR list_id IS NOT NULL", "adjustment_lists": "true", "change_requests": "state = 'done'", "decisions": "state = 'confirmed'", "contradictions": "true",
}

// A copy is made as it is, under another key, and with all that must be unique changed.
var copies = map[string][]string{
	"customers":        {`{}`, `{"id": 99}`, `{"id": 99, "code": "OTHER"}`},
	"balances":         {`{}`, `{"customer_id": 99}`},
	"topups":           {`{}`, `{"id": "` + copied + `"}`, `{"id": "` + copied + `", "reference": "other", "dist_transid": "LBOTHER"}`},
	"attempts":         {`{}`, `{"id": 99}`, `{"id": 99, "number": 9}`},
	"adjustments":      {`{}`, `{"id": "` + copied + `"}`},
	"adjustment_lists": {`{}`, `{"id": "` + copied + `"}`},
	"entries":          {`{}`, `{"id": 99}`},
	"decisions":        {`{}`, `{"id": "` + copied + `"}`},
	"contradictions":   {`{}`, `{"id": 99}`},
	"exchange_rates":   {`{}`, `{"id": 99}`},
	"change_requests":  {`{}`, `{"id": "` + copied + `"}`, `{"id": "` + copied + `", "number": 9}`},
	"float_deposits":   {`{}`, `{"id": "` + copied + `"}`},
	"float_moves":      {`{}`, `{"entry_id": 99}`},
	"float_total":      {`{}`},
	"business_days":    {`{}`, `{"day": "2020-01-01"}`, `{"day": "2020-01-01", "ends_at": "2020-01-02 00:00+00"}`},
	"checkpoints":      {`{}`, `{"customer_id": 99}`, `{"day": "2020-01-01"}`},
	"quotes":           {`{}`, `{"id": "` + copied + `"}`},
	"quarter_hours":    {`{}`, `{"began": "` + copiedQuarter + `:00Z"}`},
	"day_sums":         {`{}`, `{"day": "` + copiedQuarter + `:00Z"}`},
	"day_sums_through": {`{}`},
}

const (
	copied        = "00000000-0000-7000-8000-000000000099"
	copiedQuarter = "2020-01-01 00:00"
)

var newKey = regexp.MustCompile(`(?:id|day)": "?([0-9a-f-]+)`)

func (b tampered) aDuplicatedRowIsNamed(t *testing.T) {
	for _, table := range moneyTables {
		for _, row := range b.rows(t, table, movedMoney[table.name]) {
			for _, with := range copies[table.name] {
				kin := b.kin(t, table.name, row)
				if key := newKey.FindStringSubmatch(with); key != nil {
					kin = append(kin, b.kin(t, table.name, key[1])...)
				}
				found, done := b.tryUntil(t, kin, fmt.Sprintf(`INSERT INTO %[1]s SELECT (jsonb_populate_record(it, $2)).* FROM %[1]s it WHERE %[2]s = $1`,
					table.name, table.key), row, with)
				if !done || !names(found, kin) {
					t.Errorf("%s %s was copied with %s: %v, and neither it nor its copy is named: %v", table.name, row, with, done, found)
				}
			}
		}
	}
}

// What no constraint keeps apart: two orders with one name, two rates at once.
func (b tampered) whatMustBeUniqueIsNamed(t *testing.T) {
	for _, query := range []string{
		`UPDATE topups SET reference = (SELECT reference FROM topups WHERE customer_id = 1 AND reference <> 'ref-1' LIMIT 1) WHERE reference = 'ref-1'`,
		`UPDATE topups SET dist_transid = (SELECT min(dist_transid) FROM topups WHERE attempts = 0) WHERE attempts = 0`,
		`UPDATE customers SET code = 'SAME'`,
		`UPDATE exchange_rates SET effective_from = '2020-01-01'`,
	} {
		if found, _ := b.try(t, query); len(found) == 0 {
			t.Errorf("%s: nothing is named", query)
		}
	}
}
