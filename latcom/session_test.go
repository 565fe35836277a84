package latcom

// The login: one at a time, ahead of its end, and again after a 401.

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// together runs n orders at once and waits for all.
func together(n int, order func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { order(i) })
	}
	all.Wait()
}

func TestOneLoginServesHoweverManyWait(t *testing.T) {
	f := &fake{onLogin: after(3*time.Second, json200(`{"access":"TOKEN"}`)), onOrder: []say{json200(good)}}
	withFake(t, f, func(c *Client) {
		together(100, func(i int) {
			if got := c.TopUp(context.Background(), send(fmt.Sprint("d", i))); got.Outcome != delivered {
				t.Errorf("got %s by %s", got.Outcome, got.Row)
			}
		})
		if f.loggedIn() != 1 || f.received() != 100 {
			t.Errorf("%d logins, %d orders", f.loggedIn(), f.received())
		}
	})
}

func TestAFailedLoginFailsAllWhoWaitForItAndNoMore(t *testing.T) {
	f := &fake{onLogin: after(3*time.Second, reply(400, "", noIP)), onOrder: []say{json200(good)}}
	withFake(t, f, func(c *Client) {
		together(50, func(i int) {
			if got := c.TopUp(context.Background(), send(fmt.Sprint("d", i))); got.Row != rowLoginAddress {
				t.Errorf("got %s by %s", got.Outcome, got.Row)
			}
		})
		if f.loggedIn() != 1 {
			t.Errorf("%d logins", f.loggedIn())
		}
		f.mu.Lock()
		f.onLogin = nil
		f.mu.Unlock()
		if got := c.TopUp(context.Background(), send("later")); got.Outcome != delivered {
			t.Errorf("later: %s by %s", got.Outcome, got.Row)
		}
	})
}

func TestTheOneWhoAskedFirstMayGiveUpAndTheOthersStillGetTheLogin(t *testing.T) {
	f := &fake{onLogin: after(3*time.Second, json200(`{"access":"TOKEN"}`)), onOrder: []say{json200(good)}}
	withFake(t, f, func(c *Client) {
		first, giveUp := context.WithCancel(context.Background())
		var all sync.WaitGroup
		all.Go(func() {
			if got := c.TopUp(first, send("d1")); got.Row != rowCancelled {
				t.Errorf("the first got %s by %s", got.Outcome, got.Row)
			}
		})
		synctest.Wait() // it waits for the login
		all.Go(func() {
			if got := c.TopUp(context.Background(), send("d2")); got.Outcome != delivered {
				t.Errorf("the second got %s by %s", got.Outcome, got.Row)
			}
		})
		synctest.Wait()
		giveUp()
		all.Wait()
		if f.loggedIn() != 1 || f.received() != 1 {
			t.Errorf("%d logins, %d orders", f.loggedIn(), f.received())
		}
	})
}

func TestALoginIsRefreshedAheadWhileTheOldOneServes(t *testing.T) {
	f := &fake{onOrder: []say{json200(good)}}
	withFake(t, f, func(c *Client) {
		order := func(at string) time.Duration {
			began := time.Now()
			if got := c.TopUp(context.Background(), send("d1")); got.Outcome != delivered {
				t.Errorf("%s: %s by %s", at, got.Outcome, got.Row)
			}
			return time.Since(began)
		}
		order("at the start")
		passes(191 * time.Second)
		order("at 79 %")
		if f.loggedIn() != 1 {
			t.Errorf("%d logins before 80 %% of 4 minutes", f.loggedIn())
		}
		f.mu.Lock()
		f.onLogin = after(5*time.Second, json200(`{"access":"TOKEN-NEW"}`))
		f.mu.Unlock()
		passes(time.Second)
		if took := order("at 80 %"); took != 0 {
			t.Errorf("the order waited %s for a login that it does not need", took)
		}
		order("while the login is under way")
		passes(6 * time.Second)
		order("after it")
		if f.loggedIn() != 2 {
			t.Errorf("%d logins, not 2", f.loggedIn())
		}
		want := []string{"TOKEN-1", "TOKEN-1", "TOKEN-1", "TOKEN-1", "TOKEN-NEW"}
		for i, token := range f.tokens {
			if token != "Bearer "+want[i] {
				t.Errorf("order %d came with %s, not %s", i+1, token, want[i])
			}
		}
	})
}

func TestAFailedRefreshLeavesTheOldLoginInUseUntilItsEnd(t *testing.T) {
	f := &fake{onOrder: []say{json200(good)}}
	withFake(t, f, func(c *Client) {
		c.TopUp(context.Background(), send("d1"))
		f.mu.Lock()
		f.onLogin = reply(500, "", ``)
		f.mu.Unlock()
		passes(195 * time.Second)
		for range 20 { // two seconds: one try, then a pause
			if got := c.TopUp(context.Background(), send("d1")); got.Outcome != delivered {
				t.Fatalf("with the old login: %s by %s", got.Outcome, got.Row)
			}
			passes(100 * time.Millisecond)
		}
		if f.loggedIn() != 2 {
			t.Errorf("%d logins in the pause, not 2", f.loggedIn())
		}
		passes(time.Minute)
		if got := c.TopUp(context.Background(), send("d1")); got.Row != rowLoginFailed {
			t.Errorf("after its end: %s by %s", got.Outcome, got.Row)
		}
	})
}

func TestA401OfManyOrdersMakesOneLogin(t *testing.T) {
	f := &fake{onOrder: []say{json200(good)}}
	withFake(t, f, func(c *Client) {
		c.TopUp(context.Background(), send("d0"))
		var ended atomic.Int64
		f.mu.Lock()
		f.onOrder = []say{func(conn net.Conn, r *http.Request) bool {
			if r.Header.Get("Authorization") == "Bearer TOKEN-1" {
				ended.Add(1)
				return reply(401, "", `{"error":"Unauthorized"}`)(conn, r)
			}
			return json200(good)(conn, r)
		}}
		f.mu.Unlock()
		together(50, func(i int) {
			if got := c.TopUp(context.Background(), send(fmt.Sprint("d", i))); got.Outcome != delivered {
				t.Errorf("got %s by %s", got.Outcome, got.Row)
			}
		})
		if f.loggedIn() != 2 || int64(f.received()) != 1+50+ended.Load() {
			t.Errorf("%d logins, %d orders, %d of them with the old login", f.loggedIn(), f.received(), ended.Load())
		}
	})
}

func TestTheEvidenceOfA401ShowsBothTries(t *testing.T) {
	f := &fake{onOrder: []say{reply(401, "", `{"error":"Unauthorized"}`), json200(good)}}
	withFake(t, f, func(c *Client) {
		e := c.TopUp(context.Background(), send("d1")).Evidence
		one := "POST /api/tn/fast\nAuthorization: Bearer [redacted]\n" + f.orders[0]
		between := "\n-- 401 after 0s: logged in again, sent again --\n"
		if e.Request != one+between+one || f.orders[0] != f.orders[1] {
			t.Errorf("request: %s", e.Request)
		}
		if e.Response != `{"error":"Unauthorized"}`+between+good || e.HTTPStatus != 200 {
			t.Errorf("response: %d %s", e.HTTPStatus, e.Response)
		}
		if f.tokens[0] == f.tokens[1] {
			t.Error("both tries came with the same login")
		}
	})
}

func TestALoginThatFailsAfterA401IsNotSent(t *testing.T) {
	f := &fake{onOrder: []say{reply(401, "", ``)}}
	withFake(t, f, func(c *Client) {
		c.TopUp(context.Background(), send("d0"))
		f.mu.Lock()
		f.onLogin = reply(400, "", noIP)
		f.mu.Unlock()
		got := c.TopUp(context.Background(), send("d1"))
		if got.Outcome != notSent || got.Row != rowLoginAddress || got.Evidence.Event != EventNotLoggedIn || got.Evidence.BytesWritten == 0 {
			t.Errorf("got %s by %s: %+v", got.Outcome, got.Row, got.Evidence)
		}
	})
}

func TestASecond401SaysWhenToTryAgain(t *testing.T) {
	f := &fake{onOrder: []say{reply(401, "", ``)}}
	withFake(t, f, func(c *Client) {
		if got := c.TopUp(context.Background(), send("d1")); got.RetryAfter != unauthorizedPause || f.received() != 2 {
			t.Errorf("again after %s; %d orders", got.RetryAfter, f.received())
		}
	})
}

func TestA429SaysWhenToTryAgain(t *testing.T) {
	f := &fake{onOrder: []say{reply(429, "Retry-After: 7\r\n", ``)}}
	withFake(t, f, func(c *Client) {
		if got := c.TopUp(context.Background(), send("d1")); got.RetryAfter != 7*time.Second {
			t.Errorf("again after %s", got.RetryAfter)
		}
	})
}
