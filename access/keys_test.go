package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/seal"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

var byHand = billing.Actor{Kind: billing.ActorCommandLine, Name: "test"}

func door(t *testing.T, s *store.Store) *access.Door {
	t.Helper()
	box, err := seal.New(strings.Repeat("k", 32), "")
	if err != nil {
		t.Fatal(err)
	}
	return access.New(s, box)
}

func made(t *testing.T, d *access.Door, c billing.Customer) billing.APIKey {
	t.Helper()
	secret, _ := billing.NewSecretKey()
	key, err := d.MakeKey(t.Context(), byHand, access.NewKey{Customer: c, Name: "Production", Key: secret, Terms: billing.AnyTerms()})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func lines(t *testing.T, s *store.Store, action string) (n int) {
	t.Helper()
	if err := s.DB().GetContext(t.Context(), &n, `SELECT count(*) FROM audit_log WHERE action = $1`, action); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestARotationLetsTheOldKeyGoOnForItsOverlapAndNoLonger(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	d, c := door(t, s), storetest.Customer(t, s, "0")
	for _, overlap := range access.Overlaps() {
		old := made(t, d, c)
		secret, _ := billing.NewSecretKey()
		fresh, err := d.RotateKey(t.Context(), byHand, old, overlap, secret)
		if err != nil || fresh.Name != old.Name || fresh.EndedAt != nil {
			t.Fatalf("%s: %+v, %v", overlap, fresh, err)
		}
		var exact bool
		if err := s.DB().GetContext(t.Context(), &exact, `SELECT o.ended_at = n.created_at + make_interval(secs => $3) FROM api_keys o, api_keys n WHERE o.id = $1 AND n.id = $2`, old.ID, fresh.ID, overlap.Seconds()); err != nil || !exact {
			t.Errorf("%s: the old key does not end that long after the new one was made: %v", overlap, err)
		}
		if _, err := d.RotateKey(t.Context(), byHand, old, overlap, secret+"X"); !errors.Is(err, billing.ErrAlreadyDecided) {
			t.Errorf("%s: it is rotated again: %v", overlap, err)
		}
	}
	secret, _ := billing.NewSecretKey()
	var wrong billing.ValidationError
	if _, err := d.RotateKey(t.Context(), byHand, made(t, d, c), 48*time.Hour, secret); !errors.As(err, &wrong) {
		t.Errorf("an overlap that nobody offers: %v", err)
	}
	if n := lines(t, s, "key.rotated"); n != len(access.Overlaps()) {
		t.Errorf("%d lines in the log", n)
	}
}

func TestEndingAKeyIsDoneOnceAndNeverLengthensItsLife(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	d, c := door(t, s), storetest.Customer(t, s, "0")
	key := made(t, d, c)
	ends := map[string]bool{}
	for range 3 {
		if err := d.EndKey(t.Context(), byHand, c.ID, key.ID); err != nil {
			t.Fatal(err)
		}
		again, err := s.APIKey(t.Context(), c.ID, key.ID)
		if err != nil || again.EndedAt == nil {
			t.Fatalf("%+v, %v", again, err)
		}
		ends[again.EndedAt.String()] = true
	}
	if len(ends) != 1 || lines(t, s, "key.ended") != 1 {
		t.Errorf("it ended at %v, %d lines in the log", ends, lines(t, s, "key.ended"))
	}
}

func TestAnothersKeyIsNotThere(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	d, ours, theirs := door(t, s), storetest.Customer(t, s, "0"), storetest.Customer(t, s, "0")
	key := made(t, d, theirs)
	if err := d.EndKey(t.Context(), byHand, ours.ID, key.ID); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("ended: %v", err)
	}
	stolen := key
	stolen.CustomerID = ours.ID
	secret, _ := billing.NewSecretKey()
	if _, err := d.RotateKey(t.Context(), byHand, stolen, 0, secret); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("rotated: %v", err)
	}
	if again, err := s.APIKey(t.Context(), theirs.ID, key.ID); err != nil || again.EndedAt != nil {
		t.Errorf("%+v, %v", again, err)
	}
}
