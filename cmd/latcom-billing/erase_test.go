package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	door "latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

func TestWhatIsErasedIsGoneAndTheBooksStayWhole(t *testing.T) {
	s, url := storetest.NewAsOwner(t)
	c := storetest.Customer(t, s, "100")
	m, err := door.New(s, nil).InviteMember(t.Context(), commandLine(), billing.Member{CustomerID: c.ID, Name: "Olga Ruiz", Email: "olga@norte.mx", Role: billing.MemberOwner}, "a token of hers")
	if err != nil {
		t.Fatal(err)
	}
	engine := topup.New(s, nil, slog.New(slog.DiscardHandler), topup.Options{Concurrency: 5, MaxWait: time.Hour, Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	for _, reference := range []string{"old", "new"} {
		o := billing.Order{CustomerID: c.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN("50"), FromAddress: "203.0.113.7"}
		if _, _, err := engine.Accept(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	s.DB().MustExecContext(t.Context(), `ALTER TABLE topups DISABLE TRIGGER topups_legal_move`)
	s.DB().MustExecContext(t.Context(), `UPDATE topups SET created_at = now() - interval '500 days' WHERE reference = 'old'`)
	s.DB().MustExecContext(t.Context(), `ALTER TABLE topups ENABLE TRIGGER topups_legal_move`)

	settings := map[string]string{"DATABASE_URL": url}
	if got := runs(t, settings, "erase", "member", "olga@norte.mx"); got.code != exitDone {
		t.Errorf("%+v", got)
	}
	if got := runs(t, settings, "erase", "member", "olga@norte.mx"); got.code != exitFailed || !strings.Contains(got.err, "no member has this address") {
		t.Errorf("again: %+v", got)
	}
	if got := runs(t, settings, "erase", "old"); got.code != exitDone || !strings.Contains(got.out, "1 addresses") {
		t.Errorf("%+v", got)
	}
	var left int
	err = s.DB().GetContext(t.Context(), &left, `
		SELECT (SELECT count(*) FROM members WHERE id = $1 AND (name LIKE '%Olga%' OR email LIKE '%olga%' OR password_hash <> '' OR disabled_at IS NULL))
		     + (SELECT count(*) FROM access_links WHERE member_id = $1)
		     + (SELECT count(*) FROM topups WHERE (from_address = '') <> (reference = 'old'))`, m.ID)
	if err != nil || left != 0 {
		t.Errorf("%d things are left, %v", left, err)
	}
}
