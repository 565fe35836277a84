package topup

// Groups: what goes together shares a transaction, and nothing else.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// idle is an engine that takes orders and sends none.
func idle(s *store.Store) *Engine {
	return New(s, nil, discard, Options{Concurrency: 10, Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
}

// together has orders come in while an account is locked, so that all but the first
// go in one group, and lets go. It returns what each was answered.
func together(t *testing.T, s *store.Store, e *Engine, orders ...billing.Order) (topUps []billing.TopUp, replays []bool, errs []error) {
	t.Helper()
	topUps, replays, errs = make([]billing.TopUp, len(orders)), make([]bool, len(orders)), make([]error, len(orders))
	tx := s.DB().MustBeginTx(t.Context(), nil)
	defer tx.Rollback()
	for _, o := range orders {
		if _, err := tx.ExecContext(t.Context(), `SELECT FROM balances WHERE customer_id = $1 FOR UPDATE`, o.CustomerID); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for i, o := range orders {
		before := waitingIn(e)
		wg.Go(func() { topUps[i], replays[i], errs[i] = e.Accept(t.Context(), o) })
		if i == 0 {
			waitForLock(t, s)
			continue
		}
		eventually(t, func() bool { return waitingIn(e) > before })
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	return topUps, replays, errs
}

func waitingIn(e *Engine) int {
	e.arrivals.mu.Lock()
	defer e.arrivals.mu.Unlock()
	return len(e.arrivals.waiting)
}

func waitForLock(t *testing.T, s *store.Store) {
	t.Helper()
	eventually(t, func() bool {
		var waiting int
		err := s.DB().GetContext(t.Context(), &waiting, `
			SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		return err == nil && waiting > 0
	})
}

func TestOrdersThatComeTogetherShareATransactionAndKeepTheirOwnAnswers(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, c := idle(s), storetest.Customer(t, s, "10")
	before := accept(t, e, order(c, "before"))
	changed, tooMuch, wrong := order(c, "before"), order(c, "too much"), order(c, "wrong")
	changed.Amount, tooMuch.Amount, wrong.Amount = billing.MustMXN("60"), billing.MustMXN("200"), billing.MustMXN("5")

	topUps, replays, errs := together(t, s, e, order(c, "first"),
		order(c, "a"), changed, tooMuch, wrong, order(c, "before"), order(c, "b"), order(c, "a"))
	insufficient, amount := billing.InsufficientBalanceError{}, billing.AmountError{}
	if !errors.Is(errs[2], billing.ErrReferenceReused) || !errors.As(errs[3], &insufficient) || !errors.As(errs[4], &amount) {
		t.Errorf("the wrong ones: %v, %v, %v", errs[2], errs[3], errs[4])
	}
	if errs[5] != nil || !replays[5] || topUps[5].ID != before.ID {
		t.Errorf("a reference of before: %s, %v, %v", topUps[5].ID, replays[5], errs[5])
	}
	if errs[7] != nil || !replays[7] || topUps[7].ID != topUps[1].ID || topUps[7].CreatedAt.IsZero() {
		t.Errorf("a reference of the same group: %s, %v, %v", topUps[7].ID, replays[7], errs[7])
	}
	for _, i := range []int{0, 1} {
		if errs[i] != nil || replays[i] || topUps[i].Status != billing.StatusQueued || topUps[i].CreatedAt.IsZero() {
			t.Errorf("order %d: %+v, %v, %v", i, topUps[i], replays[i], errs[i])
		}
	}
	// Of 10 USD three of 2.7778 are held: another one is not covered.
	if b := storetest.Balance(t, s, c.ID); !errors.As(errs[6], &insufficient) || b.Held.String() != "8.3334" {
		t.Errorf("order 6: %v; held %s", errs[6], b.Held)
	}
}

func TestTheGroupsOfOneAccountAreFewerThanItsOrders(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, c := idle(s), storetest.Customer(t, s, "1000")
	orders := make([]billing.Order, 40)
	for i := range orders {
		orders[i] = order(c, fmt.Sprint(i))
	}
	_, _, errs := together(t, s, e, orders...)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	var transactions int
	if err := s.DB().GetContext(t.Context(), &transactions, `SELECT count(DISTINCT CAST(xmin AS text)) FROM topups`); err != nil {
		t.Fatal(err)
	}
	if transactions != 2 {
		t.Errorf("40 orders took %d transactions, want one for the first and one for those that came meanwhile", transactions)
	}
	// The queue has them in the order in which they came.
	var priorities []int
	err := s.DB().SelectContext(t.Context(), &priorities, `SELECT priority FROM river_job ORDER BY id`)
	if err != nil || !slices.IsSorted(priorities) || priorities[0] != 1 || priorities[39] != 4 && priorities[39] != 3 {
		t.Errorf("priorities %v, %v", priorities, err)
	}
}

// A fault that only the database sees: nobody's order is lost or refused for a
// neighbour's.
func TestAFaultOfOneOrderIsNotHeldAgainstItsNeighbours(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	storetest.Owner(s).MustExecContext(t.Context(), `
		CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''poisoned''; END';
		CREATE TRIGGER poison BEFORE INSERT ON topups FOR EACH ROW WHEN (NEW.reference = 'poison') EXECUTE FUNCTION poison()`)
	e, c := idle(s), storetest.Customer(t, s, "100")
	topUps, replays, errs := together(t, s, e, order(c, "first"), order(c, "a"), order(c, "poison"), order(c, "b"))
	for i, wrong := range []bool{false, false, true, false} {
		if (errs[i] != nil) != wrong || replays[i] {
			t.Errorf("order %d: %s, %v, %v", i, topUps[i].ID, replays[i], errs[i])
		}
	}
	if b := storetest.Balance(t, s, c.ID); b.Held.String() != "8.3334" {
		t.Errorf("held %s, want that of three", b.Held)
	}
}

func TestACustomerWhoseAccountIsLockedKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e := idle(s)
	blocked, locked, free := storetest.Customer(t, s, "100"), storetest.Customer(t, s, "100"), storetest.Customer(t, s, "100")
	tx := s.DB().MustBeginTx(t.Context(), nil)
	defer tx.Rollback()
	tx.MustExecContext(t.Context(), `SELECT FROM balances WHERE customer_id = ANY ($1) FOR UPDATE`, fmt.Sprintf("{%d,%d}", blocked.ID, locked.ID))

	var wg sync.WaitGroup
	for i := range 2 * lanes {
		wg.Go(func() {
			if _, _, err := e.Accept(t.Context(), order([]billing.Customer{blocked, locked}[i%2], fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 5 {
		accept(t, e, order(free, fmt.Sprint(i))) // ends though the others wait
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
}

func TestACapHoldsWithinAGroup(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, c := idle(s), storetest.Customer(t, s, "1000")
	storetest.Owner(s).MustExecContext(t.Context(), `UPDATE customers SET daily_cap = 13.8890 WHERE id = $1`, c.ID)
	orders := make([]billing.Order, 20)
	for i := range orders {
		orders[i] = order(c, fmt.Sprint(i))
	}
	_, _, errs := together(t, s, e, orders...)
	accepted := 0
	for _, err := range errs {
		beyond := billing.DailyCapError{}
		switch {
		case err == nil:
			accepted++
		case !errors.As(err, &beyond):
			t.Error(err)
		}
	}
	if accepted != 5 {
		t.Errorf("%d were accepted, want the 5 that the cap pays for", accepted)
	}
}

func TestTheGuardSeesAnOrderOfTheSameGroup(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, c := idle(s), storetest.Customer(t, s, "1000")
	storetest.Owner(s).MustExecContext(t.Context(), `UPDATE customers SET guard_minutes = 5 WHERE id = $1`, c.ID)
	other := order(c, "other")
	other.Amount = billing.MustMXN("60")
	topUps, _, errs := together(t, s, e, other, order(c, "a"), order(c, "b"))
	recent := billing.RecentlyToppedUpError{}
	if errs[0] != nil || errs[1] != nil || !errors.As(errs[2], &recent) || recent.Earlier.ID != topUps[1].ID || recent.Override == "" {
		t.Errorf("got %v", errs)
	}
}

// What the gatherer promises, without a database.
func TestAGroupIsWhatCameMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		type item struct {
			of    int64
			name  string
			alone bool
		}
		var (
			mu     sync.Mutex
			groups [][]string
		)
		release := make(chan struct{})
		g := &gatherer[item]{
			lanes: 2, of: func(i item) int64 { return i.of }, alone: func(i item) bool { return i.alone },
			work: func(_ context.Context, group []item) []item {
				names := []string{}
				for _, i := range group {
					names = append(names, i.name)
				}
				mu.Lock()
				groups = append(groups, names)
				mu.Unlock()
				<-release
				return nil
			},
		}
		g.add(t.Context(), item{of: 1, name: "a1"}) // at once
		synctest.Wait()
		g.add(t.Context(), item{of: 1, name: "a2"}) // waits for a1
		g.add(t.Context(), item{of: 2, name: "b1"}) // the second lane
		synctest.Wait()
		g.add(t.Context(), item{of: 3, name: "c1", alone: true})
		g.add(t.Context(), item{of: 1, name: "a3"})
		g.add(t.Context(), item{of: 3, name: "c2"})
		g.add(t.Context(), item{of: 4, name: "d1"})
		synctest.Wait()
		if got := fmt.Sprint(groups); got != "[[a1] [b1]]" {
			t.Fatalf("under way are %s", got)
		}
		release <- struct{}{}
		synctest.Wait()
		close(release)
		synctest.Wait()
		if len(groups) < 3 || groups[0][0] != "a1" || groups[1][0] != "b1" {
			t.Fatalf("got %v", groups)
		}
		place := map[string]int{}
		for n, group := range groups {
			for _, name := range group {
				place[name] = n
			}
			if slices.Contains(group, "c1") && len(group) != 1 {
				t.Errorf("c1 went with others: %v", group)
			}
		}
		if place["c2"] <= place["c1"] || place["a2"] != place["a3"] || len(place) != 7 {
			t.Errorf("got %v", groups)
		}
		if g.running != 0 || len(g.busy) != 0 || len(g.waiting) != 0 {
			t.Errorf("left behind: %d lanes, busy %v, waiting %v", g.running, g.busy, g.waiting)
		}
	})
}
