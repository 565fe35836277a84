package handlers

// Pricing: the exchange rate and its history, products, discounts.

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

const (
	ratesShown     = 100
	discountsShown = 300
	usualFace      = "50.00" // of the preview, until another amount is typed
)

func (s *Site) pricingRoutes(admin *echo.Group) {
	money := may(billing.Role.MayMoveMoney)
	admin.GET(views.PricingPath, s.showPricing)
	s.termRoutes(admin, billing.ChangeRate, views.RatePath)
	product := views.ProductPath(":product")
	admin.GET(product, s.showProduct)
	admin.POST(views.EditTermPath(product), s.editProduct, money)
	admin.POST(views.ReviewTermPath(product), s.reviewProduct, money)
	admin.POST(product, s.changeProduct, money)
}

func (s *Site) showPricing(c echo.Context) error {
	ctx := c.Request().Context()
	f, err := s.adminFrame(c, s.reader(c).T("Pricing"), views.PricingPath)
	if err != nil {
		return err
	}
	p := views.Pricing{Frame: f, May: operator(c).Role.MayMoveMoney(), Range: s.openRange()}
	status := http.StatusOK
	if p.Amount = strings.TrimSpace(c.QueryParam("amount")); p.Amount == "" {
		p.Amount = usualFace
	}
	if p.Face, err = billing.ParseMXN(p.Amount); err != nil || p.Face.Sign() <= 0 {
		p.Face, p.Problem, status = billing.MustMXN(usualFace), f.T("Write an amount like 50 or 37.25"), http.StatusUnprocessableEntity
	}
	if err := s.readRates(c, &p); err != nil {
		return err
	}
	if p.Products, err = s.Store.Products(ctx); err != nil {
		return err
	}
	if p.Discounts, err = s.Store.DiscountedCustomers(ctx, discountsShown); err != nil {
		return err
	}
	return render(c, status, views.PricingPage(p))
}

// openRange is the range of face values that holds for whoever has none of its own.
func (s *Site) openRange() string {
	lowest, highest := s.Engine.Range()
	return views.Money2(lowest.Decimal()) + " – " + views.Money2(highest.Decimal())
}

// readRates fills in the rate in force, its history and what waits.
func (s *Site) readRates(c echo.Context, p *views.Pricing) error {
	ctx := c.Request().Context()
	now, err := s.Store.RateAt(ctx, nil)
	if err != nil {
		return err
	}
	p.Rate = now.Decimal()
	rows, err := s.Store.Rates(ctx, ratesShown+1)
	if err != nil {
		return err
	}
	for i, row := range rows[:min(len(rows), ratesShown)] {
		line := views.RateLine{
			Rate: row.Rate, From: row.EffectiveFrom, Until: row.EndsAt, Begun: row.Begun, SetBy: row.SetBy, ApprovedBy: row.ApprovedBy,
			Note: row.Note, OneOperator: row.OneOperator,
		}
		if row.RequestID != nil {
			line.Request = row.RequestID.String()
		}
		if i+1 < len(rows) {
			line.Before = &rows[i+1].Rate
		}
		p.Rates = append(p.Rates, line)
	}
	p.MoreRates = len(rows) > ratesShown
	p.Waiting, err = s.waitingTerms(ctx, p.Reader, term{kind: billing.ChangeRate})
	return err
}
