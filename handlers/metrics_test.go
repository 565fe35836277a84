package handlers_test

// What Prometheus reads keeps to its conventions, and what deploy/ asks for is there.

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.yaml.in/yaml/v3"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/telemetry"
)

// watched is a site of which every gauge has something to say.
func watched(t *testing.T) (premises, *telemetry.Recorder) {
	t.Helper()
	recorder := telemetry.NewRecorder("test")
	p := openSite(t, outcome(billing.OutcomeDelivered), func(s *handlers.Site) { s.Recorder = recorder })
	p.order(t, storetest.Customer(t, p.store, "100"), "r1")
	ana := storetest.Operator(t, p.store, "Ana", billing.RoleFinance)
	if err := p.engine.RecordFloatDeposit(t.Context(), ana, billing.FloatDeposit{ID: uuid.New(), Amount: billing.MustMXN("500"), Reference: "x", Note: "x"}); err != nil {
		t.Fatal(err)
	}
	p.raise(t, billing.Alert{Kind: billing.AlertDisk, Subject: "x", Severity: billing.SeverityCritical})
	if err := p.store.InsertProof(t.Context(), billing.Proof{CheckedAt: storetest.Customer(t, p.store, "0").CreatedAt}); err != nil {
		t.Fatal(err)
	}
	return p, recorder
}

func TestMetricsKeepToPrometheusConventions(t *testing.T) {
	t.Parallel()
	_, recorder := watched(t)
	problems, err := testutil.GatherAndLint(recorder.Registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// printed are the names that /metrics really shows, those of a histogram's parts too.
func printed(t *testing.T, p premises) []string {
	t.Helper()
	p.asked("/healthz", "127.0.0.1:5000", "") // so that a request was answered
	body := p.asked("/metrics", "127.0.0.1:5000", "").Body.String()
	names := []string{"up"} // Prometheus's own
	for _, line := range strings.Split(body, "\n") {
		if name := regexp.MustCompile(`^[a-z_]+[a-z0-9_]*`).FindString(line); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// askedFor are the metrics that an expression reads; that it can be read is proven on
// the way.
func askedFor(t *testing.T, what, expression string) (names []string) {
	t.Helper()
	parsed, err := metricsql.Parse(expression)
	if err != nil {
		t.Errorf("%s: %q: %v", what, expression, err)
		return nil
	}
	metricsql.VisitAll(parsed, func(e metricsql.Expr) {
		if m, is := e.(*metricsql.MetricExpr); is {
			for _, filters := range m.LabelFilterss {
				for _, f := range filters {
					if f.Label == "__name__" {
						names = append(names, f.Value)
					}
				}
			}
		}
	})
	if len(names) == 0 {
		t.Errorf("%s: %q asks for nothing", what, expression)
	}
	return names
}

func TestWhatTheDashboardAndTheRulesAskForIsThere(t *testing.T) {
	t.Parallel()
	p, _ := watched(t)
	there := printed(t, p)
	expressions := map[string]string{}
	for i, panel := range dashboard(t).Panels {
		if panel.Type != "row" && len(panel.Targets) == 0 {
			t.Errorf("panel %q asks for nothing", panel.Title)
		}
		for _, target := range panel.Targets {
			expressions[fmt.Sprintf("panel %d %q %s", i, panel.Title, target.RefID)] = target.Expr
		}
	}
	for _, group := range rules(t).Groups {
		for _, rule := range group.Rules {
			if rule.Labels["severity"] == "" || rule.Annotations["summary"] == "" || rule.Annotations["description"] == "" {
				t.Errorf("rule %s says not how soon, what and what it means", rule.Alert)
			}
			expressions["rule "+rule.Alert] = rule.Expr
		}
	}
	if len(expressions) < 40 {
		t.Errorf("only %d expressions were found", len(expressions))
	}
	asked := []string{}
	for what, expression := range expressions {
		for _, name := range askedFor(t, what, expression) {
			asked = append(asked, name)
			if !slices.Contains(there, name) {
				t.Errorf("%s: /metrics shows no %s", what, name)
			}
		}
	}
	for _, name := range there { // and nothing of ours is shown that nobody looks at
		part := strings.HasSuffix(name, "_bucket") || strings.HasSuffix(name, "_sum") || strings.HasSuffix(name, "_count")
		if strings.HasPrefix(name, telemetry.Namespace) && !part && name != telemetry.Namespace+"_build_info" && !slices.Contains(asked, name) {
			t.Errorf("nobody looks at %s", name)
		}
	}
}

type board struct {
	Panels []struct {
		Type, Title string
		Targets     []struct {
			RefID string `json:"refId"`
			Expr  string
		}
		GridPos struct{ H, W, X, Y int }
	}
}

func dashboard(t *testing.T) (b board) {
	t.Helper()
	text, err := os.ReadFile("../deploy/grafana/dashboards/latcom-billing.json")
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type ruleFile struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr, For    string
			Labels, Annotations map[string]string
		}
	}
}

func rules(t *testing.T) (r ruleFile) {
	t.Helper()
	file, err := os.Open("../deploy/prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d := yaml.NewDecoder(file)
	d.KnownFields(true)
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPanelsOfTheDashboardLieBesideEachOther(t *testing.T) {
	t.Parallel()
	taken := map[[2]int]string{}
	for _, p := range dashboard(t).Panels {
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%q lies on %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

func TestTheScrapeConfigNamesTheRulesAndTheRoute(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../deploy/prometheus/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		RuleFiles []string `yaml:"rule_files"`
		Scrapes   []struct {
			Job  string `yaml:"job_name"`
			Path string `yaml:"metrics_path"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(config.RuleFiles, []string{"alerts.yml"}) || len(config.Scrapes) != 1 || config.Scrapes[0].Job != "latcom-billing" || config.Scrapes[0].Path != "/metrics" {
		t.Errorf("%+v", config)
	}
}

// A gauge that cannot be read is absent and counted, and the rest is there.
func TestAGaugeThatCannotBeReadIsAbsentAndCounted(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	storetest.Owner(p.store).MustExecContext(t.Context(), `ALTER TABLE alert_channels RENAME TO hidden_channels`)
	body := p.asked("/metrics", "127.0.0.1:5000", "").Body.String()
	if strings.Contains(body, "\nlatcom_billing_alert_messages_waiting ") || !strings.Contains(body, "\nlatcom_billing_queue_oldest_seconds ") {
		t.Errorf("it is there, or the others are not:\n%s", body)
	}
	if body := p.asked("/metrics", "127.0.0.1:5000", "").Body.String(); !strings.Contains(body, `latcom_billing_metrics_reads_failed_total{what="messages"}`) {
		t.Errorf("it was not counted:\n%s", body)
	}
}
