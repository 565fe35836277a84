package torture

// Bad lines between processes: a proxy that cuts, delays and halves.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// proxy stands before one service.
type proxy struct {
	name string
	*toxiproxy.Proxy
}

func newProxy(t testing.TB, name, upstream string) *proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	p := &proxy{name, toxiproxy.NewProxy(server, name, "127.0.0.1:0", upstream)}
	must(t, p.Start())
	t.Cleanup(p.Stop)
	return p
}

// through is an address of the service that leads through the proxy.
func (p *proxy) through(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	u.Host = p.Listen
	return u.String()
}

func hostOf(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	return u.Host
}

// lineFaultKinds are what can be wrong with a line. "away" is no toxic: nobody listens,
// and who was connected is cut off.
var lineFaultKinds = []string{"away", "cut", "delayed", "halved", "mute", "sliced"}

// toxics are the others, on the way there or back. A halved connection ends after so
// many bytes, wherever that is.
var toxics = map[string]string{
	"cut":     `{"type": "reset_peer", "attributes": {"timeout": 0}, "toxicity": 0.5, "stream": "%s"}`,
	"delayed": `{"type": "latency", "attributes": {"latency": 400, "jitter": 300}, "stream": "%s"}`,
	"halved":  `{"type": "limit_data", "attributes": {"bytes": 700}, "stream": "%s"}`,
	"mute":    `{"type": "timeout", "attributes": {"timeout": 0}, "stream": "%s"}`,
	"sliced":  `{"type": "slicer", "attributes": {"average_size": 16, "size_variation": 8, "delay": 200}, "stream": "%s"}`,
}

// spoil makes the line bad until it is mended.
func (p *proxy) spoil(t testing.TB, fault string, rng *rand.Rand) {
	t.Helper()
	if fault == "away" {
		p.Stop()
		return
	}
	stream := []string{"upstream", "downstream"}[rng.IntN(2)]
	_, err := p.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(toxics[fault], stream)))
	must(t, err)
}

func (p *proxy) mend(t testing.TB) {
	t.Helper()
	p.Toxics.ResetToxics(context.Background())
	if !p.Enabled {
		if err := p.Start(); err != nil {
			t.Fatal(fmt.Errorf("the proxy to %s does not come back: %w", p.name, err))
		}
	}
}
