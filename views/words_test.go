package views_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/views"
)

// Every text that a page or an answer says stands in the Spanish catalogue, and nothing stands there that is not said.
// The texts of templ files are read from the Go that templ made of them.
func TestSpanishCatalogueIsWhole(t *testing.T) {
	said := textsSaid(t, "../views", "../handlers")
	catalogue := views.SpanishWords()
	for _, english := range sorted(said) {
		spanish, ok := catalogue[english]
		if !ok {
			t.Errorf("no Spanish for %q (%s)", english, said[english])
			continue
		}
		if got, want := verbsOf(spanish), verbsOf(english); got != want {
			t.Errorf("%q has the verbs %q, its Spanish %q has %q", english, want, spanish, got)
		}
	}
	for _, english := range sorted(catalogue) {
		if _, ok := said[english]; !ok {
			t.Errorf("the Spanish for %q is no longer used", english)
		}
	}
}

func TestSpanishCatalogueSaysOneThingOnce(t *testing.T) {
	for _, twice := range views.SpanishTwice() {
		t.Errorf("%q stands in two catalogues with two translations", twice)
	}
}

func TestReaderSpeaks(t *testing.T) {
	english := views.Reader{Language: views.English}
	spanish := views.Reader{Language: views.Spanish}
	pseudo := views.Reader{Language: views.Pseudo}
	for _, c := range []struct{ name, got, want string }{
		{"english", english.T("Overview"), "Overview"},
		{"spanish", spanish.T("Overview"), "Resumen"},
		{"pseudo", pseudo.T("Overview"), "⟦Overview⟧"},
		{"filled", spanish.T("%s ago", "2 s"), "hace 2 s"},
		{"a note is never shown", english.T("Unknown|outcome"), "Unknown"},
		{"a note tells two texts apart", spanish.T("Unknown|outcome"), "Sin respuesta clara"},
		{"without an entry", spanish.T("Nobody said this"), "Nobody said this"},
		{"one", english.N(1, "%s row", "%s rows"), "1 row"},
		{"many", english.N(11694, "%s row", "%s rows"), "11,694 rows"},
		{"a percent sign needs no args", english.T("100 % of it"), "100 % of it"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestReaderWithoutZoneReadsUTC(t *testing.T) {
	at := time.Date(2026, 3, 12, 21, 42, 6, 0, time.UTC)
	if got := (views.Reader{Now: at}).When(at); got != "21:42:06" {
		t.Errorf("When = %q", got)
	}
}

// textsSaid finds what is handed to T, N and Term as a literal, with the place of it.
func textsSaid(t *testing.T, roots ...string) map[string]string {
	t.Helper()
	said := map[string]string{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				for _, text := range textsOf(node) {
					said[text] = files.Position(node.Pos()).String()
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return said
}

func textsOf(node ast.Node) []string {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return nil
	}
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	at := map[string][]int{"T": {0}, "N": {1, 2}, "Term": {0}}[name]
	var texts []string
	for _, i := range at {
		if i < len(call.Args) {
			if text, ok := literal(call.Args[i]); ok {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// literal reads a string constant, also one of several pieces.
func literal(expression ast.Expr) (string, bool) {
	value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, types.ExprString(expression))
	if err != nil || value.Value == nil || value.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(value.Value), true
}

var verb = regexp.MustCompile(`%(\[\d+\])?[+#0-9.]*[a-z]`)

func verbsOf(text string) string {
	verbs := verb.FindAllString(text, -1)
	sort.Strings(verbs)
	return strings.Join(verbs, " ")
}

func sorted(texts map[string]string) []string {
	keys := make([]string, 0, len(texts))
	for key := range texts {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
