package handlers

// What a customer's orders are limited by: form, review, change.

import (
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func (s *Site) newOrderLimits(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	now, err := s.Store.Limits(c.Request().Context(), customer.ID)
	if err != nil {
		return err
	}
	products, err := s.Store.Products(c.Request().Context())
	if err != nil {
		return err
	}
	form := views.LimitsFormOf(now)
	return s.renderOrderLimits(c, http.StatusOK, views.OrderLimits{Customer: customer, Form: form, Was: form, Products: products})
}

// typedLimits reads the fields of a form; a prefix names those that it was filled in upon.
func typedLimits(c echo.Context, prefix string) views.LimitsForm {
	typed := func(name string) string { return strings.TrimSpace(c.FormValue(prefix + name)) }
	return views.LimitsForm{
		Min: typed("min"), Max: typed("max"), DailyCap: typed("daily_cap"), Requests: typed("requests"), Burst: typed("burst"), Networks: typed("networks"), Guard: typed("guard"),
		Products: strings.Join(c.Request().Form[prefix+"products"], ","),
	}
}

// orderLimits is the page with what was typed, and what is in force now.
func (s *Site) orderLimits(c echo.Context) (page views.OrderLimits, err error) {
	if page.Customer, err = s.customerByCode(c); err != nil {
		return page, err
	}
	page.Form, page.Was = typedLimits(c, ""), typedLimits(c, "was_")
	if page.Products, err = s.Store.Products(c.Request().Context()); err != nil {
		return page, err
	}
	page.Now, err = s.Store.Limits(c.Request().Context(), page.Customer.ID)
	return page, err
}

func (s *Site) renderOrderLimits(c echo.Context, status int, page views.OrderLimits) (err error) {
	if page.Frame, err = s.adminFrame(c, s.reader(c).T("Change the limits of orders"), views.CustomersPath); err != nil {
		return err
	}
	page.Here = views.OrderLimitsPath(page.Customer.Code)
	page.Lowest, page.Highest = s.Engine.Range()
	return render(c, status, views.OrderLimitsPage(page))
}

// readLimits reads what was typed, or says what is wrong, by field.
func (s *Site) readLimits(r views.Reader, form views.LimitsForm, products []billing.ListedProduct) (billing.Limits, map[string]string) {
	l, problems := parseLimits(r, form, products)
	if len(problems) == 0 {
		lowest, highest := s.Engine.Range()
		problems = fieldProblems(r, l.Check(lowest, highest))
	}
	return l, problems
}

func parseLimits(r views.Reader, form views.LimitsForm, products []billing.ListedProduct) (l billing.Limits, problems map[string]string) {
	problems = map[string]string{}
	for field, read := range map[string]struct {
		text string
		to   **billing.MXN
	}{"min": {form.Min, &l.Min}, "max": {form.Max, &l.Max}} {
		amount, err := billing.ParseMXN(read.text)
		switch {
		case read.text == "":
		case err != nil:
			problems[field] = r.T("Write an amount like 50 or 37.25")
		default:
			*read.to = &amount
		}
	}
	if form.DailyCap != "" {
		amount, err := readAmount(form.DailyCap)
		if l.DailyCap = &amount; err != nil {
			problems["daily_cap"] = r.T("Write an amount like 2,500.00")
		}
	}
	l.RequestLimit = readRequestLimit(r, form.Requests, form.Burst, problems)
	l.Networks = readNetworks(r, form.Networks, problems)
	if form.Guard != "" {
		n, err := strconv.Atoi(strings.ReplaceAll(form.Guard, ",", ""))
		if l.Guard = n; err != nil || n == 0 {
			problems["guard"] = r.T("Write whole minutes from 1 to 1,440, or leave it empty")
		}
	}
	var wrong string
	if l.Products, wrong = billing.ParseProducts(form.Products, products); wrong != "" || form.Products == "" {
		problems["products"] = r.T("Choose at least one product")
	}
	return l, problems
}

func readNetworks(r views.Reader, text string, problems map[string]string) []netip.Prefix {
	networks, wrong := billing.ParseNetworks(text)
	if wrong != "" {
		problems["networks"] = r.T("“%s” is no address and no range. Write 203.0.113.7 or 203.0.113.0/24", wrong)
	}
	return networks
}

// editOrderLimits comes back from the review with what was typed.
func (s *Site) editOrderLimits(c echo.Context) error {
	page, err := s.orderLimits(c)
	if err != nil {
		return err
	}
	return s.renderOrderLimits(c, http.StatusOK, page)
}

// reviewOrderLimits shows what changes, before it does.
func (s *Site) reviewOrderLimits(c echo.Context) error {
	page, err := s.orderLimits(c)
	if err != nil {
		return err
	}
	r := s.reader(c)
	page.After, page.Problems = s.readLimits(r, page.Form, page.Products)
	if len(page.Problems) == 0 && page.Now.Same(page.After) {
		page.Problems = map[string]string{"": r.T("These are the limits in force: nothing would change.")}
	}
	if len(page.Problems) > 0 {
		return s.renderOrderLimits(c, http.StatusUnprocessableEntity, page)
	}
	page.Reviewed = true
	return s.renderOrderLimits(c, http.StatusOK, page)
}

func (s *Site) setOrderLimits(c echo.Context) error {
	page, err := s.orderLimits(c)
	if err != nil {
		return err
	}
	r := s.reader(c)
	after, problems := s.readLimits(r, page.Form, page.Products)
	before, unread := parseLimits(r, page.Was, page.Products)
	if page.Problems = problems; len(problems)+len(unread) > 0 {
		return s.renderOrderLimits(c, http.StatusUnprocessableEntity, page)
	}
	err = s.Engine.SetLimits(c.Request().Context(), actor(c), page.Customer, before, after)
	if errors.Is(err, billing.ErrOvertaken) {
		page.Was = views.LimitsFormOf(page.Now)
		page.Problems = map[string]string{"": r.T("Somebody changed the limits since you opened this form. Look at them again.")}
		return s.renderOrderLimits(c, http.StatusConflict, page)
	}
	if err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Head: r.T("The limits are in force"), Text: page.Customer.Name}); err != nil {
		return err
	}
	return seeOther(c, views.LimitsPath(page.Customer.Code))
}
