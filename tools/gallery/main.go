// Gallery shows every block of views/ui and the three frames with made-up values, over loopback and under the
// product's own policy: go run ./tools/gallery, then node tools/shots.mjs. It is no part of the product.
package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/a-h/templ"

	"latcom.example/latcom-billing/static"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func main() {
	address := "127.0.0.1:7777"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static.Files)))
	mux.HandleFunc("GET /sheet", page(sheet))
	mux.HandleFunc("GET /admin", page(overview))
	mux.HandleFunc("GET /admin/topups", page(topUps))
	mux.HandleFunc("GET /dashboard", page(dashboard))
	mux.HandleFunc("GET /admin/sign-in", page(signIn))
	mux.HandleFunc("GET /error", page(broken))
	mux.HandleFunc("GET /admin/live", live)
	mux.HandleFunc("GET /dashboard/live", live)
	mux.HandleFunc("POST /language", language)
	mux.HandleFunc("GET /fresh", page(func(views.Frame) templ.Component { return fresh(time.Now().UnixNano()) }))
	mux.HandleFunc("POST /slow", func(w http.ResponseWriter, r *http.Request) {
		slog.InfoContext(r.Context(), "sent once")
		<-time.After(time.Second)
		http.Redirect(w, r, "/sheet", http.StatusSeeOther)
	})
	slog.Info("gallery", "at", "http://"+address+"/sheet")
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	if err := server.ListenAndServe(); err != nil {
		slog.Error("gallery", "error", err)
		os.Exit(1)
	}
}

func page(draw func(views.Frame) templ.Component) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := draw(frame(r)).Render(r.Context(), w); err != nil {
			slog.ErrorContext(r.Context(), "drawing", "path", r.URL.Path, "error", err)
		}
	}
}

func frame(r *http.Request) views.Frame {
	reader := views.Reader{Language: views.English, Zone: time.FixedZone("CST", -6*3600), Now: time.Date(2026, 3, 12, 21, 42, 8, 0, time.UTC)}
	if chosen := r.URL.Query().Get("language"); chosen != "" {
		reader.Language = views.Language(chosen)
	}
	f := views.Frame{
		Reader: reader, Title: reader.T("Overview"), Current: r.URL.Path, Here: r.URL.RequestURI(), CSRF: "token",
		Simulator: r.URL.Query().Has("simulator"),
		Operator:  views.Person{Name: "Diego Ríos", Role: "Finance", Initials: "DR"},
		Member:    views.Person{Name: "Laura Campos", Role: "laura@enviadespensa.mx", Initials: "LC"},
		Company:   "EnviaDespensa",
	}
	if r.URL.Query().Has("flash") {
		f.Flash = &ui.Toast{Head: "Credit recorded", Text: "+2,500.00 USD for Recargas del Norte"}
	}
	return f
}

// language keeps no cookie: the address says it.
func language(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/sheet?language="+url.QueryEscape(r.FormValue("language")), http.StatusSeeOther)
}

// live beats as the product does.
func live(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 1000 {
		event := "event: beat\ndata:\n\n"
		if i%2 == 1 {
			event = "event: change\ndata: 3\n\n"
		}
		if _, err := fmt.Fprint(w, event); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(time.Second):
		}
	}
}
