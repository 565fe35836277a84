package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestAListAsAFileHoldsAllThatItsFilterMatches(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("100")
	s.order(key, `{"phone":"5512345678","amount":50,"reference":"-1","metadata":{"a":"b,c"}}`)
	s.store.DB().MustExec(`
		INSERT INTO topups (id, customer_id, reference, phone, amount, price, rate, discount, product, sent, expected, cost, dist_transid, created_at, status, completed_at)
		SELECT gen_random_uuid(), customer_id, 'x' || n, phone, amount, price, rate, discount, product, sent, expected, cost, 'X' || n, now() - interval '1 day', status, completed_at
		FROM topups, generate_series(1, 1234) n WHERE customer_id = $1`, c.ID)
	lines := strings.Split(strings.TrimSpace(s.ask(http.MethodGet, "/api/v1/topups?status=succeeded", key, "", "Accept", "application/x-ndjson").raw), "\n")
	seen := map[string]bool{}
	for _, line := range lines {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		s.conforms(s.api.huma.OpenAPI().Components.Schemas.Map()["TopUp"], one)
		seen[fmt.Sprint(one["reference"])] = true
	}
	if len(lines) != 1235 || len(seen) != 1235 {
		t.Errorf("%d lines of %d top-ups, want 1235", len(lines), len(seen))
	}
	a := s.ask(http.MethodGet, "/api/v1/topups", key, "", "Accept", "text/csv;q=0.9, application/json;q=0.1")
	rows, err := csv.NewReader(strings.NewReader(a.raw)).ReadAll()
	if err != nil || len(rows) != 1236 || len(rows[0]) != 17 || rows[1][1] != "'-1" || rows[1][13] != `{"a":"b,c"}` {
		t.Errorf("%d rows, %v, the first is %v", len(rows), err, rows[1])
	}
	if a := s.ask(http.MethodGet, "/api/v1/topups?status=failed", key, "", "Accept", "text/csv"); strings.Count(a.raw, "\r\n") != 1 {
		t.Errorf("an empty file is %q", a.raw)
	}
	if a := s.ask(http.MethodGet, "/api/v1/topups?limit=5", key, "", "Accept", "text/csv"); a.status != http.StatusUnprocessableEntity || a.text("code") != codeInvalid {
		t.Errorf("with a limit: %d %s", a.status, a.raw)
	}
	if a := s.ask(http.MethodGet, "/api/v1/topups?limit=5", key, "", "Accept", "application/json, text/csv"); a.status != http.StatusOK || len(references(a)) != 5 {
		t.Errorf("JSON first: %d", a.status)
	}
	if a := s.ask(http.MethodGet, "/api/v1/topups", "", "", "Accept", "text/csv"); a.status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", a.status)
	}
}
