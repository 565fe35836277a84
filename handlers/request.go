package handlers

// What a request says: in which language and zone its reader lives, which rows
// it asks for.

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"latcom.example/latcom-billing/views"
)

const languageCookie = "lang"

var languages = language.NewMatcher([]language.Tag{language.English, language.LatinAmericanSpanish, language.Spanish})

// reader is who reads: by choice, else by the browser's language; in the
// browser's zone if it said one, else in the business zone.
func (s *Site) reader(c echo.Context) views.Reader {
	return views.Reader{Language: chosenLanguage(c), Zone: s.zone(c), Now: time.Now()}
}

func chosenLanguage(c echo.Context) views.Language {
	if cookie, err := c.Cookie(languageCookie); err == nil {
		for _, l := range append([]views.Language{views.Pseudo}, views.Languages...) {
			if cookie.Value == string(l) {
				return l
			}
		}
	}
	tags, _, err := language.ParseAcceptLanguage(c.Request().Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return views.English
	}
	if _, index, _ := languages.Match(tags...); index > 0 {
		return views.Spanish
	}
	return views.English
}

func (s *Site) zone(c echo.Context) *time.Location {
	cookie, err := c.Cookie("tz")
	if err != nil || len(cookie.Value) > 64 {
		return s.Zone
	}
	name, err := url.QueryUnescape(cookie.Value)
	if err != nil || name == "" || name == "Local" {
		return s.Zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return s.Zone
	}
	return zone
}

// chooseLanguage keeps the reader's choice and leads back to the page.
func (s *Site) chooseLanguage(c echo.Context) error {
	choice := c.FormValue("language")
	for _, l := range views.Languages {
		if choice == string(l) {
			c.SetCookie(&http.Cookie{ //nolint:gosec // Secure wherever the browser came over TLS
				Name: languageCookie, Value: choice, Path: "/", MaxAge: 365 * 24 * 3600,
				HttpOnly: true, Secure: s.secure(c), SameSite: http.SameSiteLaxMode,
			})
		}
	}
	return seeOther(c, localPath(c.FormValue("back"), "/"))
}

// address is where others reach this site, without a slash at its end.
func (s *Site) address(c echo.Context) string {
	if s.BaseURL != "" {
		return strings.TrimSuffix(s.BaseURL, "/")
	}
	return c.Scheme() + "://" + c.Request().Host
}

// businessDay is the start of the business day on which t lies.
func (s *Site) businessDay(t time.Time) time.Time {
	y, m, d := t.In(s.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.Zone)
}
