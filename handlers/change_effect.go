package handlers

// What a change of terms does, for its review and for who decides about it.

import (
	"context"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// exampleFaces are the top-ups whose prices show what a discount or a rate does.
var exampleFaces = []billing.MXN{billing.MustMXN("20"), billing.MustMXN("50"), billing.MustMXN("100"), billing.MustMXN("200")}

// changeEffect fills in what e.Change does to what is in force now, and returns
// what that is.
func (s *Site) changeEffect(ctx context.Context, e *views.ChangeEffect) (now decimal.Decimal, err error) {
	rate, err := s.Store.RateAt(ctx, nil)
	if err != nil {
		return now, err
	}
	_, newRate := e.Change.Rates()
	if e.Change.Kind == billing.ChangeRate {
		none := billing.Fraction{}
		e.Prices = prices(exampleTerms{none, rate}, exampleTerms{none, newRate})
		return rate.Decimal(), nil
	}
	if e.Customer, err = s.Store.Customer(ctx, *e.Change.CustomerID); err != nil {
		return now, err
	}
	if e.Change.Kind == billing.ChangeDiscount {
		_, discount := e.Change.Discounts()
		e.Prices = prices(exampleTerms{e.Customer.Discount, rate}, exampleTerms{discount, rate})
		return e.Customer.Discount.Decimal(), nil
	}
	e.Now, e.After = e.Customer.Balance, e.Customer.Balance
	_, e.After.CreditLimit = e.Change.CreditLimits()
	return e.Now.CreditLimit.Decimal(), nil
}

type exampleTerms struct {
	discount billing.Fraction
	rate     billing.Rate
}

func prices(now, after exampleTerms) (rows []views.PriceChange) {
	for _, face := range exampleFaces {
		rows = append(rows, views.PriceChange{
			Face: face, Now: billing.Price(face, now.discount, now.rate), After: billing.Price(face, after.discount, after.rate),
		})
	}
	return rows
}
