package api

// GET /topups and GET /topups/{id}.

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var showOperation = huma.Operation{
	OperationID: "show-topup", Method: http.MethodGet, Path: "/topups/{id}",
	Summary:     views.Term("Read a top-up"),
	Description: views.Term("One of your top-ups as it stands now. What belongs to somebody else is not found."),
}

type showInput struct {
	ID string `path:"id"`
}

type showOutput struct{ Body TopUp }

func (a *api) show(ctx context.Context, in *showInput) (*showOutput, error) {
	id, err := billing.ParseTopUpID(in.ID)
	if err != nil {
		return nil, err
	}
	t, err := within(ctx, readTime, func(ctx context.Context) (billing.TopUp, error) {
		return callOf(ctx).Store.TopUp(ctx, id, callOf(ctx).customerID)
	})
	if err != nil {
		return nil, err
	}
	answers, err := a.shown(ctx, t)
	if err != nil {
		return nil, err
	}
	return &showOutput{answers[0]}, nil
}

var listOperation = huma.Operation{
	OperationID: "list-topups", Method: http.MethodGet, Path: "/topups",
	Summary:     views.Term("List top-ups"),
	Description: views.Term("Your top-ups, newest first, a page at a time. A page stays right while new top-ups arrive: follow next_cursor until it is null. Filters can be combined. With Accept: text/csv or application/x-ndjson all that they match is one file."),
}

type listInput struct {
	Reference string `query:"reference" example:"order-1001"`
	Status    string `query:"status"`
	Phone     string `query:"phone" example:"5512345678"`
	From      string `query:"from"`
	To        string `query:"to"`
	Limit     string `query:"limit"`
	Cursor    string `query:"cursor"`
}

// TopUpPage is one page of a list.
type TopUpPage struct {
	Data       []TopUp `json:"data"`
	NextCursor *string `json:"next_cursor"`
}

type listOutput struct{ Body TopUpPage }

func (a *api) list(ctx context.Context, in *listInput) (*listOutput, error) {
	filter, page, err := in.read()
	if err != nil {
		return nil, err
	}
	filter.CustomerID = callOf(ctx).customerID
	found, err := within(ctx, readTime, func(ctx context.Context) (billing.TopUpPage, error) {
		return callOf(ctx).Store.Reading(ctx).TopUps(ctx, filter, page)
	})
	if err != nil {
		return nil, err
	}
	answer := TopUpPage{}
	if answer.Data, err = a.shown(ctx, found.TopUps...); err != nil {
		return nil, err
	}
	if found.HasOlder {
		answer.NextCursor = orNull(writeCursor(found.TopUps[len(found.TopUps)-1]))
	}
	return &listOutput{answer}, nil
}
