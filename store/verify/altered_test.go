package verify

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
)

// changes are what is done to a column: those of its type, then its own.
var changes = map[string][]string{
	"numeric(16,4)":            {"%s + 0.0001", "-%s", "'NaN'", "NULL"},
	"numeric(16,2)":            {"%s + 0.01", "-%s", "'NaN'", "NULL"},
	"numeric(12,2)":            {"%s + 0.01", "-%s", "'NaN'", "NULL"},
	"numeric(12,6)":            {"%s + 0.000001", "0", "'NaN'", "NULL"},
	"numeric(18,6)":            {"%s + 0.000001", "'NaN'", "NULL"},
	"numeric(7,6)":             {"%s + 0.001", "1", "NULL"},
	"bigint":                   {"%s + 1", "NULL"},
	"integer":                  {"%s + 1", "NULL"},
	"timestamp with time zone": {"%s + interval '1 microsecond'", "NULL"},
	"text":                     {"''", "%s || 'x'", "NULL"},
	"uuid":                     {"gen_random_uuid()", "NULL"},
	"jsonb":                    {`'{"a": 1}'`},
	"boolean":                  {"NOT %s"},
	"date":                     {"%s + 1", "NULL"},
	"bytea":                    {"set_byte(%s, 0, get_byte(%s, 0) # 1)", "''", "NULL"},

	"customers.daily_cap":           {"12"},
	"customers.requests_per_minute": {"60"},
	"customers.requests_burst":      {"10"},
	"customers.guard_minutes":       {"10"},
	"cidr[]":                        {"'{203.0.113.0/24}'"},
	"text[]":                        {"'{XOOM_50_MXN}'"},

	"checkpoints.sums":       {"jsonb_set(%s, '{hold,entries}', '1')", "jsonb_set(%s, '{hold,held}', '0.0001')", "%s - 'hold'", "NULL"},
	"topups.status":          {"'queued'", "'sending'", "'unknown'", "'succeeded'", "'failed'", "'reversed'"},
	"topups.failure_code":    {"'refused'", "'provider_unreachable'", "'expired'", "'not_delivered'"},
	"topups.phone":           {"'+525599999999'"},
	"topups.product":         {"'XOOM_50_MXN'"},
	"attempts.outcome":       {"'delivered'", "'refused'", "'not_sent'", "'unknown'"},
	"adjustments.state":      {"'waiting'", "'posted'", "'rejected'", "'expired'"},
	"adjustments.reason":     {"'DEPOSIT'"},
	"adjustment_lists.state": {"'waiting'", "'posted'", "'rejected'", "'expired'"},
	"change_requests.state":  {"'waiting'", "'done'", "'rejected'", "'expired'"},
	"change_requests.kind":   {"'credit_limit'", "'discount'", "'exchange_rate'"},
	"exchange_rates.set_by":  {"1"},
	"entries.kind":           {"'hold'", "'deposit'"},
	"entries.currency":       {"'USD'", "'MXN'"},
	"entries.from_account":   {"'held'"},
	"entries.to_account":     {"'held'", "'losses'"},
}

// unproven are the alterations that no other row contradicts, and why: of a
// column, all of it or the rows that match. A column that is not here is proven
// in every row. A line that has become untrue fails the test as well.
var unproven = map[string]struct{ where, why string }{
	"customers.code":                {"true", "a name; only that it is there and is used once"},
	"customers.name":                {"true", "a name"},
	"customers.suspended":           {"true", "terms for the next order"},
	"customers.min_amount":          {"true", "terms for the next order"},
	"customers.max_amount":          {"true", "terms for the next order"},
	"customers.daily_cap":           {"true", "terms for the next order"},
	"customers.requests_per_minute": {"true", "terms for the next request"},
	"customers.requests_burst":      {"true", "terms for the next request"},
	"customers.guard_minutes":       {"true", "terms for the next order"},
	"customers.allowed_networks":    {"true", "terms for the next request"},
	"customers.products":            {"true", "terms for the next order"},
	"customers.low_below":           {"true", "a threshold of a screen"},
	"customers.medium_below":        {"true", "a threshold of a screen"},
	"customers.created_at":          {"true", "no other row knows it"},
	"topups.reference":              {"true", "the reseller's; only that it is there and is used once"},
	"topups.metadata":               {"true", "the reseller's"},
	"topups.from_address":           {"true", "no other row knows it"},
	"topups.api_key_id":             {"api_key_id IS NOT NULL", "only that it is the customer's"},
	"topups.failure_reason":         {"true", "words for people"},
	"topups.events":                 {"true", "how many events there were; no money depends on it"},
	"topups.updated_at":             {"true", "no money depends on it"},
	"topups.cost":                   {"status <> 'succeeded'", "a product's terms may have changed; proven by its entry once it is paid"},
	"topups.phone":                  {"status = 'sending' OR attempts = 0", "proven by the request once it is answered"},
	"topups.product":                {"status = 'sending' OR attempts = 0", "proven by the request once it is answered"},
	"topups.dist_transid":           {"status = 'sending' OR attempts = 0", "proven by the request once it is answered"},
	"attempts.id":                   {"true", "no other row refers to it; only that it is used once"},
	"attempts.instance_id":          {"true", "no other row knows it once it is answered"},
	"attempts.fault":                {"true", "evidence for people"},
	"attempts.policy_row":           {"true", "evidence for people"},
	"attempts.policy_version":       {"true", "evidence for people"},
	"attempts.shape":                {"true", "evidence for people"},
	"attempts.reason":               {"true", "evidence for people"},
	"attempts.vendor_code":          {"true", "evidence for people"},
	"attempts.event":                {"true", "evidence for people"},
	"attempts.http_status":          {"true", "evidence for people"},
	"attempts.bytes_written":        {"true", "evidence for people"},
	"attempts.request":              {"true", "evidence; only that it does not contradict the top-up"},
	"attempts.response":             {"true", "evidence; only that it does not contradict the top-up"},
	"attempts.connection":           {"true", "evidence for people"},
	"attempts.took_ms":              {"true", "evidence for people"},
	"attempts.started_at":           {"number > 1", "the top-up knows the first one's"},
	"attempts.finished_at":          {"outcome IN ('unknown', 'not_sent') OR " + decided, "the top-up knows the one that ended it"},
	"attempts.outcome":              {decided, "the answer may still come after a decision"},
	"topups.failure_code":           {"failure_code IN ('provider_unreachable', 'not_delivered')", "the same attempts lead to both"},
	"adjustments.id":                {"state <> 'posted'", "it moved nothing, so no entry knows it"},
	"adjustments.customer_id":       {"state <> 'posted' AND list_id IS NULL", "it moved nothing, so no entry knows it"},
	"adjustments.amount":            {"state <> 'posted' AND list_id IS NULL", "it moved nothing, so no entry knows it"},
	"adjustments.reason":            {"state <> 'posted' AND list_id IS NULL", "it moved nothing, so no entry knows it"},
	"adjustments.note":              {"list_id IS NULL", "words for people; only that it is there"},
	"adjustments.proof":             {"true", "words for people"},

	"adjustments.requested_by": {"list_id IS NULL", "only that it is an operator, and another than who decided"},
	"adjustments.requested_at": {"list_id IS NULL AND (state <> 'posted' OR decided_at IS NOT NULL)", "the entry knows when it was decided"},
	"adjustments.expires_at":   {"list_id IS NULL AND expires_at IS NOT NULL", "only that it fits the decision"},
	"adjustments.decided_at":   {"list_id IS NULL AND state <> 'posted'", "it moved nothing, so no entry knows it"},

	"adjustments.one_operator": {"list_id IS NULL AND state = 'posted' AND decided_by IS NULL AND abs(amount) > 1000", "no other row knows whether approvals were off then"},
	"adjustments.reverses":     {"state <> 'posted' OR (SELECT reason FROM adjustments o WHERE o.id = it.reverses) IS DISTINCT FROM 'DEPOSIT'", "a correction like it need not undo one"},

	"adjustments.list_line":         {"list_id IS NOT NULL", "where it stood in a file that is not kept; only that it is there, once in the list"},
	"adjustment_lists.name":         {"true", "a file's; only that it is there"},
	"adjustment_lists.one_operator": {"state = 'posted' AND decided_by IS NULL AND credited + debited > 1000", "no other row knows whether approvals were off then"},

	"change_requests.id":           {"kind <> 'exchange_rate' OR state <> 'done'", "no other row refers to it; only that it is used once"},
	"change_requests.customer_id":  {"state <> 'done'", "it changed nothing, so no other row knows it"},
	"change_requests.kind":         {"state <> 'done'", "it changed nothing; only that it fits the values"},
	"change_requests.before":       {"state <> 'done'", "it changed nothing; only that it is a value"},
	"change_requests.after":        {"state <> 'done'", "it changed nothing; only that it is a value"},
	"change_requests.begins_at":    {"state <> 'done'", "it changed nothing, so no rate knows it"},
	"change_requests.note":         {"true", "words for people; only that it is there"},
	"change_requests.one_operator": {"state = 'done' AND decided_by IS NULL", "no other row knows whether approvals were off then"},
	"change_requests.requested_by": {"kind <> 'exchange_rate' OR state <> 'done'", "only that it is an operator, and another than who decided"},
	"change_requests.requested_at": {"true", "no other row knows it to the microsecond"},
	"change_requests.expires_at":   {"expires_at IS NOT NULL", "only that it fits the decision"},
	"change_requests.decided_at":   {"decided_at IS NOT NULL", "no other row knows it to the microsecond"},

	"quotes.id": {"true", "no other row refers to it; only that it is used once"},

	"float_deposits.reference":          {"corrects IS NULL AND id NOT IN (SELECT corrects FROM float_deposits WHERE corrects IS NOT NULL)", "words; only that it is there and that its correction has the same"},
	"float_deposits.proof":              {"true", "words for people"},
	"float_deposits.note":               {"true", "words for people; only that it is there"},
	"float_deposits.recorded_by":        {"true", "only that it is an operator"},
	"float_total.only_row":              {"true", "only that there is one row"},
	"day_sums_through.only_row":         {"true", "only that there is one row"},
	"entries.id":                        {"true", "no other row refers to it; only that it is used once and keeps the order"},
	"topups.provider_transaction_id":    {"attempts > 0 AND (status <> 'succeeded' OR " + decided + ")", "only an answer that ended it is sure to carry it"},
	"topups.carrier_transaction_id":     {"attempts > 0 AND (status <> 'succeeded' OR " + decided + ")", "only an answer that ended it is sure to carry it"},
	"decisions.id":                      {"true", "only a closed contradiction refers to it"},
	"decisions.note":                    {"true", "words for people; only that it is there"},
	"decisions.objection":               {"true", "words for people"},
	"decisions.proposed_at":             {"true", "no other row knows it"},
	"decisions.proposed_by":             {"true", "only that it is an operator, and another than who decided"},
	"decisions.decided_at":              {"state = 'rejected'", "it moved nothing, so no other row knows it"},
	"decisions.provider_transaction_id": {"true", "only that the top-up carries the one that was confirmed"},
	"contradictions.id":                 {"true", "no other row refers to it; only that it is used once"},
	"contradictions.evidence":           {"true", "words for people"},
	"contradictions.closed_note":        {"true", "words for people"},
	"contradictions.closed_by":          {"closed_by IS NOT NULL", "a case can be closed by nobody"},
	"business_days.closed_at":           {"true", "only that it is after the day's end"},
	"exchange_rates.id":                 {"true", "no other row refers to it; only that it is used once"},
	"exchange_rates.effective_from":     {"true", "only that each top-up's rate was in force, and that it was asked for"},
	"exchange_rates.created_at":         {"true", "no other row knows it"},
}

// decided is true of what belongs to a top-up that two operators settled.
const decided = `COALESCE(to_jsonb(it) ->> 'topup_id', it.id::text) IN (
	SELECT topup_id::text FROM decisions WHERE state = 'confirmed' AND verdict IN ('delivered', 'not_delivered'))`

type column struct {
	Name string `db:"attname"`
	Type string `db:"type"`
}

func (b tampered) columns(t *testing.T, table table) (columns []column) {
	t.Helper()
	err := b.DB().SelectContext(t.Context(), &columns, `
		SELECT attname, format_type(atttypid, atttypmod) AS type
		FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`, table.name)
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

func (b tampered) anAlteredRowIsNamed(t *testing.T) {
	for _, table := range moneyTables {
		t.Run(table.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range b.columns(t, table) {
				gap, hasGap := unproven[table.name+"."+c.Name]
				if hasGap {
					b.mustBeMissed(t, table, c, gap.where)
				} else {
					gap.where = "false"
				}
				tried := 0
				for alteration, named := range b.alterations(t, table, c, "("+gap.where+") IS NOT TRUE") {
					tried++
					if !named {
						t.Errorf("nothing names %s", alteration)
					}
				}
				if tried == 0 && !hasGap {
					t.Errorf("%s was never altered", c.Name)
				}
			}
		})
	}
}

func (b tampered) mustBeMissed(t *testing.T, table table, c column, where string) {
	t.Helper()
	for _, named := range b.alterations(t, table, c, where) {
		if !named {
			return
		}
	}
	t.Errorf("%s is proven now: strike it from the list", c.Name)
}

// alterations tries the changes of a column on rows of each sort, one by one,
// and tells of each whether verify named the row.
func (b tampered) alterations(t *testing.T, table table, c column, where string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		t.Helper()
		for _, row := range b.rows(t, table, where) {
			kin := b.kin(t, table.name, row)
			for _, change := range slices.Concat(changes[c.Type], changes[table.name+"."+c.Name]) {
				to := fmt.Sprintf("CAST(%s AS %s)", strings.ReplaceAll(change, "%s", c.Name), c.Type)
				found, done := b.tryUntil(t, kin, fmt.Sprintf(`UPDATE %[1]s SET %[2]s = %[3]s WHERE %[4]s = $1 AND %[2]s IS DISTINCT FROM %[3]s`,
					table.name, c.Name, to, table.key), row)
				if done && !yield(fmt.Sprintf("%s %s with %s = %s", table.name, row, c.Name, to), names(found, kin)) {
					return
				}
			}
		}
	}
}
