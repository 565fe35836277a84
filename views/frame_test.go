package views_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

var moment = time.Date(2026, 3, 12, 21, 42, 8, 0, time.UTC)

func frameIn(language views.Language) views.Frame {
	return views.Frame{
		Reader: views.Reader{Language: language, Zone: time.UTC, Now: moment}, Title: "⟦title⟧",
		Current: views.AdminTopUpsPath, Here: "/admin/topups?status=failed", CSRF: "a-token", Simulator: true,
		Flash:    &ui.Toast{Head: "⟦done⟧"},
		Operator: views.Person{Name: "⟦name⟧", Role: "⟦role⟧", Initials: "⟦i⟧"},
		Member:   views.Person{Name: "⟦name⟧", Role: "⟦role⟧", Initials: "⟦i⟧"}, Company: "⟦company⟧",
		Waiting: views.Waiting{Cases: 3},
	}
}

func allFrames(f views.Frame) map[string]templ.Component {
	return map[string]templ.Component{
		"admin": views.AdminFrame(f), "customer": views.CustomerFrame(f), "plain": views.PlainFrame(f),
		"error":    views.ErrorPage(f, views.Problem{Status: 404, Title: "⟦t⟧", Sentence: "⟦s⟧", WayOut: "⟦w⟧", Where: "/admin"}),
		"fragment": views.ErrorFragment(f.Reader, views.Problem{Status: 500, Title: "⟦t⟧", Sentence: "⟦s⟧"}),
		"live":     views.LiveWords(f.Reader).Show(),
		"status":   views.Status(f.Reader, "unknown"), "level": views.Level(f.Reader, "low"), "outcome": views.Outcome(f.Reader, "unknown"),
		"age": views.AgoSince(f.Reader, moment.Add(-time.Minute)), "copy": views.CopyButton(f.Reader, "tu_1"),
	}
}

func render(t *testing.T, component templ.Component) (string, *goquery.Document) {
	t.Helper()
	var page strings.Builder
	if err := component.Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	document, err := goquery.NewDocumentFromReader(strings.NewReader(page.String()))
	if err != nil {
		t.Fatal(err)
	}
	return page.String(), document
}

func TestFramesSayNothingUntranslated(t *testing.T) {
	ours := regexp.MustCompile(`⟦[^⟧]*⟧|Latcom Billing|English|Español|\b(en|es)\b|[0-9\s·:,.+–]`)
	for name, component := range allFrames(frameIn(views.Pseudo)) {
		_, document := render(t, component)
		for _, said := range textsIn(document) {
			if rest := ours.ReplaceAllString(said, ""); rest != "" {
				t.Errorf("%s says %q untranslated", name, said)
			}
		}
	}
}

// textsIn are what a person reads or hears: text, and the attributes that are spoken.
func textsIn(document *goquery.Document) []string {
	var texts []string
	var walk func(*html.Node)
	walk = func(node *html.Node) {
		if node.Type == html.TextNode && strings.TrimSpace(node.Data) != "" {
			texts = append(texts, node.Data)
		}
		for _, attribute := range node.Attr {
			if attribute.Key == "aria-label" || attribute.Key == "placeholder" || attribute.Key == "alt" || attribute.Key == "title" && node.Data != "time" {
				texts = append(texts, attribute.Val)
			}
		}
		for child := node.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	for _, node := range document.Nodes {
		walk(node)
	}
	return texts
}

func TestFramesKeepThePolicy(t *testing.T) {
	for name, component := range allFrames(frameIn(views.English)) {
		page, document := render(t, component)
		if n := document.Find("[style], style, script:not([src]), [onclick], [onload], [hx-on], [hx-vals^='js:']").Length(); n > 0 {
			t.Errorf("%s has %d inline styles or scripts", name, n)
		}
		document.Find("[src], link[href]").Each(func(_ int, s *goquery.Selection) {
			if at := s.AttrOr("src", s.AttrOr("href", "")); !strings.HasPrefix(at, "/static/") || !strings.Contains(at, "?v=") {
				t.Errorf("%s loads %q", name, at)
			}
		})
		if strings.Contains(page, "%!") {
			t.Errorf("%s has a text with a wrong verb", name)
		}
	}
}

func TestFramesGuardTheirForms(t *testing.T) {
	for name, component := range allFrames(frameIn(views.English)) {
		_, document := render(t, component)
		document.Find("form[method=post]").Each(func(_ int, form *goquery.Selection) {
			if form.Find("input[name="+views.CSRFField+"]").AttrOr("value", "") != "a-token" {
				t.Errorf("%s: the form to %s carries no token", name, form.AttrOr("action", "?"))
			}
		})
	}
}

func TestAdminFrameShowsWhereWeAre(t *testing.T) {
	_, document := render(t, views.AdminFrame(frameIn(views.Spanish)))
	if got := document.Find("html").AttrOr("lang", ""); got != "es-MX" {
		t.Errorf("lang = %q", got)
	}
	if got := strings.TrimSpace(document.Find("aside [aria-current=page] span").First().Text()); got != "Recargas" {
		t.Errorf("current entry = %q", got)
	}
	if got := document.Find("input[name=back]").AttrOr("value", ""); got != "/admin/topups?status=failed" {
		t.Errorf("back = %q", got)
	}
	if document.Find(".banner-sim").Length() != 1 {
		t.Error("the simulator is not said")
	}
}
