package access_test

import (
	"errors"
	"testing"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAnAddressBelongsToOneCustomerAndSaysNothingOfTheOther(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	d, ours, theirs := door(t, s), storetest.Customer(t, s, "0"), storetest.Customer(t, s, "0")
	invite := func(c billing.Customer, token string) (billing.Member, error) {
		return d.InviteMember(t.Context(), byHand, billing.Member{CustomerID: c.ID, Name: "Olga", Email: "olga@norte.mx", Role: billing.MemberOwner}, token)
	}
	first, err := invite(theirs, "token of theirs")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := invite(theirs, "token of theirs"); err != nil || again.ID != first.ID {
		t.Errorf("sent twice: %d, %v", again.ID, err)
	}
	var wrong billing.ValidationError
	got, err := invite(ours, "token of ours")
	if !errors.As(err, &wrong) || wrong["email"] == "" || got.ID != 0 {
		t.Errorf("another customer invites it: %+v, %v", got, err)
	}
	if n := lines(t, s, "member.invited"); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
}

func TestOfTwoOwnersWhoDisableEachOtherOneStays(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	d, c := door(t, s), storetest.Customer(t, s, "0")
	var owners []billing.Member
	for _, email := range []string{"a@envia.mx", "b@envia.mx"} {
		m, err := d.InviteMember(t.Context(), byHand, billing.Member{CustomerID: c.ID, Name: "Owner", Email: email, Role: billing.MemberOwner}, "token of "+email)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.SetPasswordByLink(t.Context(), "token of "+email, "a good long password", ""); err != nil {
			t.Fatal(err)
		}
		owners = append(owners, m)
	}
	errs := make(chan error, 2)
	for i := range owners {
		by := billing.Actor{Kind: billing.ActorMember, ID: &owners[i].ID, Name: "Owner"}
		go func() { errs <- d.DisableMember(t.Context(), by, c.ID, owners[1-i].ID) }()
	}
	refused := 0
	for range owners {
		if err := <-errs; errors.Is(err, access.ErrLastOwner) {
			refused++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if refused != 1 {
		t.Errorf("%d were refused", refused)
	}
}
