package handlers

// Finding anything, and the keys.

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

const (
	mostHits   = 6
	keysCookie = "keys"
)

var (
	wordToFind  = regexp.MustCompile(`^[!-~]{3,128}$`)
	firstDigits = regexp.MustCompile(`^[2-9][0-9]{3,8}$`)
)

func (s *Site) search(c echo.Context) error {
	ctx, typed := c.Request().Context(), strings.TrimSpace(c.QueryParam("q"))
	if len(typed) > 128 {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	var customers []billing.Customer
	if typed != "" {
		found, err := s.Store.Customers(ctx, typed)
		if err != nil {
			return err
		}
		customers = found[:min(len(found), mostHits)]
	}
	topUps, err := s.topUpsCalled(ctx, typed)
	if err != nil {
		return err
	}
	if swaps(c, "palette-results") {
		return render(c, http.StatusOK, views.PaletteResults(views.Find(s.frame(c, ""), typed, operator(c).Role, customers, topUps)))
	}
	f, err := s.adminFrame(c, s.reader(c).T("Find anything"), views.SearchPath)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.SearchPage(views.Find(f, typed, operator(c).Role, customers, topUps)))
}

// topUpsCalled finds top-ups by a phone, its first digits, a reference or any id.
func (s *Site) topUpsCalled(ctx context.Context, typed string) ([]billing.TopUp, error) {
	f := billing.TopUpFilter{Find: typed}
	if phone, err := billing.ParsePhone(typed); err == nil {
		f.Find = phone.National()
	}
	if !wordToFind.MatchString(f.Find) {
		return nil, nil
	}
	page, err := s.Store.Reading(ctx).TopUps(ctx, f, billing.PageRequest{Limit: mostHits})
	if err != nil || len(page.TopUps) > 0 || !firstDigits.MatchString(typed) {
		return page.TopUps, err
	}
	page, err = s.Store.Reading(ctx).TopUps(ctx, billing.TopUpFilter{PhoneBegins: typed}, billing.PageRequest{Limit: mostHits})
	return page.TopUps, err
}

func (s *Site) showShortcuts(c echo.Context) error {
	if swaps(c, "keys-list") {
		f := s.frame(c, "")
		if here, err := url.Parse(c.Request().Header.Get("HX-Current-URL")); err == nil {
			f.Here = here.RequestURI()
		}
		return render(c, http.StatusOK, views.ShortcutsList(f, "h2"))
	}
	f, err := s.adminFrame(c, s.reader(c).T("Keys"), views.ShortcutsPath)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ShortcutsPage(f))
}

// chooseKeys keeps whether single keys are wanted, and leads back to the page.
func (s *Site) chooseKeys(c echo.Context) error {
	age := 365 * 24 * 3600
	if c.FormValue("keys") != "off" {
		age = -1
	}
	c.SetCookie(&http.Cookie{ //nolint:gosec // Secure wherever the browser came over TLS
		Name: keysCookie, Value: "off", Path: "/", MaxAge: age, HttpOnly: true, Secure: s.secure(c), SameSite: http.SameSiteLaxMode,
	})
	return seeOther(c, localPath(c.FormValue("back"), views.ShortcutsPath))
}

// keysOff says whether the reader has switched single keys off.
func keysOff(c echo.Context) bool {
	cookie, err := c.Cookie(keysCookie)
	return err == nil && cookie.Value == "off"
}
