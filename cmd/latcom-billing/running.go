package main

// Finds the embedded database of a server that runs beside this command. Its
// folder can be opened by one process only, its address by everybody who may
// read the password in it.

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"latcom.example/latcom-billing/store"
)

// embeddedName is the name of the embedded database and of the role that owns it.
const embeddedName = "latcom_billing"

// runningDatabase gives the address of the PostgreSQL that serves dataDir now.
// What a killed one left does not answer, and counts as not running.
func runningDatabase(ctx context.Context, dataDir string) (address string, running bool) {
	password, err := os.ReadFile(filepath.Join(dataDir, "postgres.password")) //nolint:gosec // G304: DATA_DIR is the operator's own
	if err != nil {
		return "", false
	}
	port, found := portOf(filepath.Join(dataDir, "postgres", "postmaster.pid"))
	if !found {
		return "", false
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(embeddedName, strings.TrimSpace(string(password))),
		Host: net.JoinHostPort("127.0.0.1", port), Path: "/" + embeddedName, RawQuery: "sslmode=disable",
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s, err := store.Open(ctx, store.Options{URL: u.String(), MaxConns: 1})
	if err != nil {
		return "", false
	}
	return u.String(), s.Close() == nil
}

// portOf reads the fourth line of a postmaster.pid.
func portOf(path string) (port string, found bool) {
	text, err := os.ReadFile(path) //nolint:gosec // G304: as above
	if err != nil {
		return "", false
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 4 || strings.TrimSpace(lines[3]) == "" {
		return "", false
	}
	return strings.TrimSpace(lines[3]), true
}
