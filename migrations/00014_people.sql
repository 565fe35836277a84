-- +goose Up

-- Who made an account or reset it last, and from when on its owner may approve
-- what others ask for (NULL: at once). Without an operator in made_by it was
-- ADMIN_KEY.
ALTER TABLE operators ADD COLUMN IF NOT EXISTS made_by bigint REFERENCES operators (id);
ALTER TABLE operators ADD COLUMN IF NOT EXISTS approves_from timestamptz;
ALTER TABLE operators ADD COLUMN signed_in_at timestamptz;

-- An owner manages the customer's members and keys. Whoever was first is one.
ALTER TABLE members ADD COLUMN role text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'member'));
ALTER TABLE members ADD COLUMN signed_in_at timestamptz;
UPDATE members SET role = 'owner'
WHERE id IN (SELECT min(id) FROM members WHERE disabled_at IS NULL GROUP BY customer_id);

-- Links with which somebody sets a password: of an invitation while the account
-- has none, of a reset afterwards. One a person; used or replaced, it is gone.
CREATE TABLE access_links (
    token_hash            bytea PRIMARY KEY, -- SHA-256; the link itself is not kept
    operator_id           bigint CONSTRAINT access_links_one_an_operator UNIQUE REFERENCES operators (id),
    member_id             bigint CONSTRAINT access_links_one_a_member UNIQUE REFERENCES members (id),
    removes_second_factor boolean NOT NULL DEFAULT false, -- for who lost the phone and the codes
    made_at               timestamptz NOT NULL DEFAULT now(),
    expires_at            timestamptz NOT NULL,
    CHECK (num_nonnulls(operator_id, member_id) = 1)
);

-- Codes from a phone (RFC 6238). The secret is encrypted with a key derived from
-- SECRET_KEY. last_step is the time step of the code used last: none is taken twice.
CREATE TABLE second_factors (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operator_id bigint CONSTRAINT second_factors_one_an_operator UNIQUE REFERENCES operators (id),
    member_id   bigint CONSTRAINT second_factors_one_a_member UNIQUE REFERENCES members (id),
    secret      bytea NOT NULL,
    last_step   bigint NOT NULL DEFAULT 0,
    made_at     timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(operator_id, member_id) = 1)
);

-- For who has no phone at hand; each opens once.
CREATE TABLE recovery_codes (
    code_hash   bytea PRIMARY KEY, -- SHA-256
    operator_id bigint REFERENCES operators (id),
    member_id   bigint REFERENCES members (id),
    used_at     timestamptz,
    CHECK (num_nonnulls(operator_id, member_id) = 1)
);
CREATE INDEX recovery_codes_by_operator ON recovery_codes (operator_id) WHERE operator_id IS NOT NULL;
CREATE INDEX recovery_codes_by_member ON recovery_codes (member_id) WHERE member_id IS NOT NULL;

-- What holds for every operator who signs in.
CREATE TABLE sign_in_rules (
    only_row               boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    second_factor_required boolean NOT NULL DEFAULT false
);
INSERT INTO sign_in_rules DEFAULT VALUES;

-- A name for a session that may stand in an address.
ALTER TABLE sessions ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sessions_id_taken UNIQUE;

-- Which operators looked at a top-up's details: once an hour each.
CREATE TABLE topup_views (
    topup_id    uuid NOT NULL REFERENCES topups (id),
    operator_id bigint NOT NULL REFERENCES operators (id),
    hour        timestamptz NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    address     text NOT NULL DEFAULT '',
    PRIMARY KEY (topup_id, operator_id, hour)
);
CREATE TRIGGER topup_views_append_only BEFORE UPDATE OR DELETE ON topup_views FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER topup_views_no_truncate BEFORE TRUNCATE ON topup_views EXECUTE FUNCTION refuse_change();

-- The audit log is read by moment: all of it, one action's, one hand's, one customer's.
CREATE INDEX audit_log_newest ON audit_log (at DESC, id DESC);
CREATE INDEX audit_log_by_action ON audit_log (action, at DESC, id DESC);
CREATE INDEX audit_log_by_actor ON audit_log (actor_kind, actor_id, at DESC, id DESC);
CREATE INDEX audit_log_by_customer_and_moment ON audit_log (customer_id, at DESC, id DESC) WHERE customer_id IS NOT NULL;

-- +goose Down
DROP INDEX audit_log_by_customer_and_moment, audit_log_by_actor, audit_log_by_action, audit_log_newest;
DROP TABLE topup_views, sign_in_rules, recovery_codes, second_factors, access_links;
ALTER TABLE sessions DROP COLUMN id;
ALTER TABLE members DROP COLUMN signed_in_at, DROP COLUMN role;
ALTER TABLE operators DROP COLUMN signed_in_at;
