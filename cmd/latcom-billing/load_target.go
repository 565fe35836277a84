package main

// What a load test may be played against: an instance that simulates, on this
// machine unless somebody says that the other one is theirs.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"latcom.example/latcom-billing/billing"
	traffic "latcom.example/latcom-billing/load"
)

// target is what is played against.
type target struct {
	address, key string
	is           string   // in words, for the report
	settings     []string // as far as they are known
	latcom       traffic.Latcom
	meter        traffic.Meter
	conclude     func(context.Context) (seen, proof string, err error) // after everything
	stop         func() error
}

func (l *loadCommand) target(ctx context.Context, std streams) (target, error) {
	if l.Self {
		return l.startSelf(ctx, std)
	}
	key, err := l.key()
	if err != nil {
		return target{}, err
	}
	if err := l.mayPlayAgainst(ctx, key); err != nil {
		return target{}, err
	}
	return target{
		address: l.Address, key: key, is: "the instance at " + l.Address,
		conclude: func(context.Context) (string, string, error) { return "", "", nil },
		stop:     func() error { return nil },
	}, nil
}

func (l *loadCommand) key() (string, error) {
	if l.APIKey != "-" {
		if l.APIKey == "" {
			return "", errors.New("--api-key is missing (or --self, which makes its own)")
		}
		return l.APIKey, nil
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if key := strings.TrimSpace(line); key != "" {
		return key, nil
	}
	return "", errors.Join(errors.New("there is no API key on standard input"), err)
}

// mayPlayAgainst refuses other people's machines, and instances that would send the orders to Latcom.
func (l *loadCommand) mayPlayAgainst(ctx context.Context, key string) error {
	address, err := url.Parse(l.Address)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return fmt.Errorf("--address %q is not an address such as http://127.0.0.1:8080", l.Address)
	}
	ip := net.ParseIP(address.Hostname())
	if !l.IOwnThisServer && address.Hostname() != "localhost" && !ip.IsLoopback() {
		return fmt.Errorf("%s is not this machine: a load test there needs --i-own-this-server", address.Hostname())
	}
	if strings.HasPrefix(key, billing.TestPrefix) {
		return nil
	}
	api := traffic.NewAPI(l.Address, key)
	defer api.Close()
	simulates, err := api.Simulates(ctx)
	if err != nil {
		return err
	}
	if !simulates {
		return errors.New("this instance does not say that it simulates: the orders would be real top-ups. Use a key of its sandbox (lb_test_…)")
	}
	return nil
}
