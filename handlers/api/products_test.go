package api

import (
	"net/http"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
)

func TestProductsAreThoseThatTheCallerMayOrder(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("100")
	products := members(t, s.ask(http.MethodGet, "/api/v1/products", key, "").body["data"])
	if len(products) != 1 || products[0]["id"] != "movistar-mx-open" || products[0]["kind"] != "open" || products[0]["minimum"] != "20.00" || products[0]["maximum"] != "200.00" || products[0]["amount"] != nil {
		t.Fatalf("at first: %v", products)
	}
	if prices := members(t, products[0]["prices"]); len(prices) != 4 || prices[1]["amount"] != "50.00" || prices[1]["price"] != "2.7778" {
		t.Errorf("prices are %v", prices)
	}
	actor := billing.Actor{Kind: billing.ActorSystem, Name: "test"}
	limits := billing.Limits{Products: []string{"XOOM_50_MXN", "XOOM_300_MXN"}}
	if err := s.engine.SetLimits(t.Context(), actor, c, billing.Limits{}, limits); err != nil {
		t.Fatal(err)
	}
	if err := s.engine.Pause(t.Context(), actor, billing.Pause{Product: "XOOM_300_MXN", Reason: "a test"}); err != nil {
		t.Fatal(err)
	}
	products = members(t, s.ask(http.MethodGet, "/api/v1/products", key, "").body["data"])
	if len(products) != 2 || products[0]["id"] != "movistar-mx-50" || products[0]["amount"] != "50.00" || products[0]["orderable"] != true || products[1]["orderable"] != false {
		t.Errorf("fixed ones: %v", products)
	}
	a := s.order(key, `{"phone":"5512345678","amount":60,"reference":"r60"}`)
	if a.status != http.StatusUnprocessableEntity || a.text("code") != codeAmount || a.text("detail") != "An amount is one of these: 50.00, 300.00 MXN." || a.body["minimum"] != nil || len(a.body["amounts"].([]any)) != 2 {
		t.Errorf("another amount: %d %s", a.status, a.raw)
	}
	if a := s.order(key, orderOf("r50")); a.status != http.StatusCreated {
		t.Errorf("the fixed amount: %d %s", a.status, a.raw)
	}
	if a := s.order(key, `{"phone":"5512345678","amount":300,"reference":"r300"}`); a.status != http.StatusServiceUnavailable || !strings.Contains(a.text("detail"), "a test") {
		t.Errorf("the paused one: %d %s", a.status, a.raw)
	}
}
