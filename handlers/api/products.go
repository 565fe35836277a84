package api

// GET /products: what the caller may order.

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var productsOperation = huma.Operation{
	OperationID: "list-products", Method: http.MethodGet, Path: "/products",
	Summary:     views.Term("List products"),
	Description: views.Term("What you may order: an open range of amounts, fixed amounts, or both, with today's price of some. An order names no product: its amount picks the fixed product of exactly that amount, else the open range."),
}

// Product is something that can be ordered.
type Product struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind"`
	Carrier   string         `json:"carrier"`
	Country   string         `json:"country"`
	Currency  string         `json:"currency"`
	Minimum   string         `json:"minimum"`
	Maximum   string         `json:"maximum"`
	Amount    *string        `json:"amount"`
	Orderable bool           `json:"orderable"`
	Prices    []ProductPrice `json:"prices"`
}

// ProductPrice is what an amount of a product costs now.
type ProductPrice struct {
	Amount        string `json:"amount"`
	Price         string `json:"price"`
	PriceCurrency string `json:"price_currency"`
}

// ProductList is all that the caller may order.
type ProductList struct {
	Data []Product `json:"data"`
}

type productsOutput struct{ Body ProductList }

func (a *api) products(ctx context.Context, _ *struct{}) (*productsOutput, error) {
	return within(ctx, readTime, func(ctx context.Context) (*productsOutput, error) {
		terms, err := callOf(ctx).Engine.Terms(ctx, callOf(ctx).customerID)
		if err != nil {
			return nil, err
		}
		if !terms.Rate.IsSet() {
			return nil, billing.ErrNoRate
		}
		list := ProductList{Data: []Product{}}
		for _, offer := range terms.Products.Offers() {
			one, err := productOf(ctx, terms, offer)
			if err != nil {
				return nil, err
			}
			list.Data = append(list.Data, one)
		}
		return &productsOutput{list}, nil
	})
}

// examples are face values of the open range whose prices are shown, besides its ends.
var examples = []string{"50", "100"}

func productOf(ctx context.Context, terms billing.Terms, offer billing.Offer) (Product, error) {
	one := Product{
		ID: offer.Name(), Kind: "fixed", Carrier: "Telefónica/Movistar", Country: "MX", Currency: string(billing.CurrencyMXN),
		Minimum: offer.Min.String(), Maximum: offer.Max.String(), Prices: []ProductPrice{},
	}
	faces := []billing.MXN{offer.Min}
	if offer.Open {
		one.Kind = "open"
		for _, example := range examples {
			if face := billing.MustMXN(example); face.Cmp(offer.Min) > 0 && face.Cmp(offer.Max) < 0 {
				faces = append(faces, face)
			}
		}
		faces = append(faces, offer.Max)
	} else {
		one.Amount = orNull(offer.Min.String())
	}
	for _, face := range faces {
		one.Prices = append(one.Prices, ProductPrice{
			Amount: face.String(), Price: billing.Price(face, terms.Discount, terms.Rate).String(), PriceCurrency: string(billing.CurrencyUSD),
		})
	}
	pauses, err := callOf(ctx).Store.PausesFor(ctx, callOf(ctx).customerID, offer.Product.Code)
	one.Orderable = len(pauses) == 0
	return one, err
}
