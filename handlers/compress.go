package handlers

// Pages go out compressed to browsers that take it; so do the static files, which
// are compressed once (static.go). Streams, files and what programs ask for stay
// as they are.

import (
	"compress/gzip"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// worthIt is the size from which compressing a page pays, in bytes.
const worthIt = 1400 // one packet

// compressed compresses HTML, and the API's description, when they are written
// whole.
func compressed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !takesGzip(c.Request()) || strings.HasPrefix(c.Request().URL.Path, "/api/v1/") {
			return next(c)
		}
		response := c.Response()
		plain := response.Writer
		w := &compressor{ResponseWriter: plain}
		response.Writer = w
		defer func() { response.Writer = plain }()
		if err := next(c); err != nil {
			c.Error(err) // the error's page is compressed as well
		}
		return w.close()
	}
}

func takesGzip(r *http.Request) bool {
	for encoding := range strings.SplitSeq(r.Header.Get(echo.HeaderAcceptEncoding), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(encoding), ";")
		if name == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

var gzips = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.DefaultCompression) // the level is one that there is
	return w
}}

// compressor waits for the first bytes: they say whether compressing pays.
type compressor struct {
	http.ResponseWriter
	status int
	zip    *gzip.Writer
	begun  bool
}

// Unwrap lets streams flush.
func (w *compressor) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader is put off until the first bytes.
func (w *compressor) WriteHeader(status int) {
	w.status = status
	if bodyless(status) || !compressible(w.Header()) {
		w.begin(false)
	}
}

func bodyless(status int) bool {
	return status < http.StatusOK || status == http.StatusNoContent || status == http.StatusNotModified || status >= 300 && status < 400
}

func compressible(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get(echo.HeaderContentType), ";")
	return h.Get(echo.HeaderContentEncoding) == "" && (kind == echo.MIMETextHTML || strings.HasSuffix(kind, "json"))
}

func (w *compressor) begin(zip bool) {
	if w.begun {
		return
	}
	w.begun = true
	if zip {
		h := w.Header()
		h.Set(echo.HeaderContentEncoding, "gzip")
		h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
		h.Del(echo.HeaderContentLength)
		w.zip = gzips.Get().(*gzip.Writer) //nolint:forcetypeassert // nothing else is in it
		w.zip.Reset(w.ResponseWriter)
		w.zip.Extra = padding()
	}
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
}

// padding blurs the length of a page: who may choose a part of it (a search word)
// and sees how long it gets learns nothing about the rest (BREACH).
func padding() []byte {
	var length [1]byte
	_, _ = rand.Read(length[:]) // never fails
	return make([]byte, 4+int(length[0])/3)
}

func (w *compressor) Write(b []byte) (int, error) {
	if !w.begun {
		w.begin(len(b) >= worthIt && compressible(w.Header()))
	}
	if w.zip != nil {
		return w.zip.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

func (w *compressor) close() error {
	if !w.begun && w.status != 0 {
		w.begin(false)
	}
	if w.zip == nil {
		return nil
	}
	err := w.zip.Close()
	gzips.Put(w.zip)
	return err
}
