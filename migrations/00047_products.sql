-- +goose Up

-- Which of Latcom's products a customer's orders may go out as, by code; none: the
-- open range alone. Asked when an order comes in; the audit log has its history.
ALTER TABLE customers ADD COLUMN products text[] NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE customers DROP COLUMN products;
