// Package api is the resellers' interface: JSON over HTTP, described by its own
// OpenAPI document. It reads requests strictly, calls the engine and the store,
// and writes answers; it knows no SQL, no rule about money and no provider.
package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/views"
)

// Dependencies are what the API is made of.
type Dependencies struct {
	House
	Sandbox *Sandbox // nil: there is none
	Log     *slog.Logger
	BaseURL string // public address, for links; "": from the request
	// Explain gives the reseller's sentence for the row of the outcome policy that
	// refused a top-up; false when it knows none.
	Explain func(row string) (sentence string, ok bool)
	// Frame surrounds the documentation in the reader's language.
	Frame func(c echo.Context, title string) views.Frame
}

const (
	root   = "/api"
	prefix = root + "/v1"
)

// readTime bounds every look into the database; acceptTime what an order may take
// until it is accepted or certainly was not.
const (
	readTime   = 5 * time.Second
	acceptTime = 15 * time.Second
)

type api struct {
	Dependencies
	huma    huma.API
	wrong   *wrongKeys
	batches batches
	docs    views.APIDocs
}

// Mount adds everything under /api to e. Whatever goes wrong there, unknown
// paths and methods included, is answered with a problem document.
func Mount(e *echo.Echo, d Dependencies) { mount(e, d) }

func mount(e *echo.Echo, d Dependencies) *api {
	if d.Cache == nil {
		d.Cache = cache.InProcess(d.Store)
	}
	a := &api{Dependencies: d, wrong: newWrongKeys(d.Cache, time.Now)}
	e.Use(a.answered)
	a.huma = huma.NewAPI(a.config(), adapter{Handler: e, echo: e, guard: a.authenticated, file: a.sendFile})
	a.routes()
	a.oldRoutes(e)
	a.certificateRoutes(e)
	a.finishDocument()
	a.docs = a.docsOf(a.huma.OpenAPI())
	e.GET(views.APIDocsPath, a.showDocs)
	e.HEAD(views.APIDocsPath, a.showDocs)
	e.GET(views.OpenAPIJSONPath, a.showDocument)
	e.HEAD(views.OpenAPIJSONPath, a.showDocument)
	e.RouteNotFound(root+"/*", notFound)
	return a
}

func (a *api) routes() {
	register(a, orderOperation, a.order)
	register(a, listOperation, a.list)
	register(a, showOperation, a.show)
	register(a, balanceOperation, a.balance)
	register(a, quoteOperation, a.quote)
	register(a, numberOperation, a.number)
	register(a, ledgerOperation, a.ledger)
	register(a, batchOperation, a.batch)
	register(a, promiseOperation, a.promise)
	register(a, productsOperation, a.products)
	register(a, statementsOperation, a.statements)
	register(a, statementOperation, a.statement)
}

// headSuffix marks the operation that answers HEAD where another answers GET.
const headSuffix = "-head"

// register adds one operation. Every error that handle returns becomes a problem
// document here, and is logged here if it is ours. What huma could refuse by
// itself is switched off: the contract names the exact code for each mistake.
func register[I, O any](a *api, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	op.Path = prefix + op.Path
	op.SkipValidateParams, op.SkipValidateBody = true, true
	known := map[string]bool{}
	guarded := func(ctx context.Context, in *I) (*O, error) {
		if err := checkQuery(callOf(ctx).http.Request().URL.RawQuery, known); err != nil {
			return nil, a.refuse(ctx, callOf(ctx).http, err)
		}
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.refuse(ctx, callOf(ctx).http, err)
		}
		return out, nil
	}
	huma.Register(a.huma, op, guarded)
	if op.Method == http.MethodGet {
		head := op
		head.Method, head.Hidden, head.OperationID = http.MethodHead, true, op.OperationID+headSuffix
		huma.Register(a.huma, head, guarded)
	}
	for _, p := range operationsOf(a.huma.OpenAPI().Paths[op.Path])[op.Method].Parameters {
		known[p.Name] = p.In == "query"
	}
}

// notFound is reached by paths that do not exist, and by those that do not know
// the method: echo's own 405 is hidden by any page for what was not found.
func notFound(c echo.Context) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		probe := c.Echo().NewContext(nil, nil)
		c.Echo().Router().Find(method, c.Request().URL.Path, probe)
		if !strings.HasSuffix(probe.Path(), "*") {
			allowed = append(allowed, method)
		}
	}
	if allowed == nil {
		return echo.ErrNotFound
	}
	c.Response().Header().Set(echo.HeaderAllow, strings.Join(append(allowed, http.MethodOptions), ", "))
	if c.Request().Method == http.MethodOptions {
		return c.NoContent(http.StatusNoContent)
	}
	return echo.ErrMethodNotAllowed
}

// answered sees to what every answer under /api has in common, and turns errors
// and panics that nobody answered into problem documents.
func (a *api) answered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		if path := c.Request().URL.Path; path != root && !strings.HasPrefix(path, root+"/") {
			return next(c)
		}
		h := c.Response().Header()
		if h.Get(echo.HeaderXRequestID) == "" {
			h.Set(echo.HeaderXRequestID, newRequestID())
		}
		h.Set(echo.HeaderCacheControl, "no-store")
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		if c.Request().ContentLength != 0 {
			limitBody(c, time.Now().Add(bodyTime))
		}
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
					panic(r)
				}
				err = fmt.Errorf("panic: %v", r)
			}
			if err != nil {
				err = a.write(c, a.refuse(c.Request().Context(), c, err))
			}
		}()
		return next(c)
	}
}
