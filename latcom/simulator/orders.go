package simulator

// An order as it comes in, and what is wrong with it.

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxBody bounds a request; an order has 220 bytes.
const maxBody = 16 << 10

const openRange = "TFE_MXN_20_TO_2000"

// fixed are the amounts of the products XOOM_{n}_MXN.
var fixed = []int64{10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 150, 200, 300, 500}

// order is a top-up on the wire.
type order struct {
	TargetMSISDN string          `json:"targetMSISDN"`
	DistTransID  string          `json:"dist_transid"`
	Operator     string          `json:"operator"`
	Country      string          `json:"country"`
	Currency     string          `json:"currency"`
	Amount       json.RawMessage `json:"amount"`
	ProductID    string          `json:"productId"`
	SkuID        string          `json:"skuID"`
	Service      int             `json:"service"`

	cents int64
}

// received is what reaches the phone, in cents: VAT comes on top of the open range.
func (o order) received() int64 {
	if o.ProductID != openRange {
		return o.cents
	}
	return (o.cents*116 + 50) / 100
}

func pesos(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

var (
	tenDigits = regexp.MustCompile(`^[0-9]{10}$`)
	amounts   = regexp.MustCompile(`^([0-9]{1,7})(?:\.([0-9]{1,2}))?$`)
)

// readOrder gives the order, or the message of a 400.
func readOrder(r *http.Request) (o order, wrong string) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return o, "Request too large or cut"
	}
	if err := json.Unmarshal(body, &o); err != nil {
		return o, "Malformed JSON"
	}
	amount := amounts.FindStringSubmatch(string(o.Amount))
	switch {
	case !tenDigits.MatchString(o.TargetMSISDN):
		return o, "targetMSISDN must have 10 digits"
	case o.DistTransID == "" || len(o.DistTransID) > 32:
		return o, "dist_transid must have 1 to 32 characters"
	case o.Operator != "TELEFONICA" || o.Country != "MEXICO" || o.Currency != "MXN" || o.SkuID != "0" || o.Service != 2:
		return o, "operator, country, currency, skuID or service not supported"
	case amount == nil:
		return o, "amount must be a number with at most 2 decimals"
	}
	whole, _ := strconv.ParseInt(amount[1], 10, 64) // at most 7 digits
	part, _ := strconv.ParseInt((amount[2] + "00")[:2], 10, 64)
	o.cents = whole*100 + part
	return o, ""
}

// unknownProduct: not one that Latcom sells.
func (o order) unknownProduct() bool {
	if o.ProductID == openRange {
		return false
	}
	n, isFixed := strings.CutPrefix(o.ProductID, "XOOM_")
	n, ends := strings.CutSuffix(n, "_MXN")
	value, err := strconv.ParseInt(n, 10, 64)
	return !isFixed || !ends || err != nil || strconv.FormatInt(value, 10) != n || !slices.Contains(fixed, value)
}

// wrongAmount: outside the open range, or not the fixed product's own.
func (o order) wrongAmount() bool {
	if o.ProductID == openRange {
		return o.cents < 20_00 || o.cents > 2000_00
	}
	return "XOOM_"+strconv.FormatInt(o.cents/100, 10)+"_MXN" != o.ProductID || o.cents%100 != 0
}
