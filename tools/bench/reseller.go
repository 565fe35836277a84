package main

// A reseller's program that costs as little as can be, for it shares the cores with
// what it measures: one connection, one request of fixed length that is patched in
// place, and no more of the answer read than is needed.

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// reseller orders over one connection, one order after the other.
type reseller struct {
	conn             net.Conn
	in               *bufio.Reader
	keys             []string // all of the same length
	request          []byte
	key, phone, name int // where they stand in the request
}

const blank = "0000000000"

// newReseller connects. prefer is the header's value.
func newReseller(ctx context.Context, address string, keys []string, prefer string) (*reseller, error) {
	host := strings.TrimPrefix(address, "http://")
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, fmt.Errorf("connect to the API: %w", err)
	}
	return prepare(conn, host, keys, prefer), nil
}

// prepare makes the request that every order patches.
func prepare(conn net.Conn, host string, keys []string, prefer string) *reseller {
	body := `{"phone":"` + blank + `","amount":"50","reference":"bench-` + blank + `"}`
	start := "POST /api/v1/topups HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer "
	request := start + keys[0] + "\r\nContent-Type: application/json\r\nPrefer: " + prefer +
		"\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	return &reseller{
		conn: conn, in: bufio.NewReaderSize(conn, 8<<10), request: []byte(request + body),
		keys: keys, key: len(start), phone: len(request) + len(`{"phone":"`), name: len(request) + len(body) - len(blank+`"}`),
	}
}

// order sends order n and reads its answer: the status, and the body of one that is
// not 2xx. n decides everything, the customer too.
func (r *reseller) order(n int64) (status int, body string, err error) {
	copy(r.request[r.key:], r.keys[uint64(n)*0x9E3779B97F4A7C15>>33%uint64(len(r.keys))]) //nolint:gosec // mixed well, and the same again
	digits(r.request[r.name:r.name+len(blank)], n)
	digits(r.request[r.phone:r.phone+len(blank)], 5_520_000_050+n%700_000*100) // never one with a fate
	if _, err := r.conn.Write(r.request); err != nil {
		return 0, "", fmt.Errorf("order: %w", err)
	}
	status, length, err := r.head()
	if err != nil {
		return 0, "", fmt.Errorf("read the answer: %w", err)
	}
	if status < 300 {
		_, err = r.in.Discard(length)
		return status, "", err
	}
	text := make([]byte, length)
	_, err = io.ReadFull(r.in, text)
	return status, string(text), err
}

// digits writes n with leading zeros.
func digits(into []byte, n int64) {
	for i := len(into) - 1; i >= 0; i-- {
		into[i] = byte('0' + n%10)
		n /= 10
	}
}

var contentLength = []byte("content-length:")

// head reads the status and the headers up to the body.
func (r *reseller) head() (status, length int, err error) {
	line, err := r.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("%q is not a status line", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, fmt.Errorf("%q is not a status line", line)
	}
	length = -1
	for {
		line, err := r.in.ReadSlice('\n')
		switch {
		case err != nil:
			return 0, 0, err
		case len(line) <= 2:
			if length < 0 {
				return 0, 0, errors.New("the answer does not say how long it is")
			}
			return status, length, nil
		case len(line) > len(contentLength) && bytes.EqualFold(line[:len(contentLength)], contentLength):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return 0, 0, fmt.Errorf("%q is not a length", line)
			}
		}
	}
}
