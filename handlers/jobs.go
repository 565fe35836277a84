package handlers

// River's own pages about its jobs, behind our sign-in and to look at only: what
// is sent to Latcom is decided by the attempts table, so no hand in the queue's
// tables may cancel, delete or repeat a job.

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"riverqueue.com/riverui"

	"latcom.example/latcom-billing/views"
)

// openJobs prepares the pages; without a window on the queue there are none.
func (s *Site) openJobs() error {
	if s.QueueWindow == nil {
		return nil
	}
	pages, err := riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: riverui.NewEndpoints(s.QueueWindow.Queue, nil), Logger: s.Log, Prefix: views.JobsPath,
	})
	if err != nil {
		return fmt.Errorf("prepare the pages of the queue's jobs: %w", err)
	}
	// Not started: that would count all jobs every ten seconds, whoever looks. It
	// counts when it is asked.
	s.jobs = pages
	return nil
}

// jobRoutes let everybody of the back office look, and nobody do anything.
func (s *Site) jobRoutes(admin *echo.Group) {
	if s.jobs == nil {
		return
	}
	for _, path := range []string{views.JobsPath, views.JobsPath + "/*"} {
		admin.GET(path, s.showJobs)
		admin.Match([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, path, onlyToLookAt)
	}
}

func onlyToLookAt(echo.Context) error { return echo.NewHTTPError(http.StatusMethodNotAllowed) }

// jobsPolicy is ours, and lets River's pages switch transitions off while their
// theme changes.
var jobsPolicy = strings.Replace(policy, "style-src 'self'", "style-src 'self' "+hashOf(noTransitions), 1)

// noTransitions is what River's pages write into a style element, to the letter.
const noTransitions = `*,*::before,*::after{-webkit-transition:none!important;-moz-transition:none!important;-o-transition:none!important;-ms-transition:none!important;transition:none!important}`

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// showJobs answers with one of River's pages, in our frame, or a part of one.
func (s *Site) showJobs(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", jobsPolicy)
	if strings.HasPrefix(c.Request().URL.Path, views.JobsPath+"/assets/") {
		h.Set("Cache-Control", "private, max-age=31536000, immutable") // named by their content
	}
	page := &framed{ResponseWriter: c.Response(), status: http.StatusOK}
	s.jobs.ServeHTTP(page, c.Request())
	if !page.html {
		return nil
	}
	return s.frameJobs(c, page)
}

// framed keeps a page back, and lets everything else through.
type framed struct {
	http.ResponseWriter

	begun, html bool
	status      int
	page        bytes.Buffer
}

// WriteHeader looks at what the answer is.
func (f *framed) WriteHeader(status int) {
	f.begun, f.status = true, status
	f.html = status == http.StatusOK && strings.HasPrefix(f.Header().Get(echo.HeaderContentType), echo.MIMETextHTML)
	if !f.html {
		f.ResponseWriter.WriteHeader(status)
	}
}

func (f *framed) Write(b []byte) (int, error) {
	if !f.begun {
		f.WriteHeader(http.StatusOK)
	}
	if f.html {
		return f.page.Write(b)
	}
	return f.ResponseWriter.Write(b) //nolint:wrapcheck // as it is, to who writes
}

// frameJobs puts our head and our colours around one of River's pages.
func (s *Site) frameJobs(c echo.Context, p *framed) error {
	var head, bar bytes.Buffer
	if err := views.JobsHead().Render(c.Request().Context(), &head); err != nil {
		return fmt.Errorf("draw the head of the jobs' pages: %w", err)
	}
	if err := views.JobsBar(s.reader(c), s.Simulator).Render(c.Request().Context(), &bar); err != nil {
		return fmt.Errorf("draw the bar of the jobs' pages: %w", err)
	}
	page := p.page.String()
	page = strings.Replace(page, "</head>", head.String()+"</head>", 1)
	page = strings.Replace(page, `<div id="root"`, bar.String()+`<div id="root"`, 1)
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(page)))
	return c.HTML(http.StatusOK, page)
}
