package main

// The examples against the built program: those that pass the go-live certificate,
// and the naive one, which does not.

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

// testKeyFor makes a customer of a sandbox and a key of it.
func testKeyFor(t *testing.T, address, code string) string {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: address, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	engine := topup.New(s, nil, slog.New(slog.DiscardHandler), topup.Options{Sandbox: &topup.Sandbox{}})
	twin, err := engine.Twin(t.Context(), topup.Twin{Customer: billing.Customer{Code: code, Name: code}, Rate: billing.MustRate("18")})
	if err != nil {
		t.Fatal(err)
	}
	key, hint := billing.NewTestKey()
	err = s.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertAPIKey(t.Context(), twin.ID, "test", hint, billing.HashSecret(key))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// interpreter finds a program that runs an example. Without it CI fails.
func interpreter(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("there is no %s", name)
	}
	t.Skipf("there is no %s", name)
	return ""
}

// example runs one against a server and returns its exit code and what it says.
func example(t *testing.T, url, key string, command ...string) (code int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "BASE_URL="+url, "API_KEY="+key, "WEBHOOKS=on", "PATIENCE=20")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

func TestTheExamplesPassTheCertificateAndTheNaiveOneIsToldWhy(t *testing.T) {
	_, address := storetest.NewAsOwner(t)
	p := starts(t, served(address), "serve", "--sandbox-hurry", "20", "--allow-private-webhooks")
	url := p.url(t)
	becomesFor(t, order{at: url + "/api/v1/balance", key: billingTestKey()}, http.StatusUnauthorized)
	sandbox := strings.Replace(address, "?", "_sandbox?", 1)

	inGo := filepath.Join(t.TempDir(), "client")
	if out, err := exec.Command("go", "build", "-o", inGo, "../../examples/go").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Run("examples", func(t *testing.T) {
		for code, command := range map[string]func(*testing.T) []string{
			"GO": func(*testing.T) []string { return []string{inGo} },
			"PYTHON": func(t *testing.T) []string {
				return []string{interpreter(t, "python3"), "../../examples/python/client.py"}
			},
			"JAVASCRIPT": func(t *testing.T) []string {
				return []string{interpreter(t, "node"), "../../examples/javascript/client.mjs"}
			},
		} {
			t.Run(code, func(t *testing.T) {
				t.Parallel()
				if code, said := example(t, url, testKeyFor(t, sandbox, code), command(t)...); code != 0 || !strings.Contains(said, "passed") {
					t.Errorf("it ends with %d:\n%s", code, said)
				}
			})
		}
		t.Run("NAIVE", func(t *testing.T) {
			t.Parallel()
			code, said := example(t, url, testKeyFor(t, sandbox, "NAIVE"), interpreter(t, "python3"), "../../examples/naive/client.py")
			if code != 1 {
				t.Errorf("it ends with %d", code)
			}
			for _, fault := range []string{
				"answer-lost failed new_reference", "again failed wrong_total", "too-many failed new_reference", "away failed new_reference",
				"plain failed wrong_total", "taken-back failed wrong_total", "hook-twice failed wrong_total", "hook-disorder failed wrong_state",
			} {
				if !strings.Contains(said, fault) {
					t.Errorf("nothing is said of %q:\n%s", fault, said)
				}
			}
		})
	})
	if got := runs(t, served(address), "verify", "--sandbox"); got.code != exitDone {
		t.Errorf("%+v", got)
	}
}
