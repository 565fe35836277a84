-- +goose Up

-- What this database serves: set by the first start, refused by any other kind
-- afterwards, so that simulated and real money never meet.
CREATE TABLE installation (
    only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    provider_kind text NOT NULL CHECK (provider_kind IN ('simulator', 'live')),
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- Running processes. One whose seen_at is old is dead, whatever it believes.
CREATE TABLE instances (
    id         text PRIMARY KEY,
    host       text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE operators (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sign_in_name  text NOT NULL CONSTRAINT operators_sign_in_name_taken UNIQUE CHECK (sign_in_name = lower(sign_in_name)),
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('viewer', 'support', 'finance', 'admin')),
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz
);

CREATE TABLE customers (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code         text NOT NULL CONSTRAINT customers_code_taken UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{1,31}$'),
    name         text NOT NULL CHECK (name <> ''),
    suspended    boolean NOT NULL DEFAULT false,
    discount     numeric(7,6) NOT NULL DEFAULT 0 CHECK (discount >= 0 AND discount < 1),
    min_amount   numeric(12,2), -- NULL: TOPUP_MIN_MXN
    max_amount   numeric(12,2), -- NULL: TOPUP_MAX_MXN
    low_below    numeric(16,4) NOT NULL DEFAULT 1000,
    medium_below numeric(16,4) NOT NULL DEFAULT 5000,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CHECK (low_below <= medium_below)
);

CREATE TABLE api_keys (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id  bigint NOT NULL REFERENCES customers (id),
    name         text NOT NULL,
    hint         text NOT NULL,
    key_hash     bytea NOT NULL CONSTRAINT api_keys_hash_taken UNIQUE, -- SHA-256; the key itself is not kept
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    ended_at     timestamptz
);
CREATE INDEX api_keys_by_customer ON api_keys (customer_id, id);

CREATE TABLE members (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id   bigint NOT NULL REFERENCES customers (id),
    email         text NOT NULL CONSTRAINT members_email_taken UNIQUE CHECK (email = lower(email)),
    name          text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz
);
CREATE INDEX members_by_customer ON members (customer_id, id);

-- Sessions live here, so that signing out ends them wherever they are used. The
-- browser holds the token, we hold its hash.
CREATE TABLE sessions (
    token_hash  bytea PRIMARY KEY,
    operator_id bigint REFERENCES operators (id),
    member_id   bigint REFERENCES members (id),
    created_at  timestamptz NOT NULL DEFAULT now(),
    seen_at     timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    address     text NOT NULL DEFAULT '',
    user_agent  text NOT NULL DEFAULT '',
    CHECK (num_nonnulls(operator_id, member_id) = 1)
);
CREATE INDEX sessions_by_operator ON sessions (operator_id) WHERE operator_id IS NOT NULL;
CREATE INDEX sessions_by_member ON sessions (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Failed sign-ins, counted to slow attackers down. Key: a name or an address.
CREATE TABLE sign_in_failures (
    key       text PRIMARY KEY,
    failures  int NOT NULL,
    last_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE exchange_rates (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mxn_per_usd    numeric(12,6) NOT NULL CHECK (mxn_per_usd > 0),
    effective_from timestamptz NOT NULL DEFAULT now(),
    set_by         bigint REFERENCES operators (id), -- NULL: MXN_PER_USD at the very first start
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX exchange_rates_in_force ON exchange_rates (effective_from DESC, id DESC);

CREATE TABLE products (
    code          text PRIMARY KEY, -- Latcom's productId
    face          numeric(12,2),    -- NULL: open range
    vat_rule      text NOT NULL DEFAULT 'face' CHECK (vat_rule IN ('face', 'face_less_vat')),
    sent_places   int NOT NULL DEFAULT 2 CHECK (sent_places IN (0, 2)),
    adds_vat      boolean NOT NULL,
    cost_fraction numeric(7,6) NOT NULL DEFAULT 1 CHECK (cost_fraction >= 0)
);
INSERT INTO products (code, adds_vat) VALUES ('TFE_MXN_20_TO_2000', true);
INSERT INTO products (code, face, adds_vat)
SELECT 'XOOM_' || n || '_MXN', n, false
FROM unnest(ARRAY[10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 150, 200, 300, 500]) AS n;

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;
-- +goose StatementEnd

CREATE TABLE audit_log (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor_kind  text NOT NULL CHECK (actor_kind IN ('operator', 'member', 'command_line', 'system')),
    actor_id    bigint,
    actor_name  text NOT NULL,
    address     text NOT NULL DEFAULT '',
    action      text NOT NULL,
    customer_id bigint REFERENCES customers (id),
    subject     text NOT NULL DEFAULT '',
    before      jsonb,
    after       jsonb
);
CREATE INDEX audit_log_by_customer ON audit_log (customer_id, id DESC);
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION refuse_change();
CREATE TRIGGER exchange_rates_append_only BEFORE UPDATE OR DELETE ON exchange_rates FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER exchange_rates_no_truncate BEFORE TRUNCATE ON exchange_rates EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE audit_log, products, exchange_rates, sign_in_failures, sessions, members, api_keys, customers, operators, instances, installation;
DROP FUNCTION refuse_change;
