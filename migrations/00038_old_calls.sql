-- +goose Up

-- Keys of the system before this one, imported as hashes. Its integrations name
-- themselves with each request (x-customer-id): old_customer_id is how, where it is
-- neither the customer's code nor its id.
ALTER TABLE api_keys ADD COLUMN old_customer_id text NOT NULL DEFAULT '' CHECK (length(old_customer_id) <= 100);

-- +goose Down
ALTER TABLE api_keys DROP COLUMN old_customer_id;
