-- +goose Up

-- What an operator keeps of the list of top-ups: filters under a name, and how
-- the list looks.
CREATE TABLE saved_views (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operator_id bigint NOT NULL REFERENCES operators (id),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    query       text NOT NULL CHECK (length(query) <= 2000), -- as the address carries it: "today" stays today
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_views_name_taken UNIQUE (operator_id, name)
);

CREATE TABLE list_looks (
    operator_id bigint PRIMARY KEY REFERENCES operators (id),
    columns     text[] NOT NULL,
    roomy       boolean NOT NULL DEFAULT false
);

-- Files of what a filter showed, made in the background. The file lies in DATA_DIR
-- of the instance that made it, until expires_at; the row stays.
CREATE TABLE exports (
    id            uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    operator_id   bigint REFERENCES operators (id),
    member_id     bigint REFERENCES members (id),
    customer_id   bigint REFERENCES customers (id), -- whose member asked; an operator's belong to nobody
    format        text NOT NULL CHECK (format IN ('csv', 'xlsx')),
    query         text NOT NULL,  -- the filter as the address carried it, for people
    filter        jsonb NOT NULL, -- and what it meant when it was asked for
    state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    job_id        bigint,         -- the job that may work on it; another one must not
    instance_id   text NOT NULL DEFAULT '',
    rows_expected bigint NOT NULL DEFAULT 0,
    rows_written  bigint NOT NULL DEFAULT 0,
    totals        jsonb,          -- rows, MXN and USD by status: of the file, and proven against the database
    bytes         bigint NOT NULL DEFAULT 0,
    sha256        text NOT NULL DEFAULT '',
    failure       text NOT NULL DEFAULT '',
    requested_at  timestamptz NOT NULL DEFAULT now(),
    started_at    timestamptz,
    finished_at   timestamptz,
    expires_at    timestamptz,
    removed_at    timestamptz,    -- when the file was
    CONSTRAINT exports_by_one CHECK (num_nonnulls(operator_id, member_id) = 1 AND (member_id IS NULL) = (customer_id IS NULL)),
    CONSTRAINT exports_done_whole CHECK (state <> 'done' OR (sha256 <> '' AND totals IS NOT NULL AND expires_at IS NOT NULL))
);
CREATE INDEX exports_of_operators ON exports (requested_at DESC) WHERE operator_id IS NOT NULL;
CREATE INDEX exports_of_customers ON exports (customer_id, requested_at DESC) WHERE customer_id IS NOT NULL;
CREATE INDEX exports_open ON exports (requested_at) WHERE state IN ('waiting', 'running');
CREATE INDEX exports_with_file ON exports (expires_at) WHERE state = 'done' AND removed_at IS NULL;

-- +goose Down
DROP TABLE exports, list_looks, saved_views;
