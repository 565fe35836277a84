package main

// The address that calls to Latcom leave from, which has to be on Latcom's list:
// found without calling anybody.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
)

type addressCommand struct{}

// Help says what is known, and what is not.
func (addressCommand) Help() string {
	return `Asks this machine's own routes: nothing is sent to anybody. Behind a gateway (a private address) Latcom sees the gateway's address: ask your hoster for it, docs/OPERATIONS.md says where. What Latcom said last is on the page "Queue": a refused login names "IP Address not authorized".`
}

// Run prints the address.
func (addressCommand) Run(ctx context.Context, std streams) error {
	c, err := readConfig(std.settings, concern{"LATCOM_BASE_URL"})
	if err != nil {
		return err
	}
	if c.simulates() {
		return errors.New("LATCOM_BASE_URL is the simulator: nothing leaves this machine")
	}
	base, err := url.Parse(c.LatcomBaseURL)
	if err != nil {
		return fmt.Errorf("read LATCOM_BASE_URL: %w", err)
	}
	four, six := leavesFrom(ctx, "udp4", "192.0.2.1:443"), leavesFrom(ctx, "udp6", "[2001:db8::1]:443") // the documentation's own networks
	if four == nil && six == nil {
		return errors.New("this machine has no way out: no route leads to other networks")
	}
	for _, ip := range []net.IP{four, six} {
		if ip == nil {
			continue
		}
		if err := std.print("%-40s%s\n", ip, kindOf(ip)); err != nil {
			return err
		}
	}
	std.note("for calls to %s\n", base.Hostname())
	return nil
}

// leavesFrom is the address of the way out; nil without one. A UDP socket that is
// connected sends nothing.
func leavesFrom(ctx context.Context, network, to string) net.IP {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, to)
	if err != nil {
		return nil
	}
	defer conn.Close()
	if at, is := conn.LocalAddr().(*net.UDPAddr); is && !at.IP.IsLoopback() {
		return at.IP
	}
	return nil
}

func kindOf(ip net.IP) string {
	_, shared, _ := net.ParseCIDR("100.64.0.0/10")
	if ip.IsPrivate() || ip.IsLinkLocalUnicast() || shared.Contains(ip) {
		return "private: Latcom sees your gateway's address, not this one"
	}
	return "public: this is the address that Latcom must allow"
}
