package latcom

// An order that its caller holds back at the last moment.

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"latcom.example/latcom-billing/billing"
)

// heldBack are the questions to which the caller says no.
var heldBack = []struct {
	name    string
	answers []say
	yes     int32 // so many are answered with yes before
	row     string
}{
	{"on a new connection", nil, 0, "transport.held_back"},
	{"on a kept connection", []say{json200(good)}, 1, "transport.held_back"},
	{"between a 401 and the second try", []say{reply(401, "", `{}`)}, 1, "transport.held_back"},
}

func TestAnOrderThatIsHeldBackIsNotSent(t *testing.T) {
	for _, want := range heldBack {
		t.Run(want.name, func(t *testing.T) {
			f := &fake{onOrder: append(want.answers, json200(good))}
			withFake(t, f, func(c *Client) {
				var asked atomic.Int32
				order := send("d1")
				order.MayStart = func() bool { return asked.Add(1) <= want.yes }
				got := c.TopUp(context.Background(), order)
				if want.name == "on a kept connection" {
					if got.Outcome != delivered {
						t.Fatalf("the first: %s", got.Row)
					}
					got = c.TopUp(context.Background(), order)
				}
				if got.Outcome != notSent || got.Row != want.row || got.Fault != us {
					t.Errorf("got %s by %s (%q)", got.Outcome, got.Row, got.Reason)
				}
				if n := f.received(); n != int(want.yes) {
					t.Errorf("%d orders reached Latcom", n)
				}
				order.MayStart = nil // the way itself is as good as before
				if got := c.TopUp(context.Background(), order); got.Outcome != delivered {
					t.Errorf("afterwards: %s", got.Row)
				}
			})
		})
	}
}

// The question comes after the login and the handshake, which take their time.
func TestTheQuestionIsTheLastThingBeforeTheFirstByte(t *testing.T) {
	var arrived, asked atomic.Int32
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/dislogin" {
			_, _ = w.Write([]byte(`{"access":"TOKEN"}`))
			return
		}
		arrived.Add(1)
		_, _ = w.Write([]byte(good))
	}))
	defer server.Close()
	trusting := server.Client().Transport.(*http.Transport) //nolint:forcetypeassert // httptest's own
	c := newClient(t, Config{BaseURL: server.URL, HTTP: trusting})
	order := send("d1")
	order.MayStart = func() bool {
		if asked.Add(1); arrived.Load() != 0 || c.session.token == "" {
			t.Error("asked too late, or too early")
		}
		return true
	}
	if got := c.TopUp(context.Background(), order); got.Outcome != billing.OutcomeDelivered || asked.Load() != 1 || arrived.Load() != 1 {
		t.Errorf("got %s by %s; asked %d times, %d arrived", got.Outcome, got.Row, asked.Load(), arrived.Load())
	}
}
