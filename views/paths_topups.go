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
