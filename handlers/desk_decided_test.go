package handlers_test

// Decisions at the desk: who may, what they do, and what reopens a case.

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

// Two operators who decide at once: the second hears of the first's proposal.
func TestASecondProposalIsNotKept(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	topUp := p.order(t, storetest.Customer(t, p.store, "100"), "r1")
	path := casePath(topUp.ID)
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleFinance)
	page := second.get(path)
	form := verdict(billing.VerdictNotDelivered)
	form.Set("id", page.Find(`#decision [name="id"]`).AttrOr("value", ""))
	form.Set("csrf", second.csrf())
	first.submit(path, path, verdict(billing.VerdictDelivered))
	got := second.do(http.MethodPost, path, form)
	if got.status != http.StatusConflict || !strings.Contains(text(got.Find("#decision")), "Another proposal about it came first") || got.Find(`form[action$="/confirm"]`).Length() != 1 {
		t.Errorf("%d, %q", got.status, text(got.Find("#decision")))
	}
	if waits := p.waits(t, topUp.ID); len(waits) != 1 || waits[0].Verdict != billing.VerdictDelivered {
		t.Errorf("waiting: %+v", waits)
	}
}

func TestViewersAndSupportOnlyLookAtTheDesk(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	fresh, proposed := p.order(t, c, "r1"), p.order(t, c, "r2")
	p.as(t, billing.RoleAdmin).submit(casePath(proposed.ID), casePath(proposed.ID), verdict(billing.VerdictDelivered))
	for _, role := range []billing.Role{billing.RoleViewer, billing.RoleSupport} {
		v := p.as(t, role)
		for _, id := range []billing.TopUpID{fresh.ID, proposed.ID} {
			page := v.get(casePath(id))
			if page.Find("#decision form").Length() != 0 || !strings.Contains(text(page.Find("#decision")), "finance or admin decides it") || page.Find("#evidence .tl li").Length() < 3 {
				t.Errorf("%s sees %q", role, text(page.Find("#decision")))
			}
		}
	}
}

// contradicted is a top-up that two operators settled, and that later evidence
// contradicts.
func (p premises) contradicted(t *testing.T, c billing.Customer, settled billing.Verdict, late billing.Outcome) billing.TopUp {
	t.Helper()
	topUp := p.order(t, c, "late-"+string(settled)+string(late))
	path := casePath(topUp.ID)
	p.as(t, billing.RoleFinance).submit(path, path, verdict(settled))
	p.as(t, billing.RoleFinance).submit(path, path+"/confirm", url.Values{"read": {"yes"}})
	now := p.read(t, topUp.ID)
	err := p.store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertContradiction(t.Context(), now, late, "Latcom said so, LT5")
	})
	if err != nil {
		t.Fatal(err)
	}
	return now
}

func TestLaterEvidenceReopensACaseAndOffersTheCorrections(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleFinance)
	tests := []struct {
		settled billing.Verdict
		late    billing.Outcome
		line    string
		offered string
		choose  billing.Verdict
		button  string
		status  billing.Status
		posted  string
	}{
		{billing.VerdictDelivered, billing.OutcomeRefused, "Charged, but not delivered", "reverse stands", billing.VerdictReverse, "Confirm and give 2.7778 USD back", billing.StatusReversed, "100.0000"},
		{billing.VerdictNotDelivered, billing.OutcomeDelivered, "Released, but delivered", "charge stands", billing.VerdictCharge, "Confirm and charge 2.7778 USD", billing.StatusFailed, "97.2222"},
		{billing.VerdictDelivered, billing.OutcomeNotSent, "Charged, but not delivered", "reverse stands", billing.VerdictStands, "Confirm and close the case", billing.StatusSucceeded, "94.4444"},
	}
	for _, tt := range tests {
		topUp := p.contradicted(t, c, tt.settled, tt.late)
		path := casePath(topUp.ID)
		page := first.get(path)
		if got := text(page.Find("#cases h3 + ul")); !strings.Contains(text(page.Find("#cases h3")), "Reopened by later evidence") || !strings.Contains(got, tt.line) {
			t.Errorf("%s then %s: the list says %q", tt.settled, tt.late, got)
		}
		if got := text(page.Find("#evidence .note-failed")); !strings.Contains(got, "Reopened: "+tt.line) {
			t.Errorf("the case says %q", got)
		}
		offered := page.Find(`#decision [name="verdict"]`).Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
		if strings.Join(offered, " ") != tt.offered {
			t.Errorf("%s then %s offers %v", tt.settled, tt.late, offered)
		}
		first.submit(path, path, verdict(tt.choose))
		if got := text(second.get(path).Find(`button[form="confirm"]`)); got != tt.button {
			t.Errorf("the button says %q, want %q", got, tt.button)
		}
		second.submit(path, path+"/confirm", url.Values{"read": {"yes"}})
		if now := p.read(t, topUp.ID); now.Status != tt.status {
			t.Errorf("%s: %s", tt.choose, now.Status)
		}
		if b := storetest.Balance(t, p.store, c.ID); b.Posted.String() != tt.posted {
			t.Errorf("%s leaves %s, want %s", tt.choose, b.Posted, tt.posted)
		}
		if page := first.get("/admin/unknown"); page.Find("#cases li").Length() != 0 {
			t.Errorf("%s: the case is still open", tt.choose)
		}
	}
}

func TestAChargeThatIsNotCoveredSaysSoAndCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "5")
	topUp := p.contradicted(t, c, billing.VerdictNotDelivered, billing.OutcomeDelivered)
	p.order(t, c, "spends-1") // 2.2222 are left
	path := casePath(topUp.ID)
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleFinance)
	if got := text(first.get(path).Find(`[data-effect="charge"] .note-failed`)); !strings.Contains(got, "Available is 2.2222 USD") {
		t.Errorf("the form says %q", got)
	}
	first.submit(path, path, verdict(billing.VerdictCharge))
	page := second.get(path)
	if page.Find(`button[form="confirm"]`).Length() != 0 || page.Find(`form[action$="/disagree"]`).Length() != 1 {
		t.Error("what is not covered can be confirmed, or not be rejected")
	}
	got := second.submit(path, path+"/confirm", url.Values{"read": {"yes"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find("#decision .note-failed")), "Available is 2.2222 USD") {
		t.Errorf("confirmed all the same: %d", got.status)
	}
}

func TestASucceededTopUpIsReversedFromItsPageByTwoOperators(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	topUp := p.order(t, c, "r1")
	page, reversal := "/admin/topups/"+topUp.ID.String(), "/admin/topups/"+topUp.ID.String()+"/reversal"
	if got := p.as(t, billing.RoleSupport).get(page).Find(`a[href="` + reversal + `"]`).Length(); got != 0 {
		t.Errorf("support finds %d ways to reverse it", got)
	}
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleFinance)
	if got := first.get(page).Find(`a[href="` + reversal + `"]`).Length(); got != 1 {
		t.Fatalf("%d ways to reverse it", got)
	}
	form := first.get(reversal)
	if got := text(form.Find("#decision caption")); got != "One ledger entry: Reversal 2.7778 USD Charged → Available, "+c.Name || form.Find(`#decision [type="radio"]`).Length() != 0 {
		t.Errorf("the preview says %q", got)
	}
	if got := first.submit(reversal, reversal, url.Values{"reason": {"AGREEMENT"}}); got.status != http.StatusUnprocessableEntity || got.Find("#f-note-error").Length() != 1 || text(got.Find("h1")) != "Reverse a top-up" {
		t.Errorf("without a note: %d on %q", got.status, text(got.Find("h1")))
	}
	if got := first.submit(reversal, reversal, url.Values{"reason": {"AGREEMENT"}, "note": {"Wrong number, agreed by phone"}}); got.status != http.StatusSeeOther || got.header.Get("Location") != casePath(topUp.ID) {
		t.Fatalf("proposed: %d to %q", got.status, got.header.Get("Location"))
	}
	desk := second.get("/admin/unknown")
	if got := text(desk.Find("#cases h3")); got != "Reversals to confirm" || text(desk.Find(`.nav-link[href="/admin/unknown"] .count`)) != "1" {
		t.Errorf("the desk says %q", got)
	}
	if got := second.get(page).Find(`a[href="` + casePath(topUp.ID) + `"]`).Length(); got != 1 {
		t.Errorf("the top-up's page leads to the desk %d times", got)
	}
	if got := second.submit(casePath(topUp.ID), casePath(topUp.ID)+"/confirm", url.Values{"read": {"yes"}}); got.status != http.StatusSeeOther {
		t.Fatalf("confirmed: %d", got.status)
	}
	if b := storetest.Balance(t, p.store, c.ID); p.read(t, topUp.ID).Status != billing.StatusReversed || b.Posted.String() != "100.0000" {
		t.Errorf("balance %s", b.Posted)
	}
}

// Every text of the desk is in the catalogue, in each of its states.
func TestTheDeskSaysNothingUntranslated(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	p.quiet(t)
	c := storetest.Customer(t, p.store, "100")
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleAdmin)
	inPseudo(t, p, first)
	inPseudo(t, p, second)
	says := func(v visitor, path string) {
		t.Helper()
		wantTranslated(t, path, v.get(path))
	}
	says(first, "/admin/unknown")
	proposed, fresh := p.order(t, c, "r1"), p.order(t, c, "r2")
	storetest.Age(t, p.store, fresh.ID, 48*time.Hour)
	says(first, casePath(fresh.ID))
	viewer := p.as(t, billing.RoleViewer)
	inPseudo(t, p, viewer)
	says(viewer, "/admin/unknown")
	form := verdict(billing.VerdictNotDelivered)
	first.submit(casePath(proposed.ID), casePath(proposed.ID), form)
	says(first, casePath(proposed.ID))
	says(second, casePath(proposed.ID))
	wantTranslated(t, "unread", second.submit(casePath(proposed.ID), casePath(proposed.ID)+"/confirm", nil))
	wantTranslated(t, "without an objection", second.submit(casePath(proposed.ID), casePath(proposed.ID)+"/disagree", nil))
	wantTranslated(t, "wrong form", first.submit(casePath(fresh.ID), casePath(fresh.ID), url.Values{"provider_id": {strings.Repeat("1", 65)}}))
	second.submit(casePath(proposed.ID), casePath(proposed.ID)+"/confirm", url.Values{"read": {"yes"}})
	says(first, casePath(proposed.ID))
	for late, settled := range map[billing.Outcome]billing.Verdict{billing.OutcomeRefused: billing.VerdictDelivered, billing.OutcomeDelivered: billing.VerdictNotDelivered} {
		says(second, casePath(p.contradicted(t, c, settled, late).ID))
	}
	says(first, "/admin/topups/"+p.contradicted(t, c, billing.VerdictDelivered, billing.OutcomeNotSent).ID.String()+"/reversal")
}

// A firm with one operator has switched approvals off: he proposes, reads the
// effect, confirms, and the decision says so for ever.
func TestWithApprovalsOffOneOperatorSettlesACase(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeUnknown), func(site *handlers.Site) {
		site.Engine = topup.New(site.Store, nil, slog.New(slog.DiscardHandler), topup.Options{Concurrency: 5})
	})
	c := storetest.Customer(t, p.store, "100")
	topUp := p.order(t, c, "r1")
	v := p.as(t, billing.RoleFinance)
	path := casePath(topUp.ID)
	v.submit(path, path, verdict(billing.VerdictNotDelivered))
	if got := v.submit(path, path+"/confirm", nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("confirmed unread: %d", got.status)
	}
	if got := v.submit(path, path+"/confirm", url.Values{"read": {"yes"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	decisions, err := p.store.Decisions(t.Context(), topUp.ID)
	if err != nil || len(decisions) != 1 || !decisions[0].OneOperator || p.read(t, topUp.ID).Status != billing.StatusFailed {
		t.Errorf("%+v, %v", decisions, err)
	}
}
