package api

// Wrong keys, limited by address before anything is looked up.

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"latcom.example/latcom-billing/cache"
)

// An address may show wrongBurst wrong keys at once, and then one every
// wrongEvery (GCRA): of each instance, and over all of them while they share a Redis.
// A right key of 160 bits is not found by guessing.
const (
	wrongBurst = 30
	wrongEvery = 2 * time.Second

	addressesKept = 10_000
	keysKept      = 10_000
)

type wrongKeys struct {
	now    func() time.Time
	shared *cache.Cache

	mu    sync.Mutex
	until map[string]time.Time  // by address: when all its wrong keys are forgotten
	known map[[32]byte]struct{} // hashes of keys that were right: never limited
}

func newWrongKeys(shared *cache.Cache, now func() time.Time) *wrongKeys {
	return &wrongKeys{now: now, shared: shared, until: map[string]time.Time{}, known: map[[32]byte]struct{}{}}
}

// blocked says how long to wait before a key of this address is looked up again;
// 0: it is looked up now. A key that was right before always is: a stranger
// behind the same address, or a proxy that we do not trust, locks nobody out.
func (w *wrongKeys) blocked(ctx context.Context, address string, hash []byte) time.Duration {
	ahead, known := w.ahead(address, hash)
	if known {
		return 0
	}
	return max(0, max(ahead, w.shared.WrongKey(ctx, network(address), 0))-(wrongBurst-1)*wrongEvery)
}

// ahead says when this instance will have forgotten all wrong keys of an address.
func (w *wrongKeys) ahead(address string, hash []byte) (ahead time.Duration, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, known = w.known[[32]byte(hash)]
	return w.until[network(address)].Sub(w.now()), known
}

// saw counts a wrong key.
func (w *wrongKeys) saw(ctx context.Context, address string) {
	w.shared.WrongKey(ctx, network(address), wrongEvery)
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if len(w.until) >= addressesKept {
		w.forget(now)
	}
	from := w.until[network(address)]
	if from.Before(now) {
		from = now
	}
	w.until[network(address)] = from.Add(wrongEvery)
}

// forget makes room: first what has no effect any more, and if that is nothing,
// everything. The memory of a flood from many addresses is bounded.
func (w *wrongKeys) forget(now time.Time) {
	for address, until := range w.until {
		if until.Before(now) {
			delete(w.until, address)
		}
	}
	if len(w.until) >= addressesKept {
		clear(w.until)
	}
}

// knows remembers a key that was right.
func (w *wrongKeys) knows(hash []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.known) >= keysKept {
		clear(w.known)
	}
	w.known[[32]byte(hash)] = struct{}{}
}

// network is what one attacker has of addresses: one of IPv4, a /64 of IPv6.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	subnet, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return subnet.String()
}
