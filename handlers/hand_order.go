package handlers

// An order by hand: form, review, order. The reference is made with the form, so
// that sending it twice orders once.

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// counter is who orders, for which customer, and where the forms lead.
type counter struct {
	customer billing.Customer
	by       billing.Actor
	frame    func(title string) (views.Frame, error)
	form     views.HandOrder              // with its addresses
	done     func(t billing.TopUp) string // where the top-up is seen
}

func (s *Site) officeCounter(c echo.Context) (counter, error) {
	customer, err := s.customerByCode(c)
	code := customer.Code
	return counter{
		customer: customer, by: actor(c),
		frame: func(title string) (views.Frame, error) { return s.adminFrame(c, title, views.CustomersPath) },
		form:  views.HandOrder{Path: views.HandOrderPath(code), Back: views.CustomerPath(code), Office: true},
		done:  func(t billing.TopUp) string { return views.AdminTopUpPath(t.ID.String()) },
	}, err
}

func (s *Site) ownCounter(c echo.Context) (counter, error) {
	customer, err := s.ownCustomer(c)
	return counter{
		customer: customer, by: memberActor(c),
		frame: func(title string) (views.Frame, error) {
			return s.dashboardFrame(c, customer, title, views.DashboardTopUpsPath), nil
		},
		form: views.HandOrder{Path: views.DashboardOrderPath, Back: views.DashboardPath},
		done: func(t billing.TopUp) string { return views.DashboardTopUpPath(t.ID.String()) },
	}, err
}

// handOrderRoutes are the same for operators and for members.
func (s *Site) handOrderRoutes(group *echo.Group, path string, open func(echo.Context) (counter, error), guard echo.MiddlewareFunc) {
	at := func(do func(echo.Context, counter) error) echo.HandlerFunc {
		return func(c echo.Context) error {
			k, err := open(c)
			if err != nil {
				return err
			}
			return do(c, k)
		}
	}
	group.GET(path, at(s.newHandOrder), guard)
	group.POST(views.EditHandOrder(path), at(s.editHandOrder), guard)
	group.POST(views.ReviewHandOrder(path), at(s.reviewHandOrder), guard)
	group.POST(path, at(s.postHandOrder), guard)
}

func (s *Site) newHandOrder(c echo.Context, k counter) error {
	k.form.Reference = newHandReference()
	return s.renderHandOrder(c, http.StatusOK, k)
}

// editHandOrder comes back from the review with what was typed.
func (s *Site) editHandOrder(c echo.Context, k counter) error {
	if _, err := readHandOrder(c, &k); err != nil {
		return err
	}
	k.form.Problems = nil
	return s.renderHandOrder(c, http.StatusOK, k)
}

// newHandReference is random, and says that a person ordered.
func newHandReference() string { return handPrefix + strings.ToLower(rand.Text()[:handLength]) }

const (
	handPrefix = "hand-"
	handLength = 12 // 60 bits
)

// ofAForm says whether a reference is one that a form of ours was given: nobody
// takes up another reference by writing it into the form.
func ofAForm(reference string) bool {
	code, ours := strings.CutPrefix(reference, handPrefix)
	return ours && len(code) == handLength && strings.Trim(code, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

func (s *Site) renderHandOrder(c echo.Context, status int, k counter) (err error) {
	k.form.Customer = k.customer
	if k.form.Pauses, err = s.pausesOf(c.Request().Context(), k.customer.ID); err != nil {
		return err
	}
	if k.form.Frame, err = k.frame(s.reader(c).T("Order a top-up")); err != nil {
		return err
	}
	k.form.Here = k.form.Path
	return render(c, status, views.HandOrderPage(k.form))
}

// readHandOrder makes an order of what was typed, or says what is wrong, by field.
func readHandOrder(c echo.Context, k *counter) (o billing.Order, err error) {
	k.form.Phone, k.form.Amount = strings.TrimSpace(c.FormValue("phone")), strings.TrimSpace(c.FormValue("amount"))
	k.form.Reference, k.form.Problems = c.FormValue("reference"), map[string]string{}
	if !ofAForm(k.form.Reference) {
		return o, echo.NewHTTPError(http.StatusBadRequest)
	}
	return billing.Order{CustomerID: k.customer.ID, Reference: k.form.Reference, FromAddress: c.RealIP()}, nil
}

// readHandFields reads the phone and the amount of an order.
func readHandFields(r views.Reader, k *counter, o *billing.Order) {
	var err error
	if o.Phone, err = billing.ParsePhone(k.form.Phone); err != nil {
		k.form.Problems["phone"] = phoneProblem(r, err)
	}
	if o.Amount, err = billing.ParseMXN(strings.ReplaceAll(k.form.Amount, ",", "")); err != nil {
		k.form.Problems["amount"] = r.T("Write an amount like 50.00")
	}
}

// whyNotOrdered puts what the engine refuses beside its field; what is no refusal is
// left.
func whyNotOrdered(r views.Reader, problems map[string]string, err error) error {
	var (
		short       billing.InsufficientBalanceError
		amount      billing.AmountError
		unavailable billing.UnavailableError
	)
	switch {
	case errors.As(err, &amount):
		problems["amount"] = views.AmountsAllowed(r, amount)
	case errors.As(err, &short):
		problems["amount"] = r.T("Nothing was charged. Available is %s USD, the top-up costs %s.", short.Available.String(), short.Needed.String())
	case errors.As(err, &unavailable) && unavailable.Paused:
		problems[""] = r.T("Top-ups are paused: %s", unavailable.Reason)
	case errors.As(err, &unavailable), errors.Is(err, billing.ErrNoRate):
		problems[""] = r.T("No order can be taken now. Nothing was charged; try again in a minute.")
	case errors.Is(err, billing.ErrSuspended):
		problems[""] = r.T("New top-ups of this customer are stopped. Nothing was charged.")
	case errors.Is(err, billing.ErrReferenceReused):
		problems[""] = r.T("This form was used before for another order, which stands. Open it anew.")
	default:
		return err
	}
	return nil
}
