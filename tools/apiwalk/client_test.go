package apiwalk

import (
	"context"
	"net/http"
	"testing"

	"github.com/go-faster/jx"
	"github.com/ogen-go/ogen/ogenerrors"

	"latcom.example/latcom-billing/tools/apiwalk/client"
)

// key signs each request of the generated client.
type key string

func (key) ApiKey(context.Context, client.OperationName, *client.Client) (client.ApiKey, error) { //nolint:revive // the generated interface's name
	return client.ApiKey{}, ogenerrors.ErrSkipClientSecurity
}

func (k key) Bearer(context.Context, client.OperationName, *client.Client) (client.Bearer, error) {
	return client.Bearer{Token: string(k)}, nil
}

// TestAClientGeneratedFromOurDocumentOrdersAndAsks decodes every answer strictly: a
// field too few, a type or a state that the document does not tell is an error.
func TestAClientGeneratedFromOurDocumentOrdersAndAsks(t *testing.T) {
	w, _ := newSystem(t)
	c := clientFor(t, w, w.Right)
	order := &client.Order{Phone: "55 1234 5678", Amount: client.NewStringOrderAmount("50.00"), Reference: "client-1"}
	order.Metadata.SetTo(client.OrderMetadata{"store": jx.Raw(`"Centro"`)})

	made, ok := ask(t, "order", func() (client.OrderTopupRes, error) {
		return c.OrderTopup(t.Context(), order, client.OrderTopupParams{})
	}).(*client.OrderTopupCreatedHeaders)
	if !ok || made.Response.Status != client.TopUpStatusSucceeded || made.Response.Price != "2.7778" {
		t.Fatalf("ordered: %+v", made)
	}
	again, ok := ask(t, "order again", func() (client.OrderTopupRes, error) {
		return c.OrderTopup(t.Context(), order, client.OrderTopupParams{})
	}).(*client.TopUpHeaders)
	if !ok || again.Response.ID != made.Response.ID || again.IdempotentReplayed.Value != "true" {
		t.Errorf("ordered again: %+v", again)
	}
	shown, ok := ask(t, "show", func() (client.ShowTopupRes, error) {
		return c.ShowTopup(t.Context(), client.ShowTopupParams{ID: made.Response.ID})
	}).(*client.ShowTopupOKHeaders)
	if !ok || shown.Response.Reference != "client-1" || string(shown.Response.Metadata.Value["store"]) != `"Centro"` {
		t.Errorf("shown: %+v", shown)
	}
	balance, ok := ask(t, "balance", func() (client.ReadBalanceRes, error) { return c.ReadBalance(t.Context()) }).(*client.BalanceHeaders)
	if !ok || balance.Response.Available != "99997.2222" {
		t.Errorf("balance: %+v", balance)
	}
}

func TestAClientGeneratedFromOurDocumentReadsARefusal(t *testing.T) {
	w, _ := newSystem(t)
	poor := clientFor(t, w, w.Others[0])
	order := &client.Order{Phone: "5512345678", Amount: client.NewFloat64OrderAmount(50), Reference: "client-2"}
	refused, ok := ask(t, "order", func() (client.OrderTopupRes, error) {
		return poor.OrderTopup(t.Context(), order, client.OrderTopupParams{Prefer: client.NewOptString("respond-async")})
	}).(*client.OrderTopupPaymentRequired)
	if !ok || refused.Response.Code != "insufficient_balance" || refused.Response.Retry != client.ProblemRetrySafe || refused.Response.Available.Value != "0.0100" {
		t.Errorf("refused: %+v", refused)
	}
	hidden, ok := ask(t, "show", func() (client.ShowTopupRes, error) {
		return poor.ShowTopup(t.Context(), client.ShowTopupParams{ID: "tu_00000000000000000000000000"})
	}).(*client.ShowTopupNotFound)
	if !ok || hidden.Response.Status != http.StatusNotFound {
		t.Errorf("hidden: %+v", hidden)
	}
}

func clientFor(t *testing.T, w *Walk, who Caller) *client.Client {
	t.Helper()
	c, err := client.NewClient(w.Document.Server, key(who.Header.Get("X-Api-Key")))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ask[R any](t *testing.T, what string, call func() (R, error)) R {
	t.Helper()
	answer, err := call()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return answer
}
