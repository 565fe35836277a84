package api

// GET /numbers/{phone}: how a phone is read, before anything is ordered for it.

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/nyaruka/phonenumbers"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var numberOperation = huma.Operation{
	OperationID: "read-number", Method: http.MethodGet, Path: "/numbers/{phone}",
	Summary:     views.Term("Check a phone"),
	Description: views.Term("How a phone is read, and what the numbering plan says of it. It costs nothing and asks no carrier: whether the number is in use shows when a top-up is ordered."),
}

type numberInput struct {
	Phone string `path:"phone" example:"5512345678"`
}

// Number is what can be said of a phone without asking a carrier.
type Number struct {
	Input    string  `json:"input"`
	Valid    bool    `json:"valid"`
	Phone    *string `json:"phone"`
	National *string `json:"national"`
	InPlan   *bool   `json:"in_numbering_plan"`
	Mobile   *bool   `json:"mobile"`
	Problem  *string `json:"problem"`
}

type numberOutput struct{ Body Number }

func (a *api) number(ctx context.Context, in *numberInput) (*numberOutput, error) {
	n := Number{Input: in.Phone}
	if callOf(ctx).http.Request().URL.RawPath != "" { // then a part of the path is left as it was sent: a phone may have a /
		if plain, err := url.PathUnescape(in.Phone); err == nil {
			n.Input = plain
		}
	}
	n.Input = strings.ToValidUTF8(n.Input, "\uFFFD")
	phone, err := billing.ParsePhone(n.Input)
	if refused, is := errors.AsType[billing.PhoneError](err); is {
		n.Problem = orNull(string(refused.Problem))
		return &numberOutput{n}, nil
	}
	if err != nil {
		return nil, err
	}
	n.Valid, n.Phone, n.National = true, orNull(string(phone)), orNull(phone.National())
	n.InPlan, n.Mobile = inPlan(phone)
	return &numberOutput{n}, nil
}

// inPlan asks the numbering plan as this program knows it. In Mexico most numbers
// may be either mobile or not: then mobile is nil.
func inPlan(phone billing.Phone) (known, mobile *bool) {
	parsed, err := phonenumbers.Parse(string(phone), "MX")
	if err != nil {
		return nil, nil
	}
	valid := phonenumbers.IsValidNumber(parsed)
	yes, no := true, false
	switch phonenumbers.GetNumberType(parsed) {
	case phonenumbers.MOBILE:
		return &valid, &yes
	case phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.UNKNOWN:
		return &valid, nil
	default:
		return &valid, &no
	}
}
