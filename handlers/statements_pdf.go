package handlers

// A statement as PDF.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/paper"
)

func (s *Site) printStatement(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	return s.sendPDF(c, customer)
}

func (s *Site) printOwnStatement(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	return s.sendPDF(c, customer)
}

// sendPDF draws the month that the address names, whole, before it is sent.
func (s *Site) sendPDF(c echo.Context, customer billing.Customer) error {
	st, err := s.statement(c, customer.ID)
	if err != nil {
		return err
	}
	file, err := paper.Statement{Reader: s.reader(c), Statement: st, Customer: customer, Simulator: s.Simulator}.PDF()
	if err != nil {
		return err
	}
	attach(c, "application/pdf", statementName(customer, st)+".pdf")
	return c.Blob(http.StatusOK, "application/pdf", file)
}
