package handlers_test

// In the pseudo-language every text of the catalogue stands between brackets:
// what is left outside is data, or was never translated.

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
)

var (
	bracketed = regexp.MustCompile(`⟦[^⟦⟧]*⟧`)
	deskData  = regexp.MustCompile(`Latcom Billing|Laura Campos|\w+@envia\.mx|Point of sale|\bLC\b|English|Español|Ana \S+|^A[A-Z0-9]$|Abarrotes \S+|LT77001|LT\d|wire-evidence|Statement of today, line 12|` +
		`Latcom said so|USD|MXN|\b(min|h|d|s|en|es)\b|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*`)
	anyWord = regexp.MustCompile(`\pL{2,}`)
)

// inPseudo lets a browser read the pseudo-language.
func inPseudo(t *testing.T, p premises, v visitor) {
	t.Helper()
	base, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	v.client.Jar.SetCookies(base, []*http.Cookie{{Name: "lang", Value: "qps"}})
}

// wantTranslated looks at a page of the desk in the pseudo-language.
func wantTranslated(t *testing.T, what string, got answer) {
	t.Helper()
	got.Find("script, style, pre, .id").Remove()
	texts := textsOf(got.Find("body"))
	if len(texts) < 20 {
		t.Errorf("%s is hardly a page: %d, %q", what, got.status, texts)
	}
	for _, said := range texts {
		left := said
		for bracketed.MatchString(left) { // one text may hold another
			left = bracketed.ReplaceAllString(left, "")
		}
		if rest := anyWord.FindString(deskData.ReplaceAllString(left, "")); rest != "" {
			t.Errorf("%s says %q (%s)", what, said, rest)
		}
	}
}
