package billing

// Which addresses a webhook may be sent to: those of the public internet alone.

import "net/netip"

// notPublic are IANA's special-purpose ranges, and what clouds keep secrets behind.
var notPublic = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // Azure's own, reachable from each of its machines
	"2001::/23",        // protocol assignments, Teredo among them
	"2001:db8::/32", "2002::/16", "3fff::/20",
)

// global is all that IPv6 has given to the public so far.
var global = netip.MustParsePrefix("2000::/3")

// nat64 wraps an IPv4 address in its last four bytes.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// PublicAddress says whether an address belongs to the public internet: not to a
// private network, this machine, this link, a carrier's NAT, multicast, nor a
// cloud's metadata, however it is written.
func PublicAddress(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if nat64.Contains(a) {
		wrapped := a.As16()
		a = netip.AddrFrom4([4]byte(wrapped[12:]))
	}
	if !a.IsValid() || a.Is6() && !global.Contains(a) {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
