package main

import (
	"net"
	"strings"
	"testing"
)

func TestAnAddressSaysWhetherLatcomSeesIt(t *testing.T) {
	for ip, want := range map[string]string{
		"10.0.0.7": "private", "172.17.0.2": "private", "192.168.1.9": "private", "100.64.3.4": "private", "fd00::1": "private", "fe80::1": "private",
		"203.0.113.9": "public", "8.8.4.4": "public", "2606:4700::1": "public",
	} {
		if got := kindOf(net.ParseIP(ip)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", ip, got)
		}
	}
	if got := runs(t, map[string]string{"LATCOM_BASE_URL": "simulator"}, "address"); got.code != exitFailed || !strings.Contains(got.err, "nothing leaves this machine") {
		t.Errorf("%+v", got)
	}
}
