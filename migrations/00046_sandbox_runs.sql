-- +goose Up

-- A run of the certificate looks at all that its customer ordered since it began.
CREATE INDEX sandbox_requests_by_customer ON sandbox_requests (customer_id, at);

-- +goose Down
DROP INDEX sandbox_requests_by_customer;
