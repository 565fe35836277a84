package handlers

// API keys: list, make, rotate, end.

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// showKeys is a tab of the customer's page.
func (s *Site) showKeys(c echo.Context) error {
	v, err := s.customerView(c, views.KeysPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	keys, err := s.Store.APIKeys(c.Request().Context(), v.Customer.ID)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.CustomerKeysPage(views.CustomerKeys{CustomerView: v, KeyList: views.KeyList{
		Paths: views.CustomerAccess(v.Customer.Code), Keys: keys, MayManage: operator(c).Role.MayManage(),
	}}))
}

// ownKeys are the keys of the customer's programs.
func (s *Site) ownKeys(c echo.Context) (l views.KeyList, err error) {
	l = views.KeyList{Paths: views.OwnAccess, MayManage: member(c).Role.MayManage(), Own: true}
	l.Keys, err = s.Store.APIKeys(c.Request().Context(), member(c).CustomerID)
	return l, err
}

func (s *Site) listOwnKeys(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	keys, err := s.ownKeys(c)
	if err != nil {
		return err
	}
	f := s.dashboardFrame(c, customer, s.reader(c).T("API keys"), views.DashboardKeysPath)
	return render(c, http.StatusOK, views.OwnKeysPage(views.OwnKeys{Frame: f, KeyList: keys}))
}

// keyUse is what the sealed key of the form is for.
func keyUse(of billing.Customer) string { return "key of " + of.Code }

func (s *Site) newKey(c echo.Context, d custody) error {
	return s.drawNewKey(c, d, http.StatusOK, views.NewKey{Form: views.KeyFormOf("", billing.AnyTerms(), s.businessZone())})
}

func (s *Site) drawNewKey(c echo.Context, d custody, status int, form views.NewKey) (err error) {
	if form.Customer, err = d.customer(c); err != nil {
		return err
	}
	key, _ := d.newKey()
	form.Paths, form.Once = d.paths(form.Customer), s.once(c, keyUse(form.Customer), key)
	if form.Frame, err = d.frame(c, form.Customer, s.reader(c).T("Make a key"), form.Paths.Keys); err != nil {
		return err
	}
	return render(c, status, views.NewKeyPage(form))
}

// makeKey leads to the page that shows the key, once.
func (s *Site) makeKey(c echo.Context, d custody) error {
	r, form := s.reader(c), views.NewKey{Form: s.typedKey(c)}
	customer, err := d.customer(c)
	if err != nil {
		return err
	}
	key, fresh := s.reopened(c, keyUse(customer))
	if !fresh {
		form.Problems = map[string]string{"": r.T("This form was open for too long. Send it again.")}
		return s.drawNewKey(c, d, http.StatusUnprocessableEntity, form)
	}
	terms, problems := readTerms(r, form.Form)
	if form.Problems = problems; len(problems) > 0 {
		return s.drawNewKey(c, d, http.StatusUnprocessableEntity, form)
	}
	made, err := s.door.MakeKey(c.Request().Context(), d.actor(c), access.NewKey{Customer: customer, Name: form.Form.Name, Key: key, Terms: terms})
	var wrong billing.ValidationError
	if errors.As(err, &wrong) {
		form.Problems = fieldProblems(r, wrong)
		return s.drawNewKey(c, d, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return s.showKey(c, d, customer, views.MadeKey{Key: key, Name: made.Name, Hint: made.Hint})
}

func (s *Site) showKey(c echo.Context, d custody, of billing.Customer, made views.MadeKey) error {
	list := d.paths(of).Keys
	made.Customer, made.Back, made.Own = of.Name, list, d.own
	return s.showOnce(c, shown{Back: list, Current: d.current(list), Key: &made})
}

// keyNamed is the key that the address names, of this customer alone.
func (s *Site) keyNamed(c echo.Context, d custody) (of billing.Customer, key billing.APIKey, err error) {
	if of, err = d.customer(c); err != nil {
		return of, key, err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return of, key, billing.ErrNotFound
	}
	key, err = s.Store.APIKey(c.Request().Context(), of.ID, id)
	return of, key, err
}

func rotationUse(k billing.APIKey) string {
	return "rotation of key " + strconv.FormatInt(k.ID, 10)
}

// usualOverlap is chosen until somebody chooses.
const usualOverlap = 24 * time.Hour

func (s *Site) askRotation(c echo.Context, d custody) error {
	return s.drawRotation(c, d, http.StatusOK, views.KeyRotation{Overlap: usualOverlap.String()})
}

func (s *Site) drawRotation(c echo.Context, d custody, status int, form views.KeyRotation) error {
	customer, key, err := s.keyNamed(c, d)
	if err != nil {
		return err
	}
	if key.EndedAt != nil || !key.Works(s.reader(c).Now) {
		return s.endsAlready(c, d, customer)
	}
	fresh, _ := d.newKey()
	form.Paths, form.Key, form.Overlaps, form.Once = d.paths(customer), key, access.Overlaps(), s.once(c, rotationUse(key), fresh)
	if form.Frame, err = d.frame(c, customer, s.reader(c).T("Rotate %s", key.Name), form.Paths.Keys); err != nil {
		return err
	}
	return render(c, status, views.KeyRotationPage(form))
}

// endsAlready says that a key was ended or replaced before.
func (s *Site) endsAlready(c echo.Context, d custody, of billing.Customer) error {
	r := s.reader(c)
	said := ui.Toast{Tone: "unknown", Icon: "lock", Head: r.T("Nothing was changed"), Text: r.T("This key was replaced or ended before.")}
	if err := s.say(c, said); err != nil {
		return err
	}
	return seeOther(c, d.paths(of).Keys)
}

// rotateKey leads to the page that shows the new key, once, and says until when
// the old one works.
func (s *Site) rotateKey(c echo.Context, d custody) error {
	ctx, r := c.Request().Context(), s.reader(c)
	customer, old, err := s.keyNamed(c, d)
	if err != nil {
		return err
	}
	form := views.KeyRotation{Overlap: c.FormValue("overlap")}
	key, fresh := s.reopened(c, rotationUse(old))
	if !fresh {
		form.Problems = map[string]string{"": r.T("This form was open for too long. Send it again.")}
		return s.drawRotation(c, d, http.StatusUnprocessableEntity, form)
	}
	overlap, err := time.ParseDuration(form.Overlap)
	if err != nil {
		overlap = -1 // none of those that may be chosen
	}
	made, err := s.door.RotateKey(ctx, d.actor(c), old, overlap, key)
	var wrong billing.ValidationError
	switch {
	case errors.As(err, &wrong):
		form.Problems = fieldProblems(r, wrong)
		return s.drawRotation(c, d, http.StatusUnprocessableEntity, form)
	case errors.Is(err, billing.ErrAlreadyDecided):
		return s.endsAlready(c, d, customer)
	case err != nil:
		return err
	}
	if old, err = s.Store.APIKey(ctx, customer.ID, old.ID); err != nil {
		return err
	}
	return s.showKey(c, d, customer, views.MadeKey{Key: key, Name: made.Name, Hint: made.Hint, Replaces: old.Hint, ReplacedUntil: *old.Ends()})
}

func (s *Site) askKeyEnd(c echo.Context, d custody) error {
	customer, key, err := s.keyNamed(c, d)
	if err != nil {
		return err
	}
	r := s.reader(c)
	if !key.Works(r.Now) {
		return s.endsAlready(c, d, customer)
	}
	all, err := s.Store.APIKeys(c.Request().Context(), customer.ID)
	if err != nil {
		return err
	}
	v := views.KeyEnd{Paths: d.paths(customer), Key: key}
	v.Only = !slices.ContainsFunc(all, func(k billing.APIKey) bool { return k.ID != key.ID && k.Works(r.Now) })
	if v.Frame, err = d.frame(c, customer, r.T("End the key %s?", key.Name), v.Paths.Keys); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.KeyEndPage(v))
}

func (s *Site) endKey(c echo.Context, d custody) error {
	customer, key, err := s.keyNamed(c, d)
	if err != nil {
		return err
	}
	if err := s.door.EndKey(c.Request().Context(), d.actor(c), customer.ID, key.ID); err != nil {
		return err
	}
	r := s.reader(c)
	done := ui.Toast{Tone: "unknown", Icon: "lock", Head: r.T("The key %s has ended", key.Name), Text: r.T("%s opens nothing any more.", key.Hint)}
	if err := s.say(c, done); err != nil {
		return err
	}
	return seeOther(c, d.paths(customer).Keys)
}
