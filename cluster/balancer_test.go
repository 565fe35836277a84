package cluster

// A load balancer as they are: it asks each instance for its readiness, sends orders
// in turn to those that say yes, and never sends one twice.

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	checkEvery = 200 * time.Millisecond
	checkLimit = 10 * time.Second // a busy machine is no reason to send nothing to anybody
	falls      = 3                // bad answers in a row, after which nothing is sent any more
)

type balancer struct {
	*httptest.Server
	next   atomic.Int64
	failed atomic.Int64 // requests that no instance answered

	mu       sync.Mutex
	backends []*backend
}

type backend struct {
	address string
	proxy   *httputil.ReverseProxy
	ready   atomic.Bool
	there   atomic.Bool   // it answered the last time, whatever it said
	checks  chan struct{} // closed: nobody checks any more
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{}
	b.Server = httptest.NewServer(b)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, one := range b.backends {
			close(one.checks)
		}
		b.Close()
	})
	return b
}

// ServeHTTP passes a request on, once.
func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to := b.choose()
	if to == nil {
		b.failed.Add(1)
		http.Error(w, "nobody is ready", http.StatusServiceUnavailable)
		return
	}
	to.proxy.ServeHTTP(w, r)
}

func (b *balancer) choose() *backend {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := func(isGood func(*backend) bool) *backend {
		for range b.backends {
			if one := b.backends[int(b.next.Add(1))%len(b.backends)]; isGood(one) {
				return one
			}
		}
		return nil
	}
	if one := first(func(one *backend) bool { return one.ready.Load() }); one != nil {
		return one
	}
	return first(func(one *backend) bool { return one.there.Load() }) // when none is ready, all are
}

// add has the balancer send orders to an instance as soon as that is ready.
func (b *balancer) add(t *testing.T, address string) *backend {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	one := &backend{address: address, proxy: httputil.NewSingleHostReverseProxy(to), checks: make(chan struct{})}
	one.proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 50}
	one.proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
		b.failed.Add(1)
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
	b.mu.Lock()
	b.backends = append(b.backends, one)
	b.mu.Unlock()
	go one.check()
	return one
}

// check asks until it is told not to any more.
func (one *backend) check() {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for bad := falls; ; {
		ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, one.address+"/readyz", nil)
		if err == nil {
			res, err := http.DefaultClient.Do(req)
			bad++
			if err == nil {
				res.Body.Close()
				if res.StatusCode == http.StatusOK {
					bad = 0
				}
			}
			one.there.Store(err == nil)
			one.ready.Store(bad < falls)
		}
		cancel()
		select {
		case <-one.checks:
			return
		case <-tick.C:
		}
	}
}
