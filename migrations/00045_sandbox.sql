-- +goose Up

-- What the sandbox keeps beside its books. The sandbox is a database of its own
-- with this schema; in the live one these tables stay empty.

-- Every order that came in, whatever became of it: the documented numbers whose
-- first answer is played look here, and so do the rules of the certificate.
CREATE TABLE sandbox_requests (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    reference   text NOT NULL,
    phone       text NOT NULL,
    amount      numeric(12,2) NOT NULL,
    status      int NOT NULL DEFAULT 0,     -- of the answer; 0: none was given (yet)
    code        text NOT NULL DEFAULT '',   -- of a problem
    replayed    boolean NOT NULL DEFAULT false,
    answered_at timestamptz
);
CREATE INDEX sandbox_requests_by_reference ON sandbox_requests (customer_id, reference text_pattern_ops, id);
CREATE INDEX sandbox_requests_by_age ON sandbox_requests (at);

-- A run of the go-live certificate: its references begin with its prefix.
CREATE TABLE sandbox_certificates (
    id          uuid PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    prefix      text NOT NULL CONSTRAINT sandbox_certificates_prefix_taken UNIQUE,
    started_at  timestamptz NOT NULL DEFAULT now(),
    started_by  text NOT NULL,
    passed_at   timestamptz
);
CREATE INDEX sandbox_certificates_by_customer ON sandbox_certificates (customer_id, started_at DESC);

-- What the integration booked for a reference of a run; the last word counts.
CREATE TABLE sandbox_reports (
    certificate_id uuid NOT NULL REFERENCES sandbox_certificates (id),
    reference      text NOT NULL,
    status         text NOT NULL,
    total          numeric(16,4) NOT NULL, -- USD, as the customer's own books have it
    reported_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (certificate_id, reference)
);

-- +goose Down
DROP TABLE sandbox_reports, sandbox_certificates, sandbox_requests;
