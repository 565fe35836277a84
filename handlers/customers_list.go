package handlers

// The list of customers: searched, sorted, by level.

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// sellersShown bounds the list: beyond it, a search finds more than a look.
const sellersShown = 300

func (s *Site) listCustomers(c echo.Context) error {
	if path, untidy := tidy(c); untidy {
		return seeOther(c, path)
	}
	f, err := s.adminFrame(c, s.reader(c).T("Customers"), views.CustomersPath)
	if err != nil {
		return err
	}
	list := views.CustomerList{
		Frame: f, Zone: s.Zone, Search: strings.TrimSpace(c.QueryParam("q")), MayMake: operator(c).Role.MayManage(),
		Sort: views.CustomerSort(c.QueryParam("sort")).Known(), Level: knownLevel(c.QueryParam("level")),
	}
	sellers, err := s.sellers(c.Request().Context(), list.Search, time.Now())
	if err != nil {
		return err
	}
	list.Low, list.Medium, list.Good = countLevels(sellers)
	if list.Level != "" {
		sellers = slices.DeleteFunc(sellers, func(seller views.Seller) bool { return seller.Level() != list.Level })
	}
	sortSellers(sellers, list.Sort)
	list.Found, list.Rows = len(sellers), sellers[:min(len(sellers), sellersShown)]
	if swaps(c, "customers") {
		return render(c, http.StatusOK, views.Customers(list))
	}
	return render(c, http.StatusOK, views.CustomersPage(list))
}

func knownLevel(name string) billing.Level {
	switch level := billing.Level(name); level {
	case billing.LevelLow, billing.LevelMedium, billing.LevelGood:
		return level
	}
	return ""
}

// sortSellers keeps those that are alike in the order of their names.
func sortSellers(sellers []views.Seller, by views.CustomerSort) {
	compare := map[string]func(a, b views.Seller) int{
		views.SortName:      func(views.Seller, views.Seller) int { return 0 }, // the store did it
		views.SortAvailable: func(a, b views.Seller) int { return a.Available().Cmp(b.Available()) },
		views.SortRunway:    soonest,
		views.SortToday:     func(a, b views.Seller) int { return cmp.Compare(a.Today, b.Today) },
	}[by.Column()]
	if by.Column() == views.SortName && by.Descending() {
		slices.Reverse(sellers)
		return
	}
	slices.SortStableFunc(sellers, func(a, b views.Seller) int {
		if by.Descending() {
			return compare(b, a)
		}
		return compare(a, b)
	})
}
