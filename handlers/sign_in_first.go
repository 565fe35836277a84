package handlers

// The first operator: whoever holds ADMIN_KEY, once, while there is none.

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

var (
	errNotFirst   = errors.New("there is an operator already")
	signInPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,63}$`)
)

const (
	longestName     = 120
	longestPassword = 1000
)

func (s *Site) showFirstOperator(c echo.Context) error {
	n, err := s.Store.CountOperators(c.Request().Context())
	if err != nil {
		return err
	}
	if n > 0 || s.AdminKey == "" {
		return seeOther(c, views.AdminSignInPath)
	}
	return s.drawFirstOperator(c, http.StatusOK, views.FirstOperator{})
}

func (s *Site) drawFirstOperator(c echo.Context, status int, form views.FirstOperator) error {
	form.MinPassword = minPassword
	return render(c, status, views.FirstOperatorPage(s.frame(c, s.reader(c).T("First operator")), form))
}

func (s *Site) makeFirstOperator(c echo.Context) error {
	ctx, keys := c.Request().Context(), tryKeys(c, "admin key")
	if s.AdminKey == "" {
		return seeOther(c, views.AdminSignInPath)
	}
	form := views.FirstOperator{Name: strings.TrimSpace(strings.ToValidUTF8(c.FormValue("name"), "")), SignInName: typedName(c.FormValue("sign_in_name"))}
	password := c.FormValue("password")
	var soon tooSoonError
	if err := s.countTry(ctx, keys); errors.As(err, &soon) {
		form.Wait = soon.told(c)
		return s.drawFirstOperator(c, http.StatusTooManyRequests, form)
	} else if err != nil {
		return err
	}
	form.Wrong = s.wrongFirstOperator(c.FormValue("key"), password, form)
	if form.Wrong["key"] == "" {
		if err := s.forgetTries(ctx, keys); err != nil {
			return err
		}
	}
	if len(form.Wrong) > 0 {
		return s.drawFirstOperator(c, http.StatusUnprocessableEntity, form)
	}
	err := s.addFirstOperator(c, billing.Operator{
		SignInName: form.SignInName, Name: form.Name, Role: billing.RoleAdmin, PasswordHash: HashPassword(password),
	})
	if errors.Is(err, errNotFirst) {
		return seeOther(c, views.AdminSignInPath)
	}
	if err != nil {
		return err
	}
	return seeOther(c, views.AdminPath)
}

// wrongFirstOperator says what is wrong, field by field.
func (s *Site) wrongFirstOperator(key, password string, form views.FirstOperator) billing.ValidationError {
	wrong := billing.ValidationError{}
	given, want := sha256.Sum256([]byte(key)), sha256.Sum256([]byte(s.AdminKey))
	if subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		wrong["key"] = views.Term("This is not the ADMIN_KEY of this server")
	}
	if n := utf8.RuneCountInString(form.Name); n == 0 || n > longestName || strings.ContainsRune(form.Name, 0) {
		wrong["name"] = views.Term("Enter a name of 120 characters at most")
	}
	if !signInPattern.MatchString(form.SignInName) {
		wrong["sign_in_name"] = views.Term("Use 2 to 64 letters, digits, . _ - or @")
	}
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		wrong["password"] = views.Term("Use 10 characters or more")
	case n > longestPassword:
		wrong["password"] = views.Term("Use 1,000 characters at most")
	}
	return wrong
}

// addFirstOperator makes the operator and signs it in. When two try at once,
// the second one is errNotFirst.
func (s *Site) addFirstOperator(c echo.Context, o billing.Operator) error {
	ctx := c.Request().Context()
	err := s.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		n, err := tx.CountOperators(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return errNotFirst
		}
		if o.ID, err = tx.InsertOperator(ctx, o); err != nil {
			return err
		}
		who := billing.Actor{Kind: billing.ActorOperator, ID: &o.ID, Name: o.Name, Address: c.RealIP()}
		return tx.Audit(ctx, who, store.Did{
			Action: "operator.created", Subject: o.SignInName,
			After: map[string]string{"name": o.Name, "sign_in_name": o.SignInName, "role": string(o.Role), "by": "ADMIN_KEY"},
		})
	})
	if err != nil {
		return err
	}
	who := billing.Actor{Kind: billing.ActorOperator, ID: &o.ID, Name: o.Name, Address: c.RealIP()}
	if err := s.enter(c, operatorCookie, store.Session{OperatorID: &o.ID}, who, store.Did{Action: "operator.signed_in", Subject: o.SignInName}); err != nil {
		return err
	}
	r := s.reader(c)
	return s.say(c, ui.Toast{Head: r.T("You are the first operator"), Text: r.T("From now on, sign in as %s.", o.SignInName)})
}
