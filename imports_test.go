package latcombilling_test

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "latcom.example/latcom-billing"

// may lists, for each package, which of the others it may import. A new arrow is
// a decision: it is made here, in review, or not at all.
var may = map[string][]string{
	"billing":                    {},
	"migrations":                 {},
	"static":                     {},
	"postgres":                   {},
	"views/ui":                   {"static"},
	"views":                      {"billing", "sandbox", "static", "views/ui"},
	"views/paper":                {"billing", "views"},
	"store":                      {"billing"},
	"store/storetest":            {"billing", "migrations", "store"},
	"store/verify":               {}, // shares nothing with what it proves
	"latcom":                     {"billing"},
	"latcom/simulator":           {"billing", "sandbox"},
	"sandbox":                    {"billing"}, // one table, read by all who play by it
	"topup":                      {"billing", "sandbox", "store"},
	"bookkeeper":                 {"billing", "store", "store/verify"},
	"mail":                       {},
	"mail/mailtest":              {},
	"seal":                       {},
	"access":                     {"billing", "seal", "store"},
	"cache":                      {"billing", "store"},
	"cache/redistest":            {},
	"exports":                    {"billing", "store"},
	"webhooks":                   {"billing", "seal", "store"},
	"handlers":                   {"access", "alerting", "billing", "bookkeeper", "cache", "exports", "handlers/api", "mail", "migrations", "sandbox", "seal", "static", "store", "telemetry", "topup", "views", "views/paper", "views/ui", "webhooks"},
	"handlers/api":               {"billing", "bookkeeper", "cache", "sandbox", "store", "topup", "views", "webhooks"},
	"telemetry":                  {"billing"},
	"alerting":                   {"billing", "mail", "seal", "store", "views", "webhooks"}, // its messages are words of the pages
	"load":                       {},                                                        // a reseller in number, which knows nothing of us either
	"examples/go":                {},                                                        // a client, which knows nothing of us
	"cmd/latcom-billing/history": {"billing", "store"},                                      // the demo's sample data
	"cluster":                    {},                                                        // as torture
	"torture":                    {},                                                        // tests alone, which may see everything
	"cmd/latcom-billing":         {"access", "alerting", "billing", "bookkeeper", "cache", "cmd/latcom-billing/history", "exports", "handlers", "handlers/api", "latcom", "latcom/simulator", "load", "mail", "migrations", "postgres", "sandbox", "store", "store/verify", "telemetry", "topup", "webhooks"},
}

// Who speaks SQL, and who HTTP.
var (
	speakSQL  = []string{"store", "store/storetest", "store/verify", "migrations", "postgres", "cmd/latcom-billing"}
	speakHTTP = []string{"handlers", "handlers/api", "latcom", "latcom/simulator", "webhooks", "load", "cmd/latcom-billing", "examples/go"}
)

func TestNobodyImportsWhatHeMayNot(t *testing.T) {
	for _, dir := range packages(t) {
		allowed, known := may[dir]
		if strings.HasPrefix(dir, "tools") {
			continue // tools look at everything from outside
		}
		if !known {
			t.Errorf("%q is in no list: say here what it may import", dir)
			continue
		}
		pkg, err := build.ImportDir("./"+dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range pkg.Imports {
			name, ours := strings.CutPrefix(path, module+"/")
			if ours && !slices.Contains(allowed, name) {
				t.Errorf("%q must not import %q", dir, name)
			}
			sql := path == "database/sql" || strings.HasPrefix(path, "github.com/jmoiron/sqlx") || path == "github.com/lib/pq"
			if sql && !slices.Contains(speakSQL, dir) {
				t.Errorf("%q speaks SQL", dir)
			}
			http := path == "net/http" || strings.HasPrefix(path, "github.com/labstack/echo")
			if http && !slices.Contains(speakHTTP, dir) {
				t.Errorf("%q speaks HTTP", dir)
			}
		}
	}
}

func packages(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != "." || entry.Name() == "node_modules" || entry.Name() == "bin") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			found[filepath.ToSlash(filepath.Dir(path))] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	dirs := []string{}
	for dir := range found {
		dirs = append(dirs, dir)
	}
	return dirs
}
