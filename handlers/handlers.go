// Package handlers turns HTTP requests into calls on the store and the top-up
// engine, and their answers into pages, fragments and CSV; handlers/api does the
// same for resellers' programs. It holds no SQL and no rule about money.
package handlers

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/alerting"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/exports"
	"latcom.example/latcom-billing/handlers/api"
	"latcom.example/latcom-billing/mail"
	"latcom.example/latcom-billing/seal"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/telemetry"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/webhooks"
)

// Site is what the pages and the API are made of; contract §4 says what each
// setting means.
type Site struct {
	Store          *store.Store
	Engine         *topup.Engine
	Cache          *cache.Cache // of Store; nil: one of this process alone is made
	Sandbox        *api.Sandbox // the second house; nil: there is none
	Books          *bookkeeper.Keeper
	Readiness      *Readiness // what load balancers are told; nil: as long as the engine works
	Log            *slog.Logger
	AdminKey       string
	SecretKey      string
	SecretKeyOld   string // of the rotation before; may be empty
	BaseURL        string // "": from the request
	Simulator      bool
	Zone           *time.Location // the business day
	TrustedProxies []*net.IPNet
	MetricsToken   string
	Version        string
	Exports        *exports.Runner     // hands out the files that it made
	Courier        *webhooks.Courier   // tells customers' programs of events
	Messenger      *alerting.Messenger // tells people of alerts
	Recorder       *telemetry.Recorder // of what happens in this process; nil: one of its own
	Tracing        *telemetry.Tracing  // nil: nobody traces
	Mail           *mail.Sender        // nil: links are shown to whoever makes them
	Settings       []Setting           // in force
	QueueWindow    *store.QueueWindow  // for looking at jobs; nil: nobody can
	// Explain says in words what a row of the outcome policy means.
	Explain func(row string) (billing.Explanation, bool)

	cookies     *sessions.CookieStore
	usual       *shared[map[int64]billing.Spending] // of today's weekday, by customer
	overviewNow *shared[overviewNow]
	overviewDay *shared[overviewDay]
	floatNow    *shared[views.FloatFigures]
	floatPace   *shared[billing.FloatPace]
	floatPast   *floatPast // of the days that the float's page shows
	floatToday  *floatPast
	box         *seal.Box
	door        *access.Door
	jobs        http.Handler // River's own pages
}

// New returns the whole site; its routes are on one page, routes.go.
func New(site Site) (*echo.Echo, error) {
	if err := proveErrorPage(); err != nil {
		return nil, err
	}
	s := &site
	cookies, err := newCookies(s.SecretKey, s.SecretKeyOld)
	if err != nil {
		return nil, err
	}
	s.cookies = cookies
	if s.Cache == nil {
		s.Cache = cache.InProcess(s.Store)
	}
	s.openOverview()
	if s.box, err = seal.New(s.SecretKey, s.SecretKeyOld); err != nil {
		return nil, err
	}
	if err := s.openJobs(); err != nil {
		return nil, err
	}
	s.door = access.New(s.Store, s.box)
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.fail
	e.IPExtractor = s.addresses()
	s.measure()
	e.Use(middleware.RequestIDWithConfig(middleware.RequestIDConfig{TargetHeader: "X-Request-Id"}), s.identified, s.measured, s.traced, compressed, s.recovered, s.secured)
	e.GET("/metrics", s.metrics())
	s.routes(e)
	api.Mount(e, api.Dependencies{
		House: api.House{Store: s.Store, Engine: s.Engine, Books: s.Books, Cache: s.Cache}, Sandbox: s.Sandbox, Log: s.Log, BaseURL: s.BaseURL, Frame: s.frame,
		Explain: func(row string) (string, bool) {
			explanation, ok := s.Explain(row)
			return explanation.ResellerEnglish, ok
		},
	})
	return e, nil
}

// addresses says whose word on the client's address counts.
func (s *Site) addresses() echo.IPExtractor {
	if len(s.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, proxy := range s.TrustedProxies {
		trust = append(trust, echo.TrustIPRange(proxy))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// policy is what a page of ours may load: nothing from elsewhere, nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured sets the headers that every answer carries.
func (s *Site) secured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		if s.secure(c) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !strings.HasPrefix(c.Request().URL.Path, "/static/") {
			h.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

// secure says whether the browser reached us over TLS, itself or through a proxy
// of ours.
func (s *Site) secure(c echo.Context) bool {
	if c.Request().TLS != nil || strings.HasPrefix(s.BaseURL, "https://") {
		return true
	}
	return len(s.TrustedProxies) > 0 && c.Request().Header.Get("X-Forwarded-Proto") == "https"
}

// recovered turns a panic into an error, so that it is logged once and answered.
func (s *Site) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
					panic(r)
				}
				err = fmt.Errorf("panic: %v at %s", r, callers())
			}
		}()
		return next(c)
	}
}

// frame is what surrounds a page for who asks.
func (s *Site) frame(c echo.Context, title string) views.Frame {
	token, _ := c.Get(middleware.DefaultCSRFConfig.ContextKey).(string)
	return views.Frame{
		Reader: s.reader(c), Title: title, Here: c.Request().URL.RequestURI(), CSRF: token, Simulator: s.Simulator,
		Flash: s.flash(c), KeysOff: keysOff(c),
	}
}
