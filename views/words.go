// Package views draws HTML. It never reads the database, the request or the clock: what it shows, it was handed, and
// in which language, zone and moment a Reader says. It knows no echo and no net/http.
package views

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"latcom.example/latcom-billing/views/ui"
)

// Language is one that the pages speak.
type Language string

const (
	English Language = "en"
	Spanish Language = "es"
	// Pseudo wraps every text of the catalogue in ⟦ ⟧: what stands outside on a page was never translated. For tests.
	Pseudo Language = "qps"
)

// Languages are those a person can choose.
var Languages = []Language{English, Spanish}

// Tag is the language as HTML and HTTP name it.
func (l Language) Tag() string {
	if l == Spanish {
		return "es-MX"
	}
	return string(English)
}

// Name is what the language calls itself.
func (l Language) Name() string {
	return map[Language]string{English: "English", Spanish: "Español", Pseudo: "Pseudo"}[l]
}

// Reader is who reads the page: in which language, in which zone, and when. Every page gets one, embedded in its Frame.
type Reader struct {
	Language Language
	Zone     *time.Location
	Now      time.Time
}

// T is a text in the reader's language. The English text is its key in the catalogue; args fill it as in fmt.Sprintf.
// Where one English text needs two translations, a note after a bar tells them apart and is never shown:
// T("Unknown|outcome").
func (r Reader) T(english string, args ...any) string {
	text := r.lookUp(english)
	if len(args) > 0 {
		text = fmt.Sprintf(text, args...)
	}
	return r.mark(text)
}

// N is a text with a count. Both forms hold the count as their first %s: N(7, "%s newer top-up", "%s newer top-ups").
// More args follow it.
func (r Reader) N(n int, one, many string, args ...any) string {
	text := r.lookUp(many)
	if n == 1 {
		text = r.lookUp(one)
	}
	return r.mark(fmt.Sprintf(text, append([]any{ui.Thousands(n)}, args...)...))
}

// Term marks an English text that T gets later, from a variable: so that the catalogue's test sees it.
func Term(english string) string { return english }

func (r Reader) lookUp(english string) string {
	if r.Language == Spanish {
		if spanish, ok := spanishWords()[english]; ok {
			return spanish
		}
	}
	text, _, _ := strings.Cut(english, "|")
	return text
}

// Either is a text that is kept in both languages elsewhere: the outcome policy's, or what operators wrote.
func (r Reader) Either(english, spanish string) string {
	if r.Language == Spanish {
		return spanish
	}
	if english == "" {
		return ""
	}
	return r.mark(english)
}

func (r Reader) mark(text string) string {
	if r.Language == Pseudo {
		return "⟦" + text + "⟧"
	}
	return text
}

var spanishWords = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, catalogue := range spanishCatalogues {
		for english, spanish := range catalogue {
			all[english] = spanish
		}
	}
	return all
})
