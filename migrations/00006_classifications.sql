-- +goose Up

-- Which version of the outcome policy judged an answer (0: the engine did, or a
-- version before this one), and the shape of one that nobody has classified.
ALTER TABLE attempts ADD COLUMN policy_version int NOT NULL DEFAULT 0, ADD COLUMN shape text NOT NULL DEFAULT '';
ALTER TABLE inquiries ADD COLUMN policy_version int NOT NULL DEFAULT 0;
CREATE INDEX attempts_by_shape ON attempts (shape, id) WHERE shape <> '';

-- What operators say that later answers of a shape mean. It changes nothing that
-- is past, and is never changed itself: a later one about the same shape replaces it.
CREATE TABLE classifications (
    id          uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    number      bigint GENERATED ALWAYS AS IDENTITY UNIQUE, -- the answers that it decides name it
    shape       text NOT NULL CHECK (shape <> ''),
    was         text NOT NULL, -- what the policy alone makes of it
    outcome     text NOT NULL,
    fault       text NOT NULL CHECK (fault IN ('', 'provider', 'reseller', 'number', 'us')),
    note        text NOT NULL CHECK (note <> ''),
    example_id  bigint NOT NULL REFERENCES attempts (id),
    proposed_by bigint NOT NULL REFERENCES operators (id),
    proposed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (id, proposed_by),
    CONSTRAINT classifications_possible CHECK (
        (was = 'refused' AND outcome IN ('refused', 'unknown') OR was = 'unknown' AND outcome IN ('unknown', 'refused', 'delivered'))
        AND (outcome = 'delivered') = (fault = ''))
);
CREATE INDEX classifications_by_shape ON classifications (shape, number DESC);

-- The second operator's word on one that ends top-ups.
CREATE TABLE classification_decisions (
    classification_id uuid PRIMARY KEY,
    proposed_by       bigint NOT NULL,
    decided_by        bigint NOT NULL REFERENCES operators (id),
    confirmed         boolean NOT NULL,
    objection         text NOT NULL DEFAULT '',
    decided_at        timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (classification_id, proposed_by) REFERENCES classifications (id, proposed_by),
    CONSTRAINT classifications_by_another CHECK (decided_by <> proposed_by)
);

CREATE TRIGGER classifications_append_only BEFORE UPDATE OR DELETE ON classifications FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER classifications_no_truncate BEFORE TRUNCATE ON classifications EXECUTE FUNCTION refuse_change();
CREATE TRIGGER classification_decisions_append_only BEFORE UPDATE OR DELETE ON classification_decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER classification_decisions_no_truncate BEFORE TRUNCATE ON classification_decisions EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE classification_decisions, classifications;
DROP INDEX attempts_by_shape;
ALTER TABLE inquiries DROP COLUMN policy_version;
ALTER TABLE attempts DROP COLUMN shape, DROP COLUMN policy_version;
