package ui_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"latcom.example/latcom-billing/static"
)

// A name that is not in the sprite draws nothing, and nobody would notice.
func TestEveryIconIsInTheSprite(t *testing.T) {
	sprite, err := static.Files.ReadFile("icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if name := iconNamed(node); name != "" && !strings.Contains(string(sprite), `id="i-`+name+`"`) {
				t.Errorf("%s: no icon %q: add it to static/icons.mjs and run it", files.Position(node.Pos()), name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// iconNamed reads Icon("name", …) and Icon: "name".
func iconNamed(node ast.Node) string {
	var named ast.Expr
	switch node := node.(type) {
	case *ast.CallExpr:
		if isIcon(node.Fun) && len(node.Args) > 0 {
			named = node.Args[0]
		}
	case *ast.KeyValueExpr:
		if isIcon(node.Key) {
			named = node.Value
		}
	}
	literal, ok := named.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	name, err := strconv.Unquote(literal.Value)
	if err != nil {
		return ""
	}
	return name
}

func isIcon(expression ast.Expr) bool {
	switch expression := expression.(type) {
	case *ast.Ident:
		return expression.Name == "Icon" || expression.Name == "icon"
	case *ast.SelectorExpr:
		return expression.Sel.Name == "Icon"
	}
	return false
}
