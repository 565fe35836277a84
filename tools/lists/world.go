package main

// A database with its server, and somebody of each kind who looks at its lists.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/tools/rig"
)

const (
	password = "a password of the measuring tool"
	mail     = "lists@enviadespensa.example"
	operator = "lists"
	code     = "ENVIA"
)

type world struct {
	address  string
	url      string // of the database
	key      string
	server   *os.Process
	database *sql.DB
	store    *store.Store
	operator *http.Client
	member   *http.Client
	sample   sample
}

// open makes or finds a database of n top-ups and serves it.
func open(ctx context.Context, r *rig.Rig, name string, n int) (w *world, err error) {
	w = &world{}
	if w.url, err = database(ctx, r.DatabaseURL, name); err != nil {
		return nil, err
	}
	if w.store, err = store.Open(ctx, store.Options{URL: w.url, MaxConns: 2}); err != nil {
		return nil, err
	}
	w.database = w.store.DB().DB
	if _, err = migrations.Up(ctx, w.database); err != nil {
		return w, err
	}
	if err = crowd(ctx, w.database, n); err != nil {
		return w, err
	}
	if err = w.sumUp(ctx); err != nil {
		return w, err
	}
	if err = w.admit(ctx); err != nil {
		return w, err
	}
	w.address, w.server, err = r.Serve(ctx, map[string]string{"DATABASE_URL": w.url, "WORKERS": "false"})
	if err != nil {
		return w, err
	}
	if w.operator, err = signIn(ctx, w.address, "/admin/sign-in", url.Values{"name": {operator}, "password": {password}}); err != nil {
		return w, err
	}
	if w.member, err = signIn(ctx, w.address, "/dashboard/sign-in", url.Values{"email": {mail}, "password": {password}}); err != nil {
		return w, err
	}
	w.sample, err = draw(ctx, w.database)
	return w, err
}

// sumUp does what the housekeeping of a server would have done day by day.
func (w *world) sumUp(ctx context.Context) error {
	for last := (time.Time{}); ; {
		through, err := w.store.SumUpDays(ctx)
		if err != nil || through.Equal(last) {
			return err
		}
		last = through
	}
}

// Close gives the connections back; the rig stops the server.
func (w *world) Close() { _ = w.store.Close() }

// database makes one on the rig's server, if it is not there yet.
func database(ctx context.Context, server, name string) (string, error) {
	db, err := sql.Open("postgres", server)
	if err != nil {
		return "", fmt.Errorf("reach the server: %w", err)
	}
	defer db.Close()
	var there bool
	if err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err == nil && !there {
		_, err = db.ExecContext(ctx, `CREATE DATABASE `+name)
	}
	if err != nil {
		return "", fmt.Errorf("make the database %s: %w", name, err)
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("read the database's address: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// admit lets a program, a member and an operator in.
func (w *world) admit(ctx context.Context) error {
	key, hint := billing.NewSecretKey()
	w.key = key
	hash := access.HashPassword(password)
	err := w.store.Admit(ctx, store.Visitor{Code: code, KeyHint: hint, KeyHash: billing.HashSecret(key), Email: mail, Name: "Tool", PasswordHash: hash})
	if err != nil {
		return err
	}
	err = w.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertOperator(ctx, billing.Operator{SignInName: operator, Name: "Tool", Role: billing.RoleAdmin, PasswordHash: hash})
		return err
	})
	if errors.Is(err, billing.ErrTaken) {
		return nil // a database that is used again
	}
	return err
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// signIn fills in the form of a page.
func signIn(ctx context.Context, address, path string, form url.Values) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("make a cookie jar: %w", err)
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	shown, _, err := get(ctx, client, address+path, "")
	if err != nil {
		return nil, err
	}
	token := csrfField.FindStringSubmatch(shown)
	if token == nil {
		return nil, fmt.Errorf("%s has no form", path)
	}
	form.Set("csrf", token[1])
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		return nil, fmt.Errorf("sign in at %s: %s", path, response.Status)
	}
	return client, nil
}

// get measures to the last byte.
func get(ctx context.Context, client *http.Client, address, key string) (text string, took time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", 0, fmt.Errorf("ask for %s: %w", address, err)
	}
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	begun := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return "", 0, fmt.Errorf("ask for %s: %w", address, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", 0, fmt.Errorf("read %s: %w", address, err)
	}
	if response.StatusCode != http.StatusOK {
		return string(body), time.Since(begun), fmt.Errorf("%s answered %s", address, response.Status)
	}
	return string(body), time.Since(begun), nil
}
