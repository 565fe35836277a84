package handlers_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/static"
)

// packed is an answer as it came over the wire.
type packed struct {
	status int
	header http.Header
	body   io.Reader
}

// raw asks without Go's own unpacking.
func (v visitor) raw(path, encoding string) packed {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", encoding)
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { response.Body.Close() })
	return packed{response.StatusCode, response.Header, response.Body}
}

func TestPagesAndFilesGoOutCompressedToWhoTakesIt(t *testing.T) {
	t.Parallel()
	v := openOffice(t).as(t, billing.RoleViewer)
	for _, path := range []string{"/admin", "/admin/nowhere", "/api/docs", "/api/openapi.json", static.Path("app.css"), static.Path("vendor/htmx.min.js"), static.Path("icons.svg")} {
		small, plain := v.raw(path, "br;q=1, gzip"), v.raw(path, "identity")
		if small.header.Get("Content-Encoding") != "gzip" || plain.header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %q for who takes gzip, %q for who does not", path, small.header.Get("Content-Encoding"), plain.header.Get("Content-Encoding"))
			continue
		}
		if !strings.Contains(strings.Join(small.header.Values("Vary"), ","), "Accept-Encoding") || small.status != plain.status {
			t.Errorf("%s: %d with %v", path, small.status, small.header)
		}
		zipped, err := gzip.NewReader(small.body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(zipped)
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(plain.body)
		if err != nil || len(got) == 0 || len(got)-len(want) > 20 || len(want)-len(got) > 20 { // moments differ
			t.Errorf("%s: %d bytes unpacked, %d plain", path, len(got), len(want))
		}
	}
}

func TestWhatIsPackedAlreadyOrStreamsIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	v := openOffice(t).as(t, billing.RoleViewer)
	for _, path := range []string{static.Path("fonts/geist.woff2"), "/admin/topups.csv", "/healthz", "/admin/live", "/api/v1/balance"} {
		if got := v.raw(path, "gzip"); got.header.Get("Content-Encoding") != "" {
			t.Errorf("%s is %s", path, got.header.Get("Content-Encoding"))
		}
	}
	if got := v.raw("/admin", "gzip;q=0"); got.header.Get("Content-Encoding") != "" {
		t.Error("gzip is sent to who refuses it")
	}
}

// The first load is measured as a browser counts it.
func TestTheFirstLoadIsSmall(t *testing.T) {
	t.Parallel()
	v := openOffice(t).as(t, billing.RoleViewer)
	bytes := 0
	paths := []string{"/admin"}
	for _, name := range []string{"app.css", "app.js", "theme.js", "icons.svg", "favicon.svg", "fonts/geist.woff2", "fonts/geist-mono.woff2", "vendor/htmx.min.js", "vendor/sse.min.js"} {
		paths = append(paths, static.Path(name))
	}
	for _, path := range paths {
		body, err := io.ReadAll(v.raw(path, "gzip").body)
		if err != nil {
			t.Fatal(err)
		}
		bytes += len(body)
	}
	t.Logf("%d bytes", bytes)
	if bytes > 150_000 {
		t.Errorf("the overview's first load is %d bytes", bytes)
	}
}
