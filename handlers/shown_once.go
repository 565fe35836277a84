package handlers

// The page that shows a secret once: a key, a link. Between the form and the page
// the secret travels in an encrypted cookie of the browser that sent the form,
// gone with the page: loading it again shows nothing.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/mail"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

const (
	shownCookie = "latcom_shown"
	// shownFor is how long a browser has to fetch the page.
	shownFor = 2 * time.Minute
)

// shown is what the page shows: a key, a link, or a webhook's secret.
type shown struct {
	For     string    // who may see it, and nobody who signs in after him
	Until   time.Time //
	Back    string    // the page that comes after it
	Current string    // in the nav
	Key     *views.MadeKey
	Link    *views.MadeLink
	Secret  *views.MadeSecret
}

// whole says whether there is one thing to show.
func (s shown) whole() bool {
	things := 0
	for _, there := range []bool{s.Key != nil, s.Link != nil, s.Secret != nil} {
		if there {
			things++
		}
	}
	return things == 1
}

// showOnce leads to the page.
func (s *Site) showOnce(c echo.Context, what shown) error {
	what.For, what.Until = oncePurpose(c, "shown"), time.Now().Add(shownFor)
	text, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("keep what is shown once: %w", err)
	}
	session := s.shownCookie(c)
	session.Values = map[any]any{"shown": string(text)}
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return fmt.Errorf("keep what is shown once: %w", err)
	}
	return seeOther(c, views.ShownOnceThen(areaOf(c).own, what.Back))
}

func (s *Site) shownCookie(c echo.Context) *sessions.Session {
	session := s.cookie(c, shownCookie)
	session.Options.Path, session.Options.MaxAge = views.ShownOncePath(areaOf(c).own), int(shownFor.Seconds())
	return session
}

// showLink hands a link to an area over: by mail where there is a mail server and
// the person signs in with an address, else by a page that shows it once, to whoever
// made it. current is the nav's entry.
func (s *Site) showLink(c echo.Context, to area, current string, who access.Account, token, back string) error {
	link := views.MadeLink{
		Name: who.Name, Link: s.address(c) + views.LinkPath(to.link, token), Ends: time.Now().Add(access.LinkLifetime),
		Back: back, Invited: who.PasswordHash == "",
	}
	if s.Mail == nil || !strings.Contains(who.SignInName, "@") {
		return s.showOnce(c, shown{Back: back, Current: current, Link: &link})
	}
	r := s.reader(c)
	subject, text := views.LinkLetter(r, link)
	if err := s.Mail.Send(c.Request().Context(), mail.Letter{To: who.SignInName, Subject: subject, Text: text}); err != nil {
		s.Log.ErrorContext(c.Request().Context(), "a link could not be mailed; whoever made it is shown it", "for", who.SignInName, "error", err)
		link.Unsent = true
		return s.showOnce(c, shown{Back: back, Current: current, Link: &link})
	}
	if err := s.say(c, ui.Toast{Head: r.T("The link is on its way to %s", who.SignInName), Text: r.T("It opens once, until %s.", r.DateTime(link.Ends))}); err != nil {
		return err
	}
	return seeOther(c, back)
}

// showShown shows it, and lets the browser forget it.
func (s *Site) showShown(c echo.Context) error {
	what, there, err := s.takeShown(c)
	if err != nil {
		return err
	}
	if !there {
		return s.shownBefore(c)
	}
	r := s.reader(c)
	title := r.T("The link")
	if what.Key != nil {
		title = r.T("The key")
	}
	if what.Secret != nil {
		title = r.T("The secret")
	}
	f, err := s.accountFrame(c, title)
	if err != nil {
		return err
	}
	f.Here, f.Current = what.Back, what.Current // this page cannot be asked for again
	switch {
	case what.Key != nil:
		return render(c, http.StatusOK, views.MadeKeyPage(f, *what.Key))
	case what.Secret != nil:
		return render(c, http.StatusOK, views.MadeSecretPage(f, *what.Secret))
	}
	return render(c, http.StatusOK, views.MadeLinkPage(f, *what.Link))
}

// takeShown takes what this browser is to be shown; there is nothing when it was
// shown before, when it took too long, or when somebody else is signed in now.
func (s *Site) takeShown(c echo.Context) (what shown, there bool, err error) {
	session := s.shownCookie(c)
	text, _ := session.Values["shown"].(string)
	session.Values, session.Options.MaxAge = map[any]any{}, -1
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return what, false, fmt.Errorf("forget what was shown once: %w", err)
	}
	if text == "" {
		return what, false, nil
	}
	if err := json.Unmarshal([]byte(text), &what); err != nil {
		return what, false, fmt.Errorf("read what is shown once: %w", err)
	}
	return what, what.For == oncePurpose(c, "shown") && time.Now().Before(what.Until) && what.whole(), nil
}

func (s *Site) shownBefore(c echo.Context) error {
	r := s.reader(c)
	said := ui.Toast{Tone: "unknown", Icon: "lock", Head: r.T("It was shown once"), Text: r.T("Nobody can show it again. If it is lost, make another.")}
	if err := s.say(c, said); err != nil {
		return err
	}
	return seeOther(c, localPath(c.QueryParam("back"), areaOf(c).own))
}
