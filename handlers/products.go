package handlers

// A product's rule: what is sent for a face value, and what Latcom takes for it.

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

const productChangesShown = 50

// productFaces are the face values whose deliveries show what a rule does.
var productFaces = []billing.MXN{
	billing.MustMXN("20"), billing.MustMXN("30"), billing.MustMXN("37.25"), billing.MustMXN("50"), billing.MustMXN("100"), billing.MustMXN("200"),
}

func (s *Site) showProduct(c echo.Context) error {
	product, err := s.Store.Product(c.Request().Context(), c.Param("product"))
	if err != nil {
		return err
	}
	return s.renderProduct(c, http.StatusOK, views.ProductEdit{Product: product, Form: productFormOf(product.Product)})
}

func productFormOf(p billing.Product) views.ProductForm {
	cost := strings.TrimSuffix(strings.TrimSuffix(views.Discount(p.CostFraction.Decimal()), "%"), "\u00a0")
	rule, places := string(p.VATRule), strconv.Itoa(int(p.SentPlaces))
	return views.ProductForm{Rule: rule, Places: places, Cost: cost, WasRule: rule, WasPlaces: places, WasCost: cost}
}

func productForm(c echo.Context) views.ProductForm {
	typed := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return views.ProductForm{
		Rule: typed("vat_rule"), Places: typed("sent_places"), Cost: typed("cost"),
		WasRule: typed("was_vat_rule"), WasPlaces: typed("was_sent_places"), WasCost: typed("was_cost"),
	}
}

// renderProduct fills in what becomes of a few face values, now and after.
func (s *Site) renderProduct(c echo.Context, status int, page views.ProductEdit) (err error) {
	if page.Frame, err = s.adminFrame(c, page.Product.Code, views.PricingPath); err != nil {
		return err
	}
	page.Here = views.ProductPath(page.Product.Code)
	page.May = operator(c).Role.MayMoveMoney()
	after, _ := readProduct(page.Reader, page.Product.Code, page.Form.Rule, page.Form.Places, page.Form.Cost)
	after.AddsVAT = page.Product.AddsVAT
	for _, face := range facesOf(page.Product) {
		change := views.DeliveryChange{Now: page.Product.Deliver(face)}
		if page.Reviewed {
			change.After = after.Deliver(face)
		}
		page.Deliveries = append(page.Deliveries, change)
	}
	if page.Log, err = s.productLog(c, page.Reader, page.Product.Code); err != nil {
		return err
	}
	return render(c, status, views.ProductPage(page))
}

func facesOf(p billing.ListedProduct) []billing.MXN {
	if p.Face != nil {
		return []billing.MXN{*p.Face}
	}
	return productFaces
}

// readProduct reads a rule as it was typed, or says what is wrong, by field.
func readProduct(r views.Reader, code, rule, places, cost string) (billing.Product, map[string]string) {
	p := billing.Product{Code: code, VATRule: billing.VATRule(rule), SentPlaces: -1}
	if n, err := strconv.ParseInt(places, 10, 32); err == nil {
		p.SentPlaces = int32(n)
	}
	share, err := billing.ParsePercent(cost)
	p.CostFraction = share
	problems := fieldProblems(r, p.Check())
	if err != nil {
		problems["cost"] = r.T("Write a percentage from 0 to 200")
	}
	return p, problems
}

// editProduct comes back from the review with what was typed.
func (s *Site) editProduct(c echo.Context) error {
	product, err := s.Store.Product(c.Request().Context(), c.Param("product"))
	if err != nil {
		return err
	}
	return s.renderProduct(c, http.StatusOK, views.ProductEdit{Product: product, Form: productForm(c)})
}

// reviewProduct shows what a rule does, before it is in force.
func (s *Site) reviewProduct(c echo.Context) error {
	product, err := s.Store.Product(c.Request().Context(), c.Param("product"))
	if err != nil {
		return err
	}
	r, form := s.reader(c), productForm(c)
	after, problems := readProduct(r, product.Code, form.Rule, form.Places, form.Cost)
	if len(problems) == 0 && product.SameRule(after) {
		problems = map[string]string{"": r.T("This is the rule in force: nothing would change.")}
	}
	if len(problems) > 0 {
		return s.renderProduct(c, http.StatusUnprocessableEntity, views.ProductEdit{Product: product, Form: form, Problems: problems})
	}
	return s.renderProduct(c, http.StatusOK, views.ProductEdit{Product: product, Form: form, Reviewed: true})
}

func (s *Site) changeProduct(c echo.Context) error {
	ctx := c.Request().Context()
	product, err := s.Store.Product(ctx, c.Param("product"))
	if err != nil {
		return err
	}
	r, form := s.reader(c), productForm(c)
	after, problems := readProduct(r, product.Code, form.Rule, form.Places, form.Cost)
	before, unread := readProduct(r, product.Code, form.WasRule, form.WasPlaces, form.WasCost)
	if len(unread) > 0 {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if len(problems) > 0 {
		return s.renderProduct(c, http.StatusUnprocessableEntity, views.ProductEdit{Product: product, Form: form, Problems: problems})
	}
	err = s.Engine.ChangeProduct(ctx, actor(c), before, after)
	if errors.Is(err, billing.ErrOvertaken) {
		fresh := productFormOf(product.Product)
		fresh.Rule, fresh.Places, fresh.Cost = form.Rule, form.Places, form.Cost
		return s.renderProduct(c, http.StatusConflict, views.ProductEdit{Product: product, Form: fresh, Problems: map[string]string{
			"": r.T("Somebody changed the rule since you opened this form. Look at it again."),
		}})
	}
	if err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Head: r.T("The rule is in force"), Text: product.Code}); err != nil {
		return err
	}
	return seeOther(c, views.ProductPath(product.Code))
}

// productLog is the history of a product's rule.
func (s *Site) productLog(c echo.Context, r views.Reader, code string) (changes []views.ProductChange, err error) {
	lines, err := s.Store.ProductChanges(c.Request().Context(), code, productChangesShown)
	for _, line := range lines {
		changes = append(changes, views.ProductChange{
			At: line.At, Who: line.ActorName, Code: line.Subject, Before: productFacts(r, line.Before), After: productFacts(r, line.After),
		})
	}
	return changes, err
}

// productFacts is a rule as the audit log keeps it, in words.
func productFacts(r views.Reader, raw json.RawMessage) string {
	var facts struct {
		Sent     string `json:"sent"`
		Decimals string `json:"decimals"`
		Cost     string `json:"cost_fraction"`
	}
	if err := json.Unmarshal(raw, &facts); err != nil {
		return views.Nothing
	}
	share, err := billing.ParseFraction(facts.Cost)
	if err != nil {
		return views.Nothing
	}
	places := int32(2)
	if facts.Decimals == "0" {
		places = 0
	}
	return r.T("%[1]s, %[2]s, cost %[3]s", views.VATWord(r, billing.VATRule(facts.Sent)), views.PlacesWord(r, places), views.Discount(share.Decimal()))
}
