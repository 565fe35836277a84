package main

// What figures are made of: pgbench's words, and the requests and answers of a
// reseller that reads no more than it must.

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestARateIsReadFromPgbenchAndItsLogs(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"took.7": "0 1 1000 0 1764000000 5\n0 2 3000 0 1764000000 6\n", "took.7.1": "1 1 2000 0 1764000000 5\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readRates(folder, "latency average = 2 ms\ntps = 338.5 (without initial connection time)\n")
	if err != nil || got.perSecond != 338.5 || got.p50 != 2*time.Millisecond || got.p99 != 3*time.Millisecond {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := readRates(folder, "nothing"); err == nil {
		t.Error("no rate is taken for one")
	}
}

func TestAResellerPatchesItsRequestAndReadsTheAnswer(t *testing.T) {
	ours, theirs := net.Pipe()
	t.Cleanup(func() {
		ours.Close()
		theirs.Close()
	})
	r := prepare(ours, "host:1", []string{"lb_live_a", "lb_live_b"}, "respond-async")
	heard := make(chan string, 2)
	go func() {
		in := bufio.NewReader(theirs)
		for _, answer := range []string{
			"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 402 Payment Required\r\ncontent-length: 4\r\n\r\npoor",
		} {
			text := make([]byte, len(r.request))
			if _, err := in.Read(text); err != nil {
				close(heard)
				return
			}
			heard <- string(text)
			if _, err := theirs.Write([]byte(answer)); err != nil {
				close(heard)
				return
			}
		}
	}()
	if status, body, err := r.order(12); status != 202 || body != "" || err != nil {
		t.Errorf("%d %q %v", status, body, err)
	}
	if status, body, err := r.order(13); status != 402 || body != "poor" || err != nil {
		t.Errorf("%d %q %v", status, body, err)
	}
	if text := <-heard; !strings.HasSuffix(text, `{"phone":"5520001250","amount":"50","reference":"bench-0000000012"}`) || !strings.Contains(text, "Bearer lb_live_") {
		t.Errorf("it sent %s", text)
	}
}
