package api

// POST /topups/batch: many orders in one request, each taken in by itself.

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/views"
)

var batchOperation = huma.Operation{
	OperationID: "order-batch", Method: http.MethodPost, Path: "/topups/batch",
	Summary:     views.Term("Order many top-ups"),
	Description: views.Term("Up to 1,000 orders in 1 MiB, each with its own reference and its own answer, in the order sent. Each is accepted or refused by itself; none waits for its delivery. Sent again, what was accepted is answered and never doubled. With dry_run nothing is accepted: everything is checked and priced as it would be now."),
}

const (
	maxBatch  = 1 << 20
	mostOrder = 1000
	batchTime = 30 * time.Second // then what is left is answered as not reached
)

// BatchAnswer is what became of each order of a batch.
type BatchAnswer struct {
	DryRun         bool          `json:"dry_run"`
	Accepted       int           `json:"accepted"`
	Replayed       int           `json:"replayed"`
	Refused        int           `json:"refused"`
	TotalPrice     string        `json:"total_price"`
	AvailableAfter string        `json:"available_after"`
	Results        []BatchResult `json:"results"`
}

// BatchResult is the answer to one order.
type BatchResult struct {
	Index     int      `json:"index"`
	Reference *string  `json:"reference"`
	Status    int      `json:"status"`
	Replayed  bool     `json:"replayed"`
	Price     *string  `json:"price"`
	TopUp     *TopUp   `json:"topup"`
	Problem   *Problem `json:"problem"`
}

type batchOutput struct{ Body BatchAnswer }

// batchRun is a batch under way.
type batchRun struct {
	api     *api
	who     call
	results []BatchResult
	topUps  map[int]billing.TopUp // by the place of the order
	prices  billing.USD           // of what was accepted, or would be
	gone    bool                  // nothing more can be reached in this request
}

func (a *api) batch(ctx context.Context, _ *struct{}) (*batchOutput, error) {
	who := callOf(ctx)
	asked, err := a.readBatch(ctx)
	if err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	run := &batchRun{api: a, who: who, results: make([]BatchResult, len(asked.orders)), topUps: map[int]billing.TopUp{}}
	leave := a.batches.enter(timed, batchKey{who.Store, who.customerID})
	defer leave()
	if asked.dryRun {
		err = run.tryAll(timed, asked.orders)
	} else {
		run.takeAll(timed, asked.orders)
	}
	if err != nil {
		return nil, err
	}
	answer, err := run.answer(ctx)
	answer.DryRun = asked.dryRun
	return &batchOutput{answer}, err
}

// takeAll takes in one order after the other, each in a transaction of its own: a
// lock is held no longer than by a single order.
func (run *batchRun) takeAll(ctx context.Context, orders []json.RawMessage) {
	for i, raw := range orders {
		o, ok := run.read(ctx, i, raw)
		if !ok {
			continue
		}
		if run.gone || ctx.Err() != nil {
			run.refuse(ctx, i, notReached())
			continue
		}
		t, replayed, err := run.take(ctx, o)
		if err != nil {
			run.gone = run.gone || away(err)
			run.refuse(ctx, i, err)
			continue
		}
		run.took(i, t, replayed)
	}
}

// take takes in one order; in the sandbox what is played about it is played.
func (run *batchRun) take(ctx context.Context, o billing.Order) (t billing.TopUp, replayed bool, err error) {
	play, err := run.api.beginPlay(ctx, o)
	if err != nil {
		return t, false, err
	}
	if play != nil && play.play == sandbox.AnswerLost {
		play.play = sandbox.Delivered // one lost answer would lose those of the others
	}
	out := &topUpOutput{Status: http.StatusAccepted}
	if err = play.refusal(ctx); err == nil {
		if t, replayed, err = run.api.accept(ctx, o); replayed {
			out = &topUpOutput{Status: statusOf(t, true), Replayed: "true"}
		}
	}
	run.api.endPlay(ctx, play, out, err)
	return t, replayed, err
}

// read reads one order of the batch, or refuses it.
func (run *batchRun) read(ctx context.Context, i int, raw json.RawMessage) (o billing.Order, ok bool) {
	run.results[i].Index = i
	o, err := parseOrder(raw)
	if referencePattern.MatchString(o.Reference) {
		run.results[i].Reference = orNull(o.Reference)
	}
	if err != nil {
		run.refuse(ctx, i, err)
		return o, false
	}
	o.CustomerID, o.APIKeyID, o.FromAddress = run.who.customerID, &run.who.keyID, run.who.http.RealIP()
	return o, true
}

func (run *batchRun) refuse(ctx context.Context, i int, err error) {
	p := run.api.refuse(ctx, run.who.http, err)
	run.results[i].Status, run.results[i].Problem = p.Status, p
}

// took notes a top-up: one of now, or the first of its reference.
func (run *batchRun) took(i int, t billing.TopUp, replayed bool) {
	run.topUps[i] = t
	run.results[i].Replayed, run.results[i].Price, run.results[i].Status = replayed, orNull(t.Price.String()), http.StatusAccepted
	if replayed {
		run.results[i].Status = statusOf(t, true)
	} else {
		run.prices = run.prices.Add(t.Price)
	}
}

func notReached() *Problem {
	return unavailableNow(time.Second, "There was no time for this order in its batch.")
}

// answer counts, and shows the top-ups with the credit that is available now.
func (run *batchRun) answer(ctx context.Context) (BatchAnswer, error) {
	answer := BatchAnswer{Results: run.results, TotalPrice: run.prices.String()}
	places, topUps := []int{}, []billing.TopUp{}
	for i := range run.results {
		if t, ok := run.topUps[i]; ok {
			places, topUps = append(places, i), append(topUps, t)
		}
		switch r := run.results[i]; {
		case r.Problem != nil:
			answer.Refused++
		case r.Replayed:
			answer.Replayed++
		default:
			answer.Accepted++
		}
	}
	shown, err := run.api.shown(context.WithoutCancel(ctx), topUps...)
	if err != nil {
		return answer, err
	}
	for n, i := range places {
		run.results[i].TopUp = &shown[n]
	}
	account, err := run.api.account(context.WithoutCancel(ctx))
	answer.AvailableAfter = account.Available().String()
	return answer, err
}
