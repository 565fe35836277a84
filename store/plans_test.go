package store_test

// How PostgreSQL answers what is asked often, with many rows in each table: from
// which index, and without reading or sorting a big table. The statements are those
// that the store sends.

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// eaves hears every statement on its way to the database.
type eaves struct {
	mu    sync.Mutex
	heard []statement
}

type statement struct {
	query string
	args  []any
}

func (e *eaves) hear(query string, args []driver.NamedValue) {
	e.mu.Lock()
	defer e.mu.Unlock()
	one := statement{query: query}
	for _, arg := range args {
		one.args = append(one.args, arg.Value)
	}
	e.heard = append(e.heard, one)
}

type eavesdropped struct {
	driver.Connector
	to *eaves
}

func (c eavesdropped) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return eavesdroppedConn{inner.(wholeConn), c.to}, nil
}

// wholeConn is all that the driver's connections can do.
type wholeConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

type eavesdroppedConn struct {
	wholeConn
	to *eaves
}

func (c eavesdroppedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.to.hear(query, args)
	return c.wholeConn.QueryContext(ctx, query, args)
}

func (c eavesdroppedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.to.hear(query, args)
	return c.wholeConn.ExecContext(ctx, query, args)
}

// many are rows in every table that grows, beside a crowd's top-ups: most of them are
// over and done, as in life.
const many = `
	SET LOCAL session_replication_role = replica;
	UPDATE topups SET attempts = 1;
	UPDATE topups SET status = 'succeeded', completed_at = created_at WHERE status IN ('queued', 'sending', 'unknown') AND hashtext(id::text) % 100 <> 0;
	INSERT INTO attempts (topup_id, number, instance_id, started_at, finished_at, outcome, took_ms)
	SELECT id, 1, 'gone', created_at, CASE WHEN status <> 'sending' THEN created_at END,
	       CASE status WHEN 'succeeded' THEN 'delivered' WHEN 'reversed' THEN 'delivered' WHEN 'sending' THEN '' WHEN 'unknown' THEN 'unknown' ELSE 'refused' END, 6500
	FROM topups;
	INSERT INTO entries (customer_id, kind, currency, amount, from_account, to_account, topup_id, balance_after, held_after, created_at, number, previous_hash, hash)
	SELECT customer_id, 'hold', 'USD', price, 'available', 'held', id, 0, 0, created_at, row_number() OVER (PARTITION BY customer_id ORDER BY created_at, id), sha256('a'), sha256('b')
	FROM topups;
	INSERT INTO audit_log (at, actor_kind, actor_id, actor_name, address, action, customer_id, subject)
	SELECT now() - make_interval(secs => n), 'operator', n % 50, 'Operator ' || n % 50, '192.0.2.' || n % 250, 'action ' || n % 40, 1 + n % 3, 'subject ' || n FROM generate_series(1, 40000) n;
	INSERT INTO customers (code, name) SELECT 'C' || n, 'Customer ' || n FROM generate_series(1, 3000) n;
	INSERT INTO balances (customer_id) SELECT id FROM customers ON CONFLICT DO NOTHING;
	INSERT INTO api_keys (customer_id, name, hint, key_hash) SELECT id, 'k', '…' || id, sha256(convert_to(id::text, 'UTF8')) FROM customers;
	INSERT INTO webhook_endpoints (id, customer_id, url, secret, events)
	SELECT CAST(md5('e' || n) AS uuid), n, 'https://example.com/' || n, '\x00', '{topup.succeeded}' FROM generate_series(1, 20) n;
	INSERT INTO webhook_events (id, customer_id, type, topup_id, sequence, body) SELECT id, customer_id, 'topup.succeeded', id, 1, '{}' FROM topups;
	INSERT INTO webhook_deliveries (event_id, endpoint_id, state, next_at, ended_at)
	SELECT id, CAST(md5('e' || 1 + row_number() OVER () % 20) AS uuid), CASE WHEN hashtext(id::text) % 400 = 0 THEN 'waiting' ELSE 'delivered' END,
	       CASE WHEN hashtext(id::text) % 400 = 0 THEN now() END, CASE WHEN hashtext(id::text) % 400 <> 0 THEN now() END
	FROM topups;
	INSERT INTO river_job (state, kind, args, max_attempts, finalized_at, queue, priority)
	SELECT CASE WHEN n % 400 = 0 THEN 'available' ELSE 'completed' END::river_job_state, 'topup', jsonb_build_object('topup', n), 1, CASE WHEN n % 400 > 0 THEN now() END, 'default', 1
	FROM generate_series(1, 40000) n;
	INSERT INTO decisions (id, topup_id, verdict, reason, note, state, proposed_by, proposed_at, decided_by, decided_at)
	SELECT id, id, 'delivered', 'STATEMENT', 'n', CASE WHEN hashtext(id::text) % 100 = 0 THEN 'waiting' ELSE 'confirmed' END, 1, created_at, 2, created_at FROM topups LIMIT 3000;
	INSERT INTO contradictions (topup_id, at, status, outcome, evidence, closed_at)
	SELECT id, created_at, 'failed', 'delivered', 'e', CASE WHEN hashtext(id::text) % 100 <> 0 THEN created_at END FROM topups LIMIT 3000;
	INSERT INTO adjustments (id, customer_id, amount, reason, note, state, requested_by, requested_at, expires_at, decided_at, one_operator)
	SELECT CAST(md5('a' || n) AS uuid), 1 + n % 3, 1, 'DEPOSIT', 'n', CASE WHEN n % 100 = 0 THEN 'waiting' ELSE 'posted' END, 1, now() - make_interval(mins => n), now(),
	       CASE WHEN n % 100 > 0 AND n % 100 < 50 THEN now() - make_interval(mins => n) END, n % 100 = 99 FROM generate_series(1, 5000) n;
	INSERT INTO float_deposits (id, amount, reference, note, recorded_at)
	SELECT CAST(md5('f' || n) AS uuid), 1, 'SPEI-' || n, 'n', now() - make_interval(hours => n) FROM generate_series(1, 3000) n;
	INSERT INTO sandbox_requests (customer_id, at, reference, phone, amount)
	SELECT 1 + n % 50, now() - make_interval(secs => 3 * n), 'r' || n, '+525512345678', 50 FROM generate_series(1, 5000) n;
	ANALYZE`

var bigTables = []string{"topups", "attempts", "entries", "audit_log", "api_keys", "webhook_events", "webhook_deliveries", "river_job"}

// plan is a node of PostgreSQL's answer to EXPLAIN.
type plan struct {
	Node  string  `json:"Node Type"`
	Table string  `json:"Relation Name"`
	Index string  `json:"Index Name"`
	Rows  float64 `json:"Plan Rows"`
	Plans []plan
}

// look collects the indexes of a plan, and what is wrong with it.
func (p plan) look(indexes map[string]bool, wrong *[]string) {
	if p.Index != "" {
		indexes[p.Index] = true
	}
	if p.Node == "Seq Scan" && slices.Contains(bigTables, p.Table) {
		*wrong = append(*wrong, "reads all of "+p.Table)
	}
	for _, child := range p.Plans {
		if strings.HasSuffix(p.Node, "Sort") && child.Rows > 5000 {
			*wrong = append(*wrong, fmt.Sprintf("sorts %.0f rows", child.Rows))
		}
		child.look(indexes, wrong)
	}
}

func explain(t *testing.T, db interface {
	Get(to any, query string, args ...any) error
}, one statement,
) plan {
	t.Helper()
	var text string
	if err := db.Get(&text, "EXPLAIN (FORMAT JSON) "+one.query, one.args...); err != nil {
		t.Fatalf("%s: %v", one.query, err)
	}
	var plans []struct{ Plan plan }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		t.Fatal(err)
	}
	return plans[0].Plan
}

// asked is a statement that has a plan, and is not one about the session.
var asked = regexp.MustCompile(`(?is)^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b`)

func TestWhatIsAskedOftenIsReadFromItsIndex(t *testing.T) {
	crowded, url := crowdAt(t, 40_000)
	if _, err := storetest.Owner(crowded).Exec(many); err != nil {
		t.Fatal(err)
	}
	heard := &eaves{}
	s, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 2, Through: func(c driver.Connector) driver.Connector { return eavesdropped{c, heard} }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, q := range oftenAsked(t, crowded) {
		t.Run(q.name, func(t *testing.T) {
			heard.heard = nil
			if err := q.ask(t.Context(), s); err != nil && !errors.Is(err, billing.ErrNotFound) {
				t.Fatal(err)
			}
			indexes, wrong := map[string]bool{}, []string{}
			for _, one := range heard.heard {
				if asked.MatchString(one.query) && !strings.Contains(one.query, "set_config") {
					explain(t, crowded.DB(), one).look(indexes, &wrong)
				}
			}
			if len(heard.heard) == 0 {
				t.Error("nothing was asked")
			}
			if len(wrong) > 0 {
				t.Errorf("it %s", strings.Join(wrong, ", "))
			}
			for _, index := range q.from {
				if !indexes[index] {
					t.Errorf("it is not read from %s but from %v", index, slices.Sorted(maps.Keys(indexes)))
				}
			}
		})
	}
	t.Run("every index serves something", func(t *testing.T) { everyIndexServes(t, crowded, s, heard) })
}

type question struct {
	name string
	from []string // the indexes that it is read from
	ask  func(context.Context, *store.Store) error
}

// with drops an answer.
func with[T any](_ T, err error) error { return err }

func oftenAsked(t *testing.T, s *store.Store) []question {
	t.Helper()
	var one struct {
		ID        billing.TopUpID `db:"id"`
		Customer  int64           `db:"customer_id"`
		Reference string          `db:"reference"`
	}
	if err := s.DB().Get(&one, `SELECT id, customer_id, reference FROM topups ORDER BY created_at LIMIT 1`); err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte("77"))
	endpoint := uuid.UUID(md5.Sum([]byte("e1")))
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	end := day.AddDate(0, 0, 1)
	page := func(name string, f billing.TopUpFilter, from ...string) question {
		return question{"top-ups: " + name, from, func(ctx context.Context, s *store.Store) error {
			return with(s.TopUps(ctx, f, billing.PageRequest{Limit: 50}))
		}}
	}
	audit := func(name string, f store.AuditFilter, from ...string) question {
		return question{"audit log: " + name, from, func(ctx context.Context, s *store.Store) error { return with(s.AuditLog(ctx, f, nil, 50)) }}
	}
	amount, _ := billing.ParseAmountRange("77")
	failed := []billing.Status{billing.StatusFailed}
	return []question{
		page("all", billing.TopUpFilter{}, "topups_newest", "topups_pkey"),
		page("a day", billing.TopUpFilter{From: &day, To: &end}, "topups_newest"),
		page("of a customer", billing.TopUpFilter{CustomerID: one.Customer}, "topups_by_customer"),
		page("failed", billing.TopUpFilter{Statuses: failed}, "topups_by_status"),
		page("of a customer, failed", billing.TopUpFilter{CustomerID: one.Customer, Statuses: failed}, "topups_by_customer_status"),
		page("of a key", billing.TopUpFilter{APIKeyIDs: []int64{1}}, "topups_by_key"),
		page("of an amount", billing.TopUpFilter{Amount: amount}, "topups_by_amount"),
		page("of a phone", billing.TopUpFilter{Phone: "+525512345678"}, "topups_by_phone"),
		page("of an area", billing.TopUpFilter{PhoneBegins: "5512"}, "topups_by_area"),
		page("of a wide area", billing.TopUpFilter{PhoneBegins: "551"}, "topups_by_area"),
		page("by reference", billing.TopUpFilter{Reference: one.Reference}, "topups_reference_taken"),
		page("by another's id", billing.TopUpFilter{ProviderRef: "LT12"}, "topups_by_provider_id", "topups_by_carrier_id"),
		page("by any word", billing.TopUpFilter{Find: "LB12"}, "topups_reference_taken", "topups_dist_transid_taken", "topups_by_provider_id", "topups_by_carrier_id"),
		{"top-ups: a file of a day", []string{"topups_newest"}, func(ctx context.Context, s *store.Store) error {
			return s.EachExportRow(ctx, billing.TopUpFilter{From: &day, To: &end}, store.ExportRows{
				Begin: func([]billing.ExportTotal) error { return nil }, Row: func([][]byte) error { return nil },
			})
		}},
		{"top-ups: a file of a customer's failed", []string{"topups_by_customer_status"}, func(ctx context.Context, s *store.Store) error {
			return s.EachExportRow(ctx, billing.TopUpFilter{CustomerID: one.Customer, Statuses: failed}, store.ExportRows{Row: func([][]byte) error { return nil }})
		}},
		{"top-ups: totals", nil, func(ctx context.Context, s *store.Store) error {
			return with(s.TopUpTotals(ctx, billing.TopUpFilter{}))
		}},
		{"top-ups: totals of the failed of a day", nil, func(ctx context.Context, s *store.Store) error {
			return with(s.TopUpTotals(ctx, billing.TopUpFilter{CustomerID: one.Customer, Statuses: failed, From: &day, To: &end}))
		}},
		{"a top-up", []string{"topups_pkey"}, func(ctx context.Context, s *store.Store) error { return with(s.TopUp(ctx, one.ID, one.Customer)) }},
		{"a top-up by its reference", []string{"topups_reference_taken"}, func(ctx context.Context, s *store.Store) error {
			return with(s.TopUpByReference(ctx, one.Customer, one.Reference))
		}},
		{"the like of a top-up", nil, func(ctx context.Context, s *store.Store) error {
			return with(s.FirstTopUpSince(ctx, one.Customer, "+525512345678", billing.MustMXN("50"), 600))
		}},
		{"the entries of a top-up", []string{"entries_by_topup"}, func(ctx context.Context, s *store.Store) error { return with(s.TopUpEntries(ctx, one.ID)) }},
		{"the attempts of a top-up", []string{"attempts_number_taken"}, func(ctx context.Context, s *store.Store) error { return with(s.Attempts(ctx, one.ID)) }},
		{"the webhooks of a top-up", []string{"webhook_events_sequence_taken", "webhook_deliveries_once"}, func(ctx context.Context, s *store.Store) error {
			return with(s.TopUpWebhooks(ctx, one.ID))
		}},
		{"a key by its hash", []string{"api_keys_hash_taken"}, func(ctx context.Context, s *store.Store) error { return with(s.APIKeyByHash(ctx, hash[:])) }},
		{"a balance", []string{"balances_pkey"}, func(ctx context.Context, s *store.Store) error { return with(s.Customer(ctx, one.Customer)) }},
		{"a ledger", []string{"entries_number_taken"}, func(ctx context.Context, s *store.Store) error { return with(s.Ledger(ctx, one.Customer, 0, 50)) }},
		{"the sweep: lost attempts", []string{"attempts_under_way"}, func(ctx context.Context, s *store.Store) error { return with(s.LostAttempts(ctx)) }},
		{"the sweep: expired top-ups", []string{"topups_by_status"}, func(ctx context.Context, s *store.Store) error { return with(s.ExpiredTopUps(ctx, time.Minute)) }},
		{"the sweep: lost webhooks", []string{"webhook_deliveries_waiting"}, func(ctx context.Context, s *store.Store) error { return with(s.RequeueLostWebhooks(ctx)) }},
		{"the desk of unknowns", []string{"topups_by_status"}, func(ctx context.Context, s *store.Store) error { return with(s.OldestUnknown(ctx, 50)) }},
		{"a watch: old unknowns", []string{"topups_by_status"}, func(ctx context.Context, s *store.Store) error { return with(s.UnknownFor(ctx, 600)) }},
		{"a watch: contradictions", nil, func(ctx context.Context, s *store.Store) error { return with(s.OpenContradictions(ctx)) }},
		{"what is open", []string{"topups_by_status", "topups_newest"}, func(ctx context.Context, s *store.Store) error { return with(s.OpenNow(ctx, 0)) }},
		{"what a customer has open", []string{"topups_by_customer_status"}, func(ctx context.Context, s *store.Store) error { return with(s.OpenNow(ctx, one.Customer)) }},
		{"causes of failure", []string{"topups_by_status"}, func(ctx context.Context, s *store.Store) error { return with(s.Causes(ctx, day, end)) }},
		{"how long Latcom takes", []string{"attempts_by_start"}, func(ctx context.Context, s *store.Store) error {
			return with(s.DeliveryTimes(ctx, day, day.Add(time.Hour)))
		}},
		{"the queue's lines", nil, func(ctx context.Context, s *store.Store) error { return with(s.WaitingByCustomer(ctx)) }},
		{"an endpoint's deliveries", []string{"webhook_deliveries_by_endpoint"}, func(ctx context.Context, s *store.Store) error {
			return with(s.WebhookDeliveries(ctx, store.WebhookLog{EndpointID: endpoint, Limit: 50}))
		}},
		audit("all", store.AuditFilter{}, "audit_log_newest"),
		audit("an action", store.AuditFilter{Action: "action 7"}, "audit_log_by_action"),
		audit("of a customer", store.AuditFilter{CustomerID: 1}, "audit_log_by_customer_and_moment"),
		{"River's next jobs", []string{"river_job_prioritized_fetching_index"}, func(ctx context.Context, s *store.Store) error {
			_, err := s.DB().ExecContext(ctx, `
				SELECT id FROM river_job WHERE state = 'available' AND queue = 'default' AND scheduled_at <= now()
				ORDER BY priority, scheduled_at, id LIMIT 50 FOR UPDATE SKIP LOCKED`)
			return err
		}},
	}
}
