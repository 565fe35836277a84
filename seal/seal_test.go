package seal_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"latcom.example/latcom-billing/seal"
)

var first, second = strings.Repeat("a", 32), strings.Repeat("b", 32)

func box(t *testing.T, secret, old string) *seal.Box {
	t.Helper()
	b, err := seal.New(secret, old)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsSealedOpensForItsPurposeAlone(t *testing.T) {
	b := box(t, first, "")
	sealed := b.Seal("of operator 7", []byte("secret"))
	if bytes.Contains(sealed, []byte("secret")) || bytes.Equal(sealed, b.Seal("of operator 7", []byte("secret"))) {
		t.Error("it can be read, or recognised")
	}
	if plain, stale, err := b.Open("of operator 7", sealed); err != nil || stale || string(plain) != "secret" {
		t.Errorf("%q, %v, %v", plain, stale, err)
	}
	altered := bytes.Clone(sealed)
	altered[len(altered)-1] ^= 1
	for name, try := range map[string]func() error{
		"another purpose": func() error { _, _, err := b.Open("of operator 8", sealed); return err },
		"altered":         func() error { _, _, err := b.Open("of operator 7", altered); return err },
		"cut":             func() error { _, _, err := b.Open("of operator 7", sealed[:5]); return err },
		"nothing":         func() error { _, _, err := b.Open("of operator 7", nil); return err },
		"another key":     func() error { _, _, err := box(t, second, "").Open("of operator 7", sealed); return err },
	} {
		if err := try(); !errors.Is(err, seal.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheOldKeyOpensUntilItIsGone(t *testing.T) {
	sealed := box(t, first, "").Seal("x", []byte("secret"))
	plain, stale, err := box(t, second, first).Open("x", sealed)
	if err != nil || !stale || string(plain) != "secret" {
		t.Errorf("%q, %v, %v", plain, stale, err)
	}
	if _, stale, err := box(t, second, first).Open("x", box(t, second, "").Seal("x", []byte("secret"))); err != nil || stale {
		t.Errorf("what the present key sealed is stale: %v, %v", stale, err)
	}
	if _, err := seal.New("", first); err == nil {
		t.Error("a box without a key")
	}
}
