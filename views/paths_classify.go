package views

// The addresses of answers that nobody has classified, and of what operators said about them.

import (
	"net/url"
	"strconv"
)

const (
	ClassificationsPath       = "/admin/classifications" // takes one
	NewClassificationPath     = "/admin/classifications/new"
	ReviewClassificationsPath = "/admin/classifications/review"
)

// ClassifyPath is the form about the answer to an attempt.
func ClassifyPath(attempt int64) string {
	return NewClassificationPath + "?attempt=" + strconv.FormatInt(attempt, 10)
}

// ClassificationPath is one that was recorded; it takes the second operator's word.
func ClassificationPath(id string) string { return ClassificationsPath + "/" + url.PathEscape(id) }
