package billing

// What a customer's orders are limited by, besides its credit.

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Limits are a customer's own: a range of face values within the general one, what
// it may spend on a business day, how often and from where its programs may call.
type Limits struct {
	Min, Max *MXN // nil: the general range's
	DailyCap *USD // nil: none
	RequestLimit
	Guard    int            // minutes within which the same phone and amount again asks for leave; 0: off
	Networks []netip.Prefix // none: from anywhere
	Products []string       // codes of those that may be ordered; none: the open range alone
}

// What limits may be at most.
const (
	MostRequestsPerMinute = 100_000
	MostNetworks          = 50
	LongestGuard          = 24 * 60 // minutes
)

// Check says what is wrong with limits, field by field (min, max, daily_cap,
// requests, burst, guard, networks); lowest and highest are the general range. Nil when nothing is.
func (l Limits) Check(lowest, highest MXN) error {
	wrong := ValidationError{}
	least, most := lowest, highest
	if l.Min != nil {
		least = *l.Min
	}
	if l.Max != nil {
		most = *l.Max
	}
	switch {
	case least.Cmp(lowest) < 0 || least.Cmp(highest) > 0:
		wrong["min"] = "It lies within the general range"
	case most.Cmp(lowest) < 0 || most.Cmp(highest) > 0:
		wrong["max"] = "It lies within the general range"
	case least.Cmp(most) > 0:
		wrong["max"] = "The highest amount is not below the lowest"
	}
	if l.DailyCap != nil && l.DailyCap.Sign() <= 0 {
		wrong["daily_cap"] = "Write an amount above zero, or leave it empty"
	}
	l.wrongIn(wrong)
	if l.Guard < 0 || l.Guard > LongestGuard {
		wrong["guard"] = "Write whole minutes from 1 to 1,440, or leave it empty"
	}
	if len(l.Networks) > MostNetworks {
		wrong["networks"] = "Write 50 addresses or ranges at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// ParseNetworks reads addresses and ranges (203.0.113.7, 203.0.113.0/24,
// 2001:db8::/32) between spaces, commas or lines; wrong is the first that is none.
func ParseNetworks(text string) (networks []netip.Prefix, wrong string) {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' })
	for _, word := range words {
		network, err := netip.ParsePrefix(word)
		if address, alone := netip.ParseAddr(word); alone == nil && address.Zone() == "" {
			network, err = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()), nil
		}
		if err != nil || network.Addr().Is4In6() {
			return nil, word
		}
		if network = network.Masked(); !slices.Contains(networks, network) {
			networks = append(networks, network)
		}
	}
	return networks, ""
}

// AllowsFrom says whether a program may call from an address. One that cannot be
// read is allowed only where every address is.
func (l Limits) AllowsFrom(address string) bool { return allowsFrom(l.Networks, address) }

func allowsFrom(networks []netip.Prefix, address string) bool {
	if len(networks) == 0 {
		return true
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(networks, func(network netip.Prefix) bool { return network.Contains(ip) })
}

// WithinCap refuses an order whose price, in USD, would take what was spent on the
// business day beyond the cap: a DailyCapError, which says when the next day begins.
func (l Limits) WithinCap(spent, price USD, secondsLeft int) error {
	if l.DailyCap == nil || spent.Add(price).Cmp(*l.DailyCap) <= 0 {
		return nil
	}
	return DailyCapError{Cap: *l.DailyCap, Spent: spent, Needed: price, RetryAfter: max(1, secondsLeft)}
}

// Same says whether both limit alike.
func (l Limits) Same(other Limits) bool {
	for name, value := range l.Facts() {
		if other.Facts()[name] != value {
			return false
		}
	}
	return true
}

// Facts are limits in the audit log's words; what does not limit is empty.
func (l Limits) Facts() map[string]string {
	facts := map[string]string{"min": "", "max": "", "daily_cap": "", "networks": JoinNetworks(l.Networks, ", "), "products": strings.Join(l.Products, ", ")}
	if l.Min != nil {
		facts["min"] = l.Min.String()
	}
	if l.Max != nil {
		facts["max"] = l.Max.String()
	}
	if l.DailyCap != nil {
		facts["daily_cap"] = l.DailyCap.String()
	}
	l.factsIn(facts)
	if facts["guard_minutes"] = ""; l.Guard > 0 {
		facts["guard_minutes"] = strconv.Itoa(l.Guard)
	}
	return facts
}

// JoinNetworks writes networks; an address alone without its length.
func JoinNetworks(networks []netip.Prefix, between string) string {
	texts := make([]string, len(networks))
	for i, network := range networks {
		if texts[i] = network.String(); network.IsSingleIP() {
			texts[i] = network.Addr().String()
		}
	}
	return strings.Join(texts, between)
}
