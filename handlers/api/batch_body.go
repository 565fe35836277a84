package api

// The body of a batch, and whose batch is under way.

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"latcom.example/latcom-billing/store"
)

// askedBatch is a batch as it was sent: orders that are objects, not read yet.
type askedBatch struct {
	orders []json.RawMessage
	dryRun bool
}

// readBatch reads a batch, which takes one turn of its customer.
func (a *api) readBatch(ctx context.Context) (b askedBatch, err error) {
	who := callOf(ctx)
	body, err := readBody(who.http, maxBatch)
	if err == nil {
		b, err = parseBatch(body)
	}
	return b, cmp.Or(a.takeTurn(ctx, who), err)
}

func parseBatch(body []byte) (b askedBatch, err error) {
	fields, ok := fieldsOf(body)
	if !ok {
		return b, notAnObject()
	}
	var wrong mistakes
	seen := map[string]bool{}
	for _, f := range fields {
		switch {
		case seen[f.name]:
			wrong.add("body", f.name, "is there twice")
		case f.name == "orders":
			if b.orders, ok = f.objects(); !ok || len(b.orders) == 0 || len(b.orders) > mostOrder {
				wrong.add("body", f.name, fmt.Sprintf("must be a list of 1 to %d orders, each an object", mostOrder))
			}
		case f.name == "dry_run":
			if b.dryRun = string(f.value) == "true"; !b.dryRun && string(f.value) != "false" {
				wrong.add("body", f.name, "must be true or false")
			}
		default:
			wrong.add("body", f.name, "is not a field of a batch")
		}
		seen[f.name] = true
	}
	if !seen["orders"] {
		wrong.add("body", "orders", missing)
	}
	if len(wrong) > 0 {
		return b, invalid(wrong...)
	}
	return b, nil
}

// objects reads a list of objects.
func (f field) objects() (objects []json.RawMessage, ok bool) {
	if json.Unmarshal(f.value, &objects) != nil {
		return nil, false
	}
	for _, object := range objects {
		if len(object) == 0 || object[0] != '{' {
			return nil, false
		}
	}
	return objects, true
}

// batchKey names whose batches wait for each other.
type batchKey struct {
	books      *store.Store
	customerID int64
}

// batches lets one batch of a customer at a time through this process: its orders
// wait for one lock anyhow, and would keep connections that others need.
type batches struct{ lanes sync.Map }

// enter waits for its turn, or until ctx ends; leave has to be called either way.
func (b *batches) enter(ctx context.Context, key batchKey) (leave func()) {
	found, _ := b.lanes.LoadOrStore(key, make(chan struct{}, 1))
	lane := found.(chan struct{}) //nolint:forcetypeassert // nothing else is stored
	select {
	case lane <- struct{}{}:
		return func() { <-lane }
	case <-ctx.Done():
		return func() {}
	}
}
