package handlers

// Exports: what a filter shows as a file. Few rows are sent at once; many become a
// file in the background, which is fetched later.

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/exports"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

const (
	exportsShown = 50
	fileTime     = "20060102-150405"
)

// desk is where exports are asked for: in the back office, or by a customer.
type desk struct {
	paths views.ExportPaths
	scope func(echo.Context) store.ExportScope
	actor func(echo.Context) billing.Actor
	query func(echo.Context) (*topUpQuery, error)
	frame func(c echo.Context, title string) (views.Frame, error)
	wrong func(echo.Context, *topUpQuery) error // the list, which says what is wrong with its filter
}

func (s *Site) adminDesk() desk {
	return desk{
		paths: views.AdminExports, scope: func(echo.Context) store.ExportScope { return 0 }, actor: actor, query: s.adminTopUpQuery,
		frame: func(c echo.Context, title string) (views.Frame, error) {
			return s.adminFrame(c, title, views.AdminExports.Exports)
		},
		wrong: func(c echo.Context, q *topUpQuery) error {
			list, err := s.topUpList(c, q)
			if err != nil {
				return err
			}
			return renderTopUps(c, http.StatusUnprocessableEntity, list)
		},
	}
}

func (s *Site) ownDesk() desk {
	return desk{
		paths: views.DashboardExports, actor: memberActor, query: s.ownTopUpQuery,
		scope: func(c echo.Context) store.ExportScope { return store.ExportScope(member(c).CustomerID) },
		frame: func(c echo.Context, title string) (views.Frame, error) {
			customer, err := s.ownCustomer(c)
			return s.dashboardFrame(c, customer, title, views.DashboardTopUpsPath), err
		},
		wrong: func(c echo.Context, q *topUpQuery) error {
			h, err := s.historyOf(c, q)
			if err != nil {
				return err
			}
			return renderHistory(c, http.StatusUnprocessableEntity, h)
		},
	}
}

// exportRoutes are the same in both places.
func (s *Site) exportRoutes(group *echo.Group, d desk) {
	group.GET(d.paths.CSV, func(c echo.Context) error { return s.export(c, d, billing.FormatCSV) })
	group.GET(d.paths.XLSX, func(c echo.Context) error { return s.export(c, d, billing.FormatXLSX) })
	group.GET(d.paths.Exports, func(c echo.Context) error { return s.listExports(c, d) })
	group.GET(d.paths.New(), func(c echo.Context) error { return s.newExport(c, d) })
	group.POST(d.paths.Exports, func(c echo.Context) error { return s.makeExport(c, d) })
	group.GET(d.paths.One(":id"), func(c echo.Context) error { return s.showExport(c, d) })
	group.GET(d.paths.File(":id"), func(c echo.Context) error { return s.fetchExport(c, d) })
	group.POST(d.paths.Cancel(":id"), func(c echo.Context) error { return s.cancelExport(c, d) })
}

func (s *Site) listExports(c echo.Context, d desk) error {
	page := views.Exports{Paths: d.paths}
	var err error
	if page.Exports, err = s.Store.Exports(c.Request().Context(), d.scope(c), exportsShown); err != nil {
		return err
	}
	if page.Frame, err = d.frame(c, s.reader(c).T("Exports")); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ExportsPage(page))
}

// newExport asks before it makes a big file.
func (s *Site) newExport(c echo.Context, d desk) error {
	format := formatOf(c.QueryParam("format"))
	without := c.Request().URL.Query()
	without.Del("format")
	c.Request().URL.RawQuery = without.Encode()
	q, err := d.query(c)
	if err != nil {
		return err
	}
	if q.wrong() {
		return d.wrong(c, q)
	}
	return s.renderNewExport(c, d, views.NewExport{Filter: q.TopUpFilter, Format: format, ID: uuid.NewString()}, http.StatusOK)
}

func (s *Site) renderNewExport(c echo.Context, d desk, page views.NewExport, status int) (err error) {
	page.Paths = d.paths
	if page.Frame, err = d.frame(c, s.reader(c).T("Export")); err != nil {
		return err
	}
	return render(c, status, views.NewExportPage(page))
}

func formatOf(name string) billing.ExportFormat {
	if name == string(billing.FormatXLSX) {
		return billing.FormatXLSX
	}
	return billing.FormatCSV
}

// makeExport queues a file. The form carries its id: sent twice, it is made once.
func (s *Site) makeExport(c echo.Context, d desk) error {
	ctx := c.Request().Context()
	id, err := uuid.Parse(c.FormValue("id"))
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	e := billing.Export{ID: id, Format: formatOf(c.FormValue("format"))}
	c.Request().URL.RawQuery = c.FormValue("query")
	q, err := d.query(c)
	if err != nil {
		return err
	}
	if q.wrong() || q.hasPlace() {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	e.Query, e.Filter = q.Typed.Encode(), q.Filter
	who := d.actor(c)
	if e.OperatorID = who.ID; who.Kind == billing.ActorMember {
		customerID := member(c).CustomerID
		e.OperatorID, e.MemberID, e.CustomerID = nil, who.ID, &customerID
	}
	err = s.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.RequestExport(ctx, e); err != nil {
			return err
		}
		return tx.Audit(ctx, who, exportAct("export.requested", e))
	})
	if errors.Is(err, billing.ErrTooMany) {
		problem := s.reader(c).T("%s files are in the making: wait until one is ready, or cancel it", views.Integer(billing.MostOpenExports))
		return s.renderNewExport(c, d, views.NewExport{Filter: q.TopUpFilter, Format: e.Format, ID: e.ID.String(), Problem: problem}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return seeOther(c, d.paths.Exports)
}

func exportAct(action string, e billing.Export) store.Did {
	return store.Did{
		Action: action, CustomerID: e.CustomerID, Subject: e.ID.String(),
		After: map[string]string{"format": string(e.Format), "filter": e.Query},
	}
}

// oneExport reads the export of an address; another's is not found.
func (s *Site) oneExport(c echo.Context, d desk) (billing.Export, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return billing.Export{}, billing.ErrNotFound
	}
	return s.Store.Export(c.Request().Context(), d.scope(c), id)
}

func (s *Site) showExport(c echo.Context, d desk) error {
	e, err := s.oneExport(c, d)
	if err != nil {
		return err
	}
	if swaps(c, "export-"+e.ID.String()) {
		f := s.frame(c, "")
		return render(c, http.StatusOK, views.Exports{Frame: f, Paths: d.paths}.One(e))
	}
	page := views.Exports{Paths: d.paths, Exports: []billing.Export{e}, Alone: true}
	if page.Frame, err = d.frame(c, s.reader(c).T("Export")); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ExportsPage(page))
}

// fetchExport hands the file out, whole or in ranges.
func (s *Site) fetchExport(c echo.Context, d desk) error {
	e, err := s.oneExport(c, d)
	if err != nil {
		return err
	}
	if !e.HasFile(time.Now()) {
		return billing.ErrNotFound
	}
	file, err := s.Exports.Open(e)
	if err != nil {
		return err
	}
	defer file.Close()
	ctx := c.Request().Context()
	err = s.Store.InTx(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, d.actor(c), exportAct("export.fetched", e)) })
	if err != nil {
		return err
	}
	attach(c, exports.ContentType(e.Format), "top-ups-"+e.RequestedAt.In(s.Zone).Format(fileTime)+"."+string(e.Format))
	c.Response().Header().Set("ETag", `"`+e.SHA256+`"`)
	http.ServeContent(c.Response(), c.Request(), "", *e.FinishedAt, file)
	return nil
}

// cancelExport gives an open export up; one that has ended stays as it is.
func (s *Site) cancelExport(c echo.Context, d desk) error {
	e, err := s.oneExport(c, d)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	err = s.Store.InTx(ctx, func(tx *store.Tx) error {
		cancelled, err := tx.CancelExport(ctx, d.scope(c), e.ID)
		if err != nil || !cancelled {
			return err
		}
		return tx.Audit(ctx, d.actor(c), exportAct("export.cancelled", e))
	})
	if err != nil {
		return err
	}
	return seeOther(c, d.paths.Exports)
}
