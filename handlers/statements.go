package handlers

// Statements: every month of an account, for operators and for the customer
// itself, whose own they always are.

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// statement reads the month that the address names. One that has not begun, or
// is before the account's first entry, is not there.
func (s *Site) statement(c echo.Context, customerID int64) (billing.Statement, error) {
	first, err := time.Parse("2006-01", c.QueryParam("month"))
	if err != nil || first.After(s.Books.Today()) {
		return billing.Statement{}, billing.ErrNotFound
	}
	st, err := s.Books.Statement(c.Request().Context(), customerID, first, first.AddDate(0, 1, -1))
	if err == nil && st.Closing.Number == 0 {
		return st, billing.ErrNotFound
	}
	return st, err
}

func (s *Site) listStatements(c echo.Context) error {
	v, err := s.customerView(c, views.StatementsPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	months, err := s.Books.Months(c.Request().Context(), v.Customer.ID)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.CustomerStatementsPage(v, views.StatementList{Months: months, Path: views.StatementPath(v.Customer.Code)}))
}

func (s *Site) showStatement(c echo.Context) error {
	v, err := s.customerView(c, views.StatementsPath)
	if err != nil {
		return err
	}
	st, err := s.statement(c, v.Customer.ID)
	if err != nil {
		return err
	}
	code := v.Customer.Code
	return render(c, http.StatusOK, views.CustomerStatementPage(v, views.StatementView{
		Statement: st, Path: views.StatementPath(code), ListPath: views.StatementsPath(code),
		CSVPath: views.StatementCSVPath(code), PDFPath: views.StatementPDFPath(code),
	}))
}

func (s *Site) exportStatement(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	st, err := s.statement(c, customer.ID)
	if err != nil {
		return err
	}
	return s.streamStatement(c, customer, st, operatorLedgerColumns)
}

func (s *Site) listOwnStatements(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	months, err := s.Books.Months(c.Request().Context(), customer.ID)
	if err != nil {
		return err
	}
	f := s.dashboardFrame(c, customer, s.reader(c).T("Statements"), views.DashboardStatementsPath)
	return render(c, http.StatusOK, views.DashboardStatementsPage(f, views.StatementList{Months: months, Path: views.DashboardStatementPath}))
}

func (s *Site) showOwnStatement(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	st, err := s.statement(c, customer.ID)
	if err != nil {
		return err
	}
	r := s.reader(c)
	f := s.dashboardFrame(c, customer, r.T("Statement of %s", r.Month(st.From)), views.DashboardStatementsPath)
	return render(c, http.StatusOK, views.DashboardStatementPage(f, views.StatementView{
		Statement: st, Path: views.DashboardStatementPath, ListPath: views.DashboardStatementsPath,
		CSVPath: views.DashboardStatementCSVPath, PDFPath: views.DashboardStatementPDFPath,
	}))
}

func (s *Site) exportOwnStatement(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	st, err := s.statement(c, customer.ID)
	if err != nil {
		return err
	}
	return s.streamStatement(c, customer, st, ownLedgerColumns)
}
