package webhooks_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/webhooks"
)

func message(url string) webhooks.Message {
	return webhooks.Message{URL: url, ID: "evt_1", At: time.Now(), Body: "{}", Secrets: []string{webhooks.NewSecret()}}
}

func TestNoAddressThatIsNotPublicIsCalledHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	s := webhooks.NewHTTPSender(webhooks.HTTPOptions{Lookup: func(_ context.Context, host string) ([]netip.Addr, error) {
		address, err := netip.ParseAddr(strings.ReplaceAll(strings.TrimSuffix(host, ".example"), "x", ":"))
		return []netip.Addr{address}, err
	}})
	for _, address := range []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.100.100.200",
		"169.254.169.254", "168.63.129.16", "224.0.0.1", "239.255.255.255", "255.255.255.255", "198.18.0.1", "192.0.0.1", "203.0.113.7",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
		"fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2002:7f00:1::", "2001::1", "2001:db8::1",
	} {
		written := address
		if strings.Contains(address, ":") {
			written = "[" + address + "]"
		}
		for _, url := range []string{"https://" + written + "/hook", "https://" + strings.ReplaceAll(address, ":", "x") + ".example/hook"} {
			if a := s.Send(t.Context(), message(url)); a.Problem != billing.ProblemAddress || a.Status != 0 {
				t.Errorf("%s: %+v", url, a)
			}
		}
	}
	for _, address := range []string{"1.1.1.1", "8.8.8.8", "189.240.1.1", "2606:4700::1111", "64:ff9b::101:101", "172.32.0.1", "100.128.0.1"} {
		if !billing.PublicAddress(netip.MustParseAddr(address)) {
			t.Errorf("%s is public", address)
		}
	}
}

// The name leads to a public address when it is looked at, and to this machine when
// it is asked again: what was looked at is what is dialled, or nothing.
func TestANameThatLeadsElsewhereAMomentLaterReachesNothing(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(inside.Close)
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	var asked atomic.Int32
	public, local := netip.MustParseAddr("198.41.0.4"), netip.MustParseAddr("127.0.0.1")
	s := webhooks.NewHTTPSender(webhooks.HTTPOptions{Limit: 300 * time.Millisecond, Lookup: func(context.Context, string) ([]netip.Addr, error) {
		if asked.Add(1)%2 == 1 {
			return []netip.Addr{public}, nil
		}
		return []netip.Addr{local}, nil
	}})
	for i := range 4 {
		a := s.Send(t.Context(), message("http://rebinds.example"+port))
		if a.Status != 0 || i%2 == 1 && a.Problem != billing.ProblemAddress {
			t.Errorf("try %d: %+v", i, a)
		}
	}
	// A name that leads to both is not trusted with either.
	both := webhooks.NewHTTPSender(webhooks.HTTPOptions{Lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{public, local}, nil
	}})
	if a := both.Send(t.Context(), message("http://both.example"+port)); a.Problem != billing.ProblemAddress {
		t.Errorf("both: %+v", a)
	}
	if asked.Load() != 4 || reached.Load() != 0 {
		t.Errorf("asked %d times, reached %d times", asked.Load(), reached.Load())
	}
}

func TestAnAnswerIsReadSoFarAndNoFurther(t *testing.T) {
	t.Parallel()
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write([]byte(strings.Repeat("x", 4096))); err != nil {
				return
			}
		}
	}))
	t.Cleanup(endless.Close)
	s := webhooks.NewHTTPSender(webhooks.HTTPOptions{AllowPrivate: true})
	if a := s.Send(t.Context(), message(endless.URL)); a.Status != 200 || len(a.ResponseBody) != 2048 || a.Problem != "" {
		t.Errorf("status %d, %d bytes, %s", a.Status, len(a.ResponseBody), a.Problem)
	}
}

func TestWhatWentWrongIsTold(t *testing.T) {
	t.Parallel()
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that nobody waits
		<-r.Context().Done()
	}))
	t.Cleanup(hangs.Close)
	closed := httptest.NewServer(nil)
	closed.Close()
	untrusted := httptest.NewTLSServer(nil)
	untrusted.Config.ErrorLog = nil
	t.Cleanup(untrusted.Close)
	s := webhooks.NewHTTPSender(webhooks.HTTPOptions{AllowPrivate: true, Limit: 2 * time.Second})
	for url, want := range map[string]billing.WebhookProblem{
		hangs.URL: billing.ProblemTimeout, closed.URL: billing.ProblemConnection, untrusted.URL: billing.ProblemTLS,
		"https://nobody.invalid/": billing.ProblemName, strings.Replace(closed.URL, "http:", "https:", 1): billing.ProblemConnection,
	} {
		if a := s.Send(t.Context(), message(url)); a.Problem != want {
			t.Errorf("%s: %s, want %s (%s)", url, a.Problem, want, a.Detail)
		}
	}
}

func TestAnEndpointHasToBePublicAndEncrypted(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"https://example.com/hooks": true, "https://hooks.example.com:8443/a?b=c": true, "https://8.8.8.8/": true,
		"http://example.com": false, "https://localhost/": false, "https://printer.local/": false, "https://intranet/": false,
		"https://127.0.0.1/": false, "https://[::1]/": false, "https://169.254.169.254/latest": false, "https://user:word@example.com/": false,
		"https://example.com/#part": false, "ftp://example.com": false, "https://": false, "example.com": false, "": false,
		"https://example.com/" + strings.Repeat("x", 500): false, "https://exa mple.com/": false, "https://metadata.google.internal/": false,
	} {
		e := billing.WebhookEndpoint{URL: url, Events: billing.EventTypes()}
		if err := billing.CheckEndpoint(e, false); (err == nil) != want {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := billing.CheckEndpoint(billing.WebhookEndpoint{URL: "http://localhost:3000/", Events: billing.EventTypes()}, true); err != nil {
		t.Errorf("with the flag: %v", err)
	}
}
