package views

import (
	"net/url"
	"strconv"
)

// Addresses around the list of top-ups.

const (
	SavedViewsPath = "/admin/topups/views"
	ListLookPath   = "/admin/topups/look"
)

// ForgetViewPath removes a saved view.
func ForgetViewPath(id int64) string { return savedViewPath(strconv.FormatInt(id, 10)) }

func savedViewPath(id string) string { return SavedViewsPath + "/" + url.PathEscape(id) + "/forget" }

// ForgetViewRoute is ForgetViewPath with the name of its parameter.
var ForgetViewRoute = savedViewPath(":id")

// ExportPaths are the addresses of exports: the back office's, or a customer's own.
type ExportPaths struct {
	List      string // of top-ups
	CSV, XLSX string // at once
	Exports   string // in the background
}

// The two places that exports are made in.
var (
	AdminExports     = ExportPaths{List: AdminTopUpsPath, CSV: AdminCSVPath, XLSX: "/admin/topups.xlsx", Exports: "/admin/exports"}
	DashboardExports = ExportPaths{List: DashboardTopUpsPath, CSV: DashboardCSVPath, XLSX: "/dashboard/topups.xlsx", Exports: "/dashboard/exports"}
)

// New asks whether a file is to be made.
func (p ExportPaths) New() string { return p.Exports + "/new" }

// One is how far one export is.
func (p ExportPaths) One(id string) string { return p.Exports + "/" + url.PathEscape(id) }

// File is the file itself.
func (p ExportPaths) File(id string) string { return p.One(id) + "/file" }

// Cancel gives it up.
func (p ExportPaths) Cancel(id string) string { return p.One(id) + "/cancel" }

const (
	// SearchPath finds customers, top-ups, pages and actions: a page, and the palette's results.
	SearchPath = "/admin/search"
	// ShortcutsPath lists the keys, and takes whether single ones are wanted.
	ShortcutsPath = "/admin/shortcuts"
)
