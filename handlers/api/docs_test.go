package api

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/views"
)

// docsIn reads the page as a reader of the language gets it.
func docsIn(t *testing.T, language views.Language, path string) (string, *goquery.Document) {
	t.Helper()
	e := echo.New()
	mount(e, Dependencies{Frame: func(_ echo.Context, title string) views.Frame {
		return views.Frame{
			Reader: views.Reader{Language: language, Zone: time.UTC, Now: time.Unix(1_700_000_000, 0)},
			Title:  title, Simulator: true,
		}
	}})
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("got %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return w.Body.String(), page
}

func TestTheDocumentationExplainsEveryCodeWhereItsTypeLeads(t *testing.T) {
	t.Parallel()
	_, page := docsIn(t, views.English, "/api/docs")
	for _, k := range kinds {
		section := page.Find("#" + k.code).Text()
		for _, said := range []string{k.title, k.cause, k.cure, k.retry} {
			if !strings.Contains(section, said) {
				t.Errorf("#%s does not say %q", k.code, said)
			}
		}
	}
	page.Find("a[href^='#']").Each(func(_ int, a *goquery.Selection) {
		if target, _ := a.Attr("href"); page.Find(target).Length() != 1 {
			t.Errorf("%s leads to %d places", target, page.Find(target).Length())
		}
	})
	ids := map[string]bool{}
	page.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id, _ := s.Attr("id"); ids[id] {
			t.Errorf("the id %s is there twice", id)
		} else {
			ids[id] = true
		}
	})
}

func TestTheDocumentationKnowsEveryCallAndField(t *testing.T) {
	t.Parallel()
	_, page := docsIn(t, views.English, "/api/docs")
	d := described(t)
	for path, item := range d.api.huma.OpenAPI().Paths {
		for method, op := range operationsOf(item) {
			section := page.Find("#call-" + op.OperationID)
			if !strings.Contains(section.Text(), method+" "+path) {
				t.Errorf("%s %s is not documented", method, path)
			}
			for _, p := range op.Parameters {
				if !strings.Contains(section.Text(), p.Description) {
					t.Errorf("%s: the parameter %s is not explained", op.OperationID, p.Name)
				}
			}
		}
	}
	for name, schema := range d.api.huma.OpenAPI().Components.Schemas.Map() {
		for field, property := range schema.Properties {
			inner := field == "data" && strings.HasSuffix(name, "Event") // what is in it stands in the list of events
			if name != "Failure" && name != "FieldError" && !inner && !strings.Contains(page.Text(), property.Description) {
				t.Errorf("%s.%s is not explained", name, field)
			}
		}
	}
}

func TestTheDocumentationNeedsNothingFromElsewhereAndNamesNoProvider(t *testing.T) {
	t.Parallel()
	for _, language := range views.Languages {
		html, page := docsIn(t, language, "/api/docs")
		if strings.Contains(strings.ToLower(html), "latcom") {
			t.Errorf("%s: the provider is named", language)
		}
		if !strings.Contains(page.Text(), "Telefónica/Movistar") {
			t.Errorf("%s: the carrier is not named", language)
		}
		page.Find("script, link, img, use").Each(func(_ int, s *goquery.Selection) {
			address := s.AttrOr("src", s.AttrOr("href", ""))
			if !strings.HasPrefix(address, "/static/") {
				t.Errorf("%s: loads %q", language, address)
			}
		})
		if inline := page.Find("style, [style], [onclick], script:not([src])").Length(); inline > 0 {
			t.Errorf("%s: %d inline styles or scripts", language, inline)
		}
		if page.Find(".banner-sim").Length() != 1 {
			t.Errorf("%s: the simulator is not announced", language)
		}
	}
}

// What stands outside of ⟦ ⟧ was never translated: names of the interface only.
func TestTheDocumentationIsTranslatedWhole(t *testing.T) {
	t.Parallel()
	_, page := docsIn(t, views.Pseudo, "/api/docs")
	page.Find("script, noscript, pre, code, title, [lang]:not(html), [translate=no]").Remove() // noscript is one text to this parser
	page.Find("dt .text-xs, a.id, .uppercase, .affix span").Remove()                           // types, codes, en and es
	translated := regexp.MustCompile(`⟦[^⟧]*⟧`)
	for _, word := range strings.Fields(translated.ReplaceAllString(page.Find("body").Text(), " ")) {
		if word != "openapi.json" {
			t.Errorf("%q is not translated", word)
		}
	}
}

func TestTheDocumentationSpeaksTheLanguageOfItsAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path  string
		reads views.Language
		want  string
	}{
		{"/api/docs", views.English, "en"},
		{"/api/docs", views.Spanish, "es-MX"},
		{"/api/docs?lang=es", views.English, "es-MX"},
		{"/api/docs?lang=en", views.Spanish, "en"},
		{"/api/docs?lang=xx", views.Spanish, "es-MX"},
	}
	for _, tt := range tests {
		_, page := docsIn(t, tt.reads, tt.path)
		if got := page.Find("html").AttrOr("lang", ""); got != tt.want {
			t.Errorf("%s for a reader of %s: %s, want %s", tt.path, tt.reads, got, tt.want)
		}
		if !strings.Contains(page.Find("pre").Text(), "http://example.com/api/v1/topups") {
			t.Error("curl does not ask the server that gave the page")
		}
	}
}
