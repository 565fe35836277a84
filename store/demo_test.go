package store_test

import (
	"errors"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func pastCustomer(p *store.Past, t *testing.T) (store.Account, int64) {
	t.Helper()
	account, key, err := p.Customer(t.Context(), store.PastCustomer{
		Code: "ENVIA", Name: "EnviaDespensa", KeyHint: "…", KeyHash: billing.HashSecret("old"),
		CreatedAt: time.Now().AddDate(0, 0, -3), KeyLastUsedAt: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return account, key
}

func TestAPastIsWrittenWholeOrNotAtAll(t *testing.T) {
	s := storetest.New(t)
	enough := errors.New("enough")
	written, err := s.WritePast(t.Context(), func(p *store.Past) error {
		pastCustomer(p, t)
		return enough
	})
	if written || !errors.Is(err, enough) {
		t.Errorf("WritePast: %v, %v", written, err)
	}
	if customers, err := s.Customers(t.Context(), ""); err != nil || len(customers) != 0 {
		t.Errorf("%d customers were left, %v", len(customers), err)
	}
}

func TestConstraintsHoldForAPastToo(t *testing.T) {
	for name, spoil := range map[string]func(*billing.Entry){
		"an entry of another shape": func(e *billing.Entry) { e.From = billing.AccountFloat },
		"an entry without a cause":  func(e *billing.Entry) { e.AdjustmentID = nil },
		"an entry of nothing":       func(e *billing.Entry) { e.Amount = e.Amount.Sub(e.Amount) },
	} {
		s := storetest.New(t)
		_, err := s.WritePast(t.Context(), func(p *store.Past) error {
			account, _ := pastCustomer(p, t)
			a := billing.Adjustment{
				ID: billing.NewTopUpID().UUID, CustomerID: account.CustomerID, Amount: billing.MustUSD("5"), Reason: billing.ReasonDeposit,
				Note: "x", State: billing.AdjustmentPosted, RequestedAt: time.Now(),
			}
			entry, after, err := account.Adjust(a)
			if err != nil {
				return err
			}
			if err := p.Adjustments(t.Context(), []store.PastAdjustment{{Adjustment: a, Before: account.Balance, After: after}}); err != nil {
				return err
			}
			entry.CreatedAt = time.Now()
			spoil(&entry)
			return p.Entries(t.Context(), []billing.Entry{entry})
		})
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestAVisitorIsAdmittedAgainWithNewSecrets(t *testing.T) {
	s := storetest.New(t)
	if _, err := s.WritePast(t.Context(), func(p *store.Past) error { pastCustomer(p, t); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"first", "first", "second"} {
		err := s.Admit(t.Context(), store.Visitor{
			Code: "ENVIA", KeyHint: "…", KeyHash: billing.HashSecret(secret), Email: "lucia@enviadespensa.example", Name: "Lucía", PasswordHash: secret,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.APIKeyByHash(t.Context(), billing.HashSecret(secret)); err != nil {
			t.Error(err)
		}
		if m, err := s.MemberByEmail(t.Context(), "lucia@enviadespensa.example"); err != nil || m.PasswordHash != secret {
			t.Errorf("%+v, %v", m, err)
		}
	}
	c, err := s.CustomerByCode(t.Context(), "ENVIA")
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := s.APIKeys(t.Context(), c.ID); err != nil || len(keys) != 3 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
}
