// Package deploy has no code: only what platforms read, and tests that read it first. What cannot be run
// here is at least true of the program.
package deploy

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// leastDrain is SHUTDOWN_GRACE and what the answers under way may take.
const leastDrain = 55 * time.Second

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// settings are the names that the program reads, as its source has them.
func settings(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, found := range regexp.MustCompile(`env:"([A-Z_]+)"`).FindAllStringSubmatch(read(t, "../cmd/latcom-billing/config.go"), -1) {
		names = append(names, found[1])
	}
	if len(names) < 30 {
		t.Fatalf("only %d settings were found", len(names))
	}
	return names
}

func exists(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestTheDockerfileNamesWhatIsThereAndEndsAsNobody(t *testing.T) {
	text := strings.ReplaceAll(read(t, "Dockerfile"), "\\\n", " ")
	instructions := []string{"FROM", "WORKDIR", "COPY", "RUN", "ARG", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
	names, stages := settings(t), map[string]bool{}
	user := ""
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" || strings.HasPrefix(word, "#") {
			continue
		}
		fields := strings.Fields(rest)
		switch {
		case !slices.Contains(instructions, word):
			t.Errorf("%q is no instruction that is used here", word)
		case word == "FROM" && len(fields) == 3:
			stages[fields[2]] = true
			user = ""
		case word == "USER":
			user = fields[0]
		case word == "ENV":
			if name, _, _ := strings.Cut(rest, "="); !slices.Contains(names, name) {
				t.Errorf("%s is no setting", name)
			}
		case word == "COPY":
			checkCopy(t, fields, stages)
		case word == "ENTRYPOINT" || word == "CMD":
			if err := json.Unmarshal([]byte(rest), &[]string{}); err != nil {
				t.Errorf("%s is not in the form that gets signals: %s", word, rest)
			}
		}
	}
	if user == "" || user == "root" || !strings.Contains(text, ":nonroot") {
		t.Errorf("the last stage runs as %q", user)
	}
	if !strings.Contains(text, "CGO_ENABLED=0") {
		t.Error("the binary is not static")
	}
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))[1]
	if !strings.Contains(text, "golang:"+goVersion+" ") {
		t.Errorf("it is not built with Go %s", goVersion)
	}
	exists(t, "../cmd/latcom-billing")
}

func checkCopy(t *testing.T, fields []string, stages map[string]bool) {
	t.Helper()
	if from, is := strings.CutPrefix(fields[0], "--from="); is {
		if !stages[from] {
			t.Errorf("there is no stage %s", from)
		}
		return
	}
	for _, path := range fields[:len(fields)-1] {
		exists(t, filepath.Join("..", path))
	}
}

type service struct {
	Build struct{ Context, Dockerfile string }
	Image string
	// Command is a list or a line.
	Command     any
	Volumes     []string
	Environment map[string]string
	Ports       []string
	Grace       string         `yaml:"stop_grace_period"`
	DependsOn   map[string]any `yaml:"depends_on"`
	Healthcheck map[string]any
	CapDrop     []string `yaml:"cap_drop"`
	ReadOnly    bool     `yaml:"read_only"`
	Restart     string
	Tmpfs       []string
	Security    []string `yaml:"security_opt"`
}

func TestTheComposeFileNamesWhatIsThere(t *testing.T) {
	var file struct {
		Services map[string]service
		Volumes  map[string]any
	}
	decoder := yaml.NewDecoder(strings.NewReader(read(t, "compose.yaml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"billing", "postgres", "redis", "prometheus", "grafana"} {
		if _, is := file.Services[name]; !is {
			t.Errorf("there is no %s", name)
		}
	}
	names := settings(t)
	for name := range file.Services["billing"].Environment {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no setting of the program", name)
		}
	}
	for name, s := range file.Services {
		if (s.Image == "") == (s.Build.Dockerfile == "") || strings.HasSuffix(s.Image, ":latest") || s.Image != "" && !strings.Contains(s.Image, ":") {
			t.Errorf("%s has no image of a version", name)
		}
		if s.Build.Dockerfile != "" {
			exists(t, filepath.Join(s.Build.Context, s.Build.Dockerfile))
		}
		for needed := range s.DependsOn {
			if _, is := file.Services[needed]; !is || file.Services[needed].Healthcheck == nil {
				t.Errorf("%s waits for the health of %s, which has none", name, needed)
			}
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s is open to the world: %s", name, port)
			}
		}
		for _, volume := range s.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			if strings.HasPrefix(from, ".") {
				exists(t, from)
			} else if _, is := file.Volumes[from]; !is {
				t.Errorf("%s uses the volume %s, which is not made", name, from)
			}
		}
	}
	if grace, err := time.ParseDuration(file.Services["billing"].Grace); err != nil || grace < leastDrain {
		t.Errorf("it is killed after %s: %v", file.Services["billing"].Grace, err)
	}
}

func TestEveryVariableOfTheComposeFileIsInTheExample(t *testing.T) {
	example := read(t, "env.example")
	for _, found := range regexp.MustCompile(`\$\{([A-Z_]+):\?\}`).FindAllStringSubmatch(read(t, "compose.yaml"), -1) {
		if !regexp.MustCompile(`(?m)^` + found[1] + `=`).MatchString(example) {
			t.Errorf("%s has to be set, and env.example does not name it", found[1])
		}
	}
	known := append(settings(t), "POSTGRES_PASSWORD", "GRAFANA_PASSWORD")
	for _, found := range regexp.MustCompile(`(?m)^#?([A-Z_]+)=`).FindAllStringSubmatch(example, -1) {
		if !slices.Contains(known, found[1]) {
			t.Errorf("env.example names %s, which nobody reads", found[1])
		}
	}
}

func TestRailwayAsksTheRightQuestionAndWaitsLongEnough(t *testing.T) {
	var file struct {
		Schema string `json:"$schema"`
		Build  struct {
			Builder    string `json:"builder"`
			Dockerfile string `json:"dockerfilePath"`
		} `json:"build"`
		Deploy struct {
			Path     string `json:"healthcheckPath"`
			Timeout  int    `json:"healthcheckTimeout"`
			Draining int    `json:"drainingSeconds"`
			Overlap  int    `json:"overlapSeconds"`
			Restart  string `json:"restartPolicyType"`
		} `json:"deploy"`
	}
	decoder := json.NewDecoder(strings.NewReader(read(t, "../railway.json")))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	if file.Build.Builder != "DOCKERFILE" {
		t.Errorf("the builder is %q", file.Build.Builder)
	}
	exists(t, filepath.Join("..", file.Build.Dockerfile))
	if drain := time.Duration(file.Deploy.Draining) * time.Second; drain < leastDrain {
		t.Errorf("it drains for %s", drain)
	}
	if file.Deploy.Path != "/readyz" || file.Deploy.Restart != "ALWAYS" {
		t.Errorf("%+v", file.Deploy)
	}
}

func TestTheUnitIsWhatSystemdUnderstands(t *testing.T) {
	text := read(t, "latcom-billing.service")
	value := func(name string) string {
		found := regexp.MustCompile(`(?m)^` + name + `=(.*)$`).FindStringSubmatch(text)
		if found == nil {
			t.Errorf("%s is not set", name)
			return ""
		}
		return found[1]
	}
	names := settings(t)
	for pair := range strings.FieldsSeq(value("Environment")) {
		if name, _, _ := strings.Cut(pair, "="); !slices.Contains(names, name) {
			t.Errorf("%s is no setting", name)
		}
	}
	if seconds, err := strconv.Atoi(value("TimeoutStopSec")); err != nil || time.Duration(seconds)*time.Second < leastDrain {
		t.Errorf("it is killed after %d s: %v", seconds, err)
	}
	if value("KillMode") != "mixed" || value("NoNewPrivileges") != "yes" || value("ProtectSystem") != "strict" {
		t.Error("it is not hardened, or its database is told to stop before it")
	}
	systemd, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze to ask")
	}
	// It looks for the program itself, too: a copy names one that is there.
	unit := filepath.Join(t.TempDir(), "latcom-billing.service")
	there := regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAllString(text, "ExecStart=/bin/true")
	if err := os.WriteFile(unit, []byte(there), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), systemd, "verify", "--man=no", unit).CombinedOutput()
	for line := range bytes.Lines(said) {
		if bytes.Contains(line, []byte("latcom-billing.service")) {
			t.Errorf("%s", line)
		}
	}
	if err != nil && len(said) == 0 {
		t.Error(err)
	}
}

// What the documents say of these files is what they say.
func TestTheDocumentsNameFilesAndCommandsThatExist(t *testing.T) {
	for _, document := range []string{"../docs/OPERATIONS.md", "../docs/SLA.md", "../docs/CUTOVER.md"} {
		text := read(t, document)
		for _, found := range regexp.MustCompile("`(deploy/[A-Za-z./-]+|migrations/[a-z_]+\\.go|railway\\.json)`").FindAllStringSubmatch(text, -1) {
			exists(t, filepath.Join("..", found[1]))
		}
		commands := read(t, "../cmd/latcom-billing/commands.go")
		for _, found := range regexp.MustCompile("latcom-billing ([a-z]+)").FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^\t` + strings.ToUpper(found[1][:1]) + found[1][1:] + `\s`).MatchString(commands) {
				t.Errorf("%s names the command %q, which does not exist", document, found[1])
			}
		}
	}
}

// Every kind of alert has its part, and each anchor that a document leads to exists.
func TestEveryAlertHasItsIncidentPage(t *testing.T) {
	operations := read(t, "../docs/OPERATIONS.md")
	kinds := regexp.MustCompile(`AlertKind = "([a-z_]+)"`).FindAllStringSubmatch(read(t, "../billing/alert.go"), -1)
	if len(kinds) < 10 {
		t.Fatalf("only %d kinds were found", len(kinds))
	}
	for _, kind := range kinds {
		if !strings.Contains(operations, "\n### `"+kind[1]+"`\n") {
			t.Errorf("docs/OPERATIONS.md has no part \"### `%s`\"", kind[1])
		}
	}
	var anchors []string
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(operations, -1) {
		anchor := strings.ToLower(regexp.MustCompile("[^A-Za-z0-9_ -]").ReplaceAllString(heading[1], ""))
		anchors = append(anchors, strings.ReplaceAll(anchor, " ", "-"))
	}
	for _, link := range regexp.MustCompile(`\]\(#([a-z0-9_-]+)\)`).FindAllStringSubmatch(operations, -1) {
		if !slices.Contains(anchors, link[1]) {
			t.Errorf("a link leads to #%s, which is no heading", link[1])
		}
	}
}

func TestGrafanaFindsItsFiguresAndItsDashboard(t *testing.T) {
	const mounted = "/etc/grafana/provisioning"
	if !strings.Contains(read(t, "compose.yaml"), "./grafana:"+mounted+":ro") {
		t.Fatal("compose.yaml does not mount the folder")
	}
	var sources struct {
		Datasources []struct{ Type, URL string }
	}
	if err := yaml.Unmarshal([]byte(read(t, "grafana/datasources/prometheus.yml")), &sources); err != nil {
		t.Fatal(err)
	}
	if len(sources.Datasources) != 1 || sources.Datasources[0].Type != "prometheus" || sources.Datasources[0].URL != "http://prometheus:9090" {
		t.Errorf("it reads %+v", sources)
	}
	var dashboards struct {
		Providers []struct{ Options struct{ Path string } }
	}
	if err := yaml.Unmarshal([]byte(read(t, "grafana/dashboards/latcom-billing.yml")), &dashboards); err != nil {
		t.Fatal(err)
	}
	if len(dashboards.Providers) != 1 {
		t.Fatalf("it looks at %+v", dashboards)
	}
	folder, ours := strings.CutPrefix(dashboards.Providers[0].Options.Path, mounted)
	if _, err := os.Stat("grafana" + folder + "/latcom-billing.json"); err != nil || !ours {
		t.Errorf("no dashboard in %s: %v", dashboards.Providers[0].Options.Path, err)
	}
}
