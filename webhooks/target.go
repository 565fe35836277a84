package webhooks

// Where a connection may lead: the address is looked at after DNS has said what it
// is, and that very address is dialled. A name that leads elsewhere a moment later
// changes nothing.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"latcom.example/latcom-billing/billing"
)

// errNotPublic: a name leads to an address that nobody may have us call.
var errNotPublic = errors.New("the address is not on the public internet")

func systemLookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host) //nolint:wrapcheck // problemOf tells its errors apart
}

// dialer connects to public addresses only.
func dialer(o HTTPOptions) func(ctx context.Context, network, address string) (net.Conn, error) {
	lookup := o.Lookup
	if lookup == nil {
		lookup = systemLookup
	}
	plain := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		return mayDial(address, o.AllowPrivate) // once more, by what the system is about to call
	}}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, fmt.Errorf("read the address %s: %w", address, err)
		}
		addresses, err := addressesOf(ctx, lookup, host)
		if err != nil {
			return nil, err
		}
		return dialFirst(ctx, plain, network, port, addresses, o.AllowPrivate)
	}
}

func addressesOf(ctx context.Context, lookup Lookup, host string) ([]netip.Addr, error) {
	if address, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{address}, nil
	}
	return lookup(ctx, host)
}

// dialFirst tries the addresses in turn. One that is not public ends it: a name
// that leads to both kinds is not trusted with either.
func dialFirst(ctx context.Context, d *net.Dialer, network, port string, addresses []netip.Addr, private bool) (conn net.Conn, err error) {
	for _, address := range addresses {
		if err := mayDial(net.JoinHostPort(address.String(), port), private); err != nil {
			return nil, err
		}
	}
	err = &net.DNSError{Err: "no addresses", IsNotFound: true}
	for _, address := range addresses {
		if conn, err = d.DialContext(ctx, network, net.JoinHostPort(address.Unmap().String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err //nolint:wrapcheck // problemOf tells its errors apart
}

func mayDial(address string, private bool) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read the address %s: %w", address, err)
	}
	if !private && !billing.PublicAddress(target.Addr()) {
		return fmt.Errorf("%s: %w", target.Addr(), errNotPublic)
	}
	return nil
}
