package api

// What the documentation page says of the objects that answers hold.

import (
	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/views"
)

// innerMembers are explained under the calls, in this order.
var innerMembers = []struct {
	title, schema string
	names         []string
}{
	{views.Term("Fields of a ledger entry"), "Entry", entryColumns},
	{views.Term("Fields of a result"), "BatchResult", []string{"index", "reference", "status", "replayed", "price", "topup", "problem"}},
	{views.Term("Fields of a product"), "Product", []string{"id", "kind", "carrier", "country", "currency", "minimum", "maximum", "amount", "orderable", "prices"}},
	{views.Term("Fields of a product's price"), "ProductPrice", []string{"amount", "price", "price_currency"}},
	{views.Term("Fields of a month"), "StatementMonth", []string{"month", "currency", "closed", "opening", "movements", "closing"}},
	{views.Term("Fields of an opening or closing"), "StatementStanding", []string{"balance", "held", "number"}},
	{views.Term("Fields of a movement"), "StatementMovement", []string{"kind", "entries", "balance_change", "held_change"}},
	{views.Term("Fields of an earlier top-up"), "Earlier", []string{"id", "reference", "status", "created_at"}},
}

func innerOf(schemas huma.Registry) []views.DocsInner {
	inner := make([]views.DocsInner, len(innerMembers))
	for i, one := range innerMembers {
		ref := &huma.Schema{Ref: "#/components/schemas/" + one.schema}
		inner[i] = views.DocsInner{Title: one.title, Fields: membersOf(schemas, ref, one.names)}
	}
	return inner
}
