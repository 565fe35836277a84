package store

// Latcom's products: how each is sent and paid for.

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

const selectProducts = `SELECT code, face, vat_rule, sent_places, adds_vat, cost_fraction FROM products`

// Products lists them: the open range, then those of a fixed face value by it.
func (r reader) Products(ctx context.Context) ([]billing.ListedProduct, error) {
	return list[billing.ListedProduct](ctx, r.q, "products", selectProducts+` ORDER BY face IS NOT NULL, face, code`)
}

// Product reads one product by its code.
func (r reader) Product(ctx context.Context, code string) (billing.ListedProduct, error) {
	return get[billing.ListedProduct](ctx, r.q, fmt.Sprintf("product %.40q", code), selectProducts+` WHERE code = $1`, code)
}

// FixedProducts reads those of these codes that have a fixed face value.
func (r reader) FixedProducts(ctx context.Context, codes []string) ([]billing.ListedProduct, error) {
	return list[billing.ListedProduct](ctx, r.q, "products of a customer", selectProducts+`
		WHERE code = ANY ($1) AND face IS NOT NULL ORDER BY face, code`, pq.Array(codes))
}

// LockProduct locks a product for the change of its rule. Orders go on with the
// rule that is in force.
func (tx *Tx) LockProduct(ctx context.Context, code string) (billing.ListedProduct, error) {
	return get[billing.ListedProduct](ctx, tx.q, fmt.Sprintf("product %.40q", code), selectProducts+` WHERE code = $1 FOR NO KEY UPDATE`, code)
}

// SetProduct puts another rule in force, for orders from now on.
func (tx *Tx) SetProduct(ctx context.Context, p billing.Product) error {
	return tx.update(ctx, "set the rule of product "+p.Code, `
		UPDATE products SET vat_rule = $2, sent_places = $3, cost_fraction = $4 WHERE code = $1`, p.Code, p.VATRule, p.SentPlaces, p.CostFraction)
}

// ProductChanges lists the newest changes of rules, of one product or of all ("").
func (r reader) ProductChanges(ctx context.Context, code string, limit int) ([]billing.Audit, error) {
	return list[billing.Audit](ctx, r.q, "changes of products", selectAudit+`
		WHERE action = 'product.changed' AND ($1 = '' OR subject = $1)
		ORDER BY id DESC
		LIMIT $2`, code, limit)
}

// DiscountedCustomers lists those with a discount, the highest first, limit at most.
func (r reader) DiscountedCustomers(ctx context.Context, limit int) ([]billing.Customer, error) {
	return list[billing.Customer](ctx, r.q, "customers with a discount", selectCustomers+`
		WHERE c.discount > 0 ORDER BY c.discount DESC, lower(c.name), c.id LIMIT $1`, limit)
}
