package static

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestPathCarriesTheHashOfTheContent(t *testing.T) {
	path := Path("app.css")
	name, v, ok := strings.Cut(strings.TrimPrefix(path, Prefix), "?v=")
	if !ok || name != "app.css" || len(v) != 12 {
		t.Fatalf("Path = %q", path)
	}
	if !Current("app.css", v) || Current("app.css", "000000000000") || Current("none.css", v) {
		t.Error("Current does not tell the embedded version from another")
	}
}

// The preloaded font and the one that the stylesheet asks for must be one URL, else the browser loads it twice.
func TestStylesheetsNameFontsByTheirVersion(t *testing.T) {
	for _, sheet := range []string{"input.css", "app.css"} {
		css, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		fonts := regexp.MustCompile(`url\("?(fonts/[^?")]+)([^")]*)"?\)`).FindAllStringSubmatch(string(css), -1)
		if len(fonts) != 2 {
			t.Errorf("%s names %d fonts, want 2", sheet, len(fonts))
		}
		for _, font := range fonts {
			if got, want := Prefix+font[1]+font[2], Path(font[1]); got != want {
				t.Errorf("%s asks for %s, want %s", sheet, got, want)
			}
		}
	}
}
