package handlers_test

// The books as operators see them: none proven yet, proven, wrong, unreadable.

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestTheBooksAreProvenWhenAnOperatorAsks(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	v := p.as(t, billing.RoleFinance)
	if got := v.get("/admin/books"); got.Find("#proof .empty").Length() != 1 || got.Find(".sum").Length() != 0 {
		t.Errorf("before the first proof: %s", text(got.Find("#main")))
	}
	if got := v.submit("/admin/books", "/admin/books/proofs", url.Values{}); got.status != http.StatusSeeOther {
		t.Fatalf("asked: %d", got.status)
	}
	page := v.get("/admin/books")
	if said := text(page.Find("#proof .note-succeeded")); !strings.Contains(said, "The books balance.") {
		t.Errorf("the verdict is %q", said)
	}
	if sums := page.Find("tfoot .sum"); sums.Length() != 2 || text(sums) != "0.00000.00" {
		t.Errorf("%d sums on the double rule: %q", sums.Length(), text(sums))
	}
	if rows := text(page.Find("#proof tbody")); !strings.Contains(rows, "97.2222") || !strings.Contains(rows, "−100.0000") || !strings.Contains(rows, "2.7778") {
		t.Errorf("the trial balance says %q", rows)
	}
	if scope := text(page.Find("#proof .figures")); !strings.Contains(scope, "Entries4") || !strings.Contains(scope, "Top-ups1") {
		t.Errorf("the scope is %q", scope)
	}
	if part := v.part("/admin/books", "proof"); part.Find("#proof").Length() != 1 || part.Find("h1").Length() != 0 {
		t.Error("the proof does not read itself again")
	}
	if n := audited(t, p, "books.proof_asked"); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
}

func TestTheBooksTellWhetherTheDatabaseKeepsThem(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleViewer)
	if said := text(v.get("/admin/books").Find("#standing")); !strings.Contains(said, "Kept by the database.") || !strings.Contains(said, "_app") {
		t.Errorf("it says %q", said)
	}
	storetest.Owner(p.store).MustExecContext(t.Context(), `GRANT TRIGGER ON audit_log TO PUBLIC`)
	note := v.get("/admin/books").Find("#standing .note-unknown")
	if said := text(note); !strings.Contains(said, "would let this program alter") || !strings.Contains(said, "1 table.") {
		t.Errorf("where it could alter the audit log, it says %q", said)
	}
}

func TestWhatIsWrongWithTheBooksIsSaidWithTheWayThere(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	done := p.order(t, c, "r1")
	tx := storetest.Owner(p.store).MustBeginTx(t.Context(), nil)
	defer tx.Rollback()
	for _, query := range []string{
		`SET LOCAL session_replication_role = replica`,
		`UPDATE entries SET amount = amount + 1 WHERE kind = 'capture'`,
		`UPDATE topups SET price = price + 0.5`,
		`UPDATE adjustments SET amount = amount + 1`,
		`UPDATE balances SET held = 3`,
	} {
		tx.MustExecContext(t.Context(), query)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	v := p.as(t, billing.RoleAdmin)
	v.submit("/admin/books", "/admin/books/proofs", url.Values{})
	page := v.get("/admin/books")
	if page.Find(".sum").Length() != 0 || page.Find("#proof .note-failed").Length() != 1 {
		t.Errorf("wrong books stand on a double rule, or nothing says that they are wrong: %s", text(page.Find("#proof")))
	}
	for _, href := range []string{
		"/admin/topups/" + done.ID.String(), "/admin/customers/" + c.Code, "/admin/customers/" + c.Code + "/ledger?before=4", "/admin/approvals/",
	} {
		link := page.Find(`#proof li a[href^="` + href + `"]`)
		if link.Length() == 0 {
			t.Errorf("no difference leads to %s: %s", href, text(page.Find("#proof ol")))
			continue
		}
		if to, _ := link.First().Attr("href"); v.get(to).status != http.StatusOK {
			t.Errorf("%s is not there", to)
		}
	}
	if said := text(page.Find("#proof ol")); !strings.Contains(said, "Entry ") || !strings.Contains(said, "an amount does not follow from the rest") ||
		!strings.Contains(said, "balances "+strconv.FormatInt(c.ID, 10)+": held: found 3.0000, expected") {
		t.Errorf("the differences say %q", said)
	}
}

func TestBooksThatNobodyCouldLookAtAreNotCalledProven(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleViewer)
	keep := func(proof billing.Proof) {
		t.Helper()
		if err := p.store.InsertProof(t.Context(), proof); err != nil {
			t.Fatal(err)
		}
	}
	keep(billing.Proof{CheckedAt: time.Now().Add(-2 * time.Hour)})
	keep(billing.Proof{Problem: "prove the books: no answer"})
	if got := text(v.get("/admin/books").Find("#proof .note-failed")); !strings.Contains(got, "could not look at the books") || !strings.Contains(got, "no answer") {
		t.Errorf("after a failure it says %q", got)
	}
	keep(billing.Proof{CheckedAt: time.Now(), Wrong: 1, Waiting: 1})
	if got := v.get("/admin/books"); got.Find("#proof .note-failed").Length() != 0 || !strings.Contains(text(got.Find("#proof .note-unknown")), "1 open top-up has no worker.") {
		t.Errorf("a top-up that waits: %s", text(got.Find("#proof")))
	}
}

// While another instance proves, a second wish is no second proof.
func TestAProofUnderWayIsShownAndNotMadeTwice(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleFinance)
	_, err := p.store.ProveAlone(t.Context(), func() error {
		page := v.get("/admin/books")
		if !strings.Contains(text(page.Find("#proof")), "The books are being proven.") {
			t.Errorf("the page says %q", text(page.Find("#proof")))
		}
		if every, _ := page.Find("#proof").Attr("hx-trigger"); every != "every 2s" {
			t.Errorf("it looks again %s", every)
		}
		if got := v.submit("/admin/books", "/admin/books/proofs", url.Values{}); got.status != http.StatusSeeOther {
			t.Errorf("asked meanwhile: %d", got.status)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := p.store.Proofs(t.Context(), 5); err != nil || len(kept) != 0 {
		t.Errorf("%d proofs, %v", len(kept), err)
	}
}
