-- +goose Up

-- The indexes that lists of top-ups are read from: one for each field that a filter
-- can have, each ending in the order of the list. They ascend, so that new rows go
-- to the end of a page: a descending index of the same splits its pages in halves
-- and is half as big again. What totals add up stands in the two that read most.
DROP INDEX topups_newest, topups_by_customer, topups_by_status, topups_by_phone, topups_by_reference;
CREATE INDEX topups_newest ON topups (created_at, id) INCLUDE (status, amount, price);
CREATE INDEX topups_by_customer ON topups (customer_id, created_at, id) INCLUDE (status, amount, price);
CREATE INDEX topups_by_status ON topups (status, created_at, id) WHERE status <> 'succeeded';
CREATE INDEX topups_by_customer_status ON topups (customer_id, status, created_at, id) WHERE status <> 'succeeded';
CREATE INDEX topups_by_key ON topups (api_key_id, created_at, id) WHERE api_key_id IS NOT NULL;
CREATE INDEX topups_by_amount ON topups (amount, created_at, id);
CREATE INDEX topups_by_phone ON topups (phone, created_at, id);

-- A reference is one top-up of a customer for ever, and can be looked for without
-- knowing whose it is: one index for both.
ALTER TABLE topups
    DROP CONSTRAINT topups_reference_taken,
    ADD CONSTRAINT topups_reference_taken UNIQUE (reference, customer_id);

-- +goose Down
ALTER TABLE topups
    DROP CONSTRAINT topups_reference_taken,
    ADD CONSTRAINT topups_reference_taken UNIQUE (customer_id, reference);
DROP INDEX topups_newest, topups_by_customer, topups_by_status, topups_by_customer_status, topups_by_key, topups_by_amount, topups_by_phone;
CREATE INDEX topups_newest ON topups (created_at DESC, id DESC);
CREATE INDEX topups_by_customer ON topups (customer_id, created_at DESC, id DESC);
CREATE INDEX topups_by_status ON topups (status, created_at DESC, id DESC) WHERE status <> 'succeeded';
CREATE INDEX topups_by_phone ON topups (phone, created_at DESC, id DESC);
CREATE INDEX topups_by_reference ON topups (reference, created_at DESC, id DESC);
