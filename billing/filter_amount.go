package billing

// A range of face values, as a filter writes it: "50", "20..100", ">50", ">=50,<200".

import (
	"errors"
	"strings"
)

// AmountRange is a range of MXN. Its zero value holds every amount.
type AmountRange struct {
	Min   *MXN `json:"min,omitempty"`
	Max   *MXN `json:"max,omitempty"`
	Above bool `json:"above,omitempty"` // Min itself is outside
	Below bool `json:"below,omitempty"` // Max itself is outside
}

// ErrAmountRange: a text is no range of amounts, or nothing can lie in it.
var ErrAmountRange = errors.New("not a range of amounts")

// ParseAmountRange reads one amount, two with ".." between them (either may be
// missing), or one or two comparisons with a comma between them. Anything else is
// ErrAmountRange.
func ParseAmountRange(text string) (r AmountRange, err error) {
	for _, part := range strings.Split(text, ",") {
		if err := r.narrow(strings.TrimSpace(part)); err != nil {
			return AmountRange{}, err
		}
	}
	if r.isEmpty() {
		return AmountRange{}, ErrAmountRange
	}
	return r, nil
}

func (r *AmountRange) narrow(part string) error {
	if from, to, is := strings.Cut(part, ".."); is {
		if from == "" && to == "" {
			return ErrAmountRange
		}
		return errors.Join(r.least(from, false), r.most(to, false))
	}
	for _, sign := range []string{">=", "<=", ">", "<"} {
		amount, is := strings.CutPrefix(part, sign)
		switch {
		case !is:
			continue
		case strings.TrimSpace(amount) == "":
			return ErrAmountRange
		case sign[0] == '>':
			return r.least(amount, sign == ">")
		default:
			return r.most(amount, sign == "<")
		}
	}
	if part == "" {
		return ErrAmountRange
	}
	return errors.Join(r.least(part, false), r.most(part, false))
}

func (r *AmountRange) least(text string, above bool) error {
	if text == "" {
		return nil
	}
	amount, err := readFilterAmount(text)
	if err != nil || r.Min != nil {
		return ErrAmountRange
	}
	r.Min, r.Above = &amount, above
	return nil
}

func (r *AmountRange) most(text string, below bool) error {
	if text == "" {
		return nil
	}
	amount, err := readFilterAmount(text)
	if err != nil || r.Max != nil {
		return ErrAmountRange
	}
	r.Max, r.Below = &amount, below
	return nil
}

func readFilterAmount(text string) (MXN, error) {
	amount, err := ParseMXN(strings.TrimSpace(text))
	if err != nil || amount.Sign() < 0 {
		return MXN{}, ErrAmountRange
	}
	return amount, nil
}

// isEmpty says whether no amount can lie in r.
func (r AmountRange) isEmpty() bool {
	if r.Min == nil || r.Max == nil {
		return r.Min == nil && r.Max == nil
	}
	order := r.Min.Cmp(*r.Max)
	return order > 0 || order == 0 && (r.Above || r.Below)
}

// IsZero says whether r holds every amount.
func (r AmountRange) IsZero() bool { return r.Min == nil && r.Max == nil }

// Contains says whether amount lies in r.
func (r AmountRange) Contains(amount MXN) bool {
	if r.Min != nil {
		if order := amount.Cmp(*r.Min); order < 0 || order == 0 && r.Above {
			return false
		}
	}
	if r.Max != nil {
		if order := amount.Cmp(*r.Max); order > 0 || order == 0 && r.Below {
			return false
		}
	}
	return true
}

// String is what ParseAmountRange reads as r; "" for every amount.
func (r AmountRange) String() string {
	if r.Min != nil && r.Max != nil && !r.Above && !r.Below {
		if r.Min.Cmp(*r.Max) == 0 {
			return r.Min.Short()
		}
		return r.Min.Short() + ".." + r.Max.Short()
	}
	return strings.Join(r.Comparisons(), ",")
}

// Comparisons are r's ends one by one: ">=20", "<100".
func (r AmountRange) Comparisons() (all []string) {
	if r.Min != nil {
		sign := ">="
		if r.Above {
			sign = ">"
		}
		all = append(all, sign+r.Min.Short())
	}
	if r.Max != nil {
		sign := "<="
		if r.Below {
			sign = "<"
		}
		all = append(all, sign+r.Max.Short())
	}
	return all
}

// Short is a without decimals that are nothing: "50", "37.25".
func (a MXN) Short() string { return strings.TrimSuffix(a.String(), ".00") }
