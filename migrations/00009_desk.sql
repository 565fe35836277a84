-- +goose Up

-- One more verdict: stands. Evidence speaks against a final top-up, and two
-- operators close its case without a correction.
ALTER TABLE decisions DROP CONSTRAINT decisions_verdict_check;
ALTER TABLE decisions ADD CONSTRAINT decisions_verdict_check CHECK (verdict IN ('delivered', 'not_delivered', 'reverse', 'charge', 'stands'));

-- A list from which one operator proposed many decisions at once, and which line
-- each of them was.
CREATE TABLE decision_lists (
    id          uuid PRIMARY KEY, -- made with the form, so that sending it twice is harmless
    name        text NOT NULL CHECK (name <> ''), -- the file's
    sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32), -- of what it held
    proposed_by bigint NOT NULL REFERENCES operators (id),
    proposed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE decision_list_lines (
    list_id     uuid NOT NULL REFERENCES decision_lists (id),
    line        int NOT NULL CHECK (line > 0), -- in the file
    decision_id uuid NOT NULL CONSTRAINT decision_list_lines_once UNIQUE REFERENCES decisions (id),
    PRIMARY KEY (list_id, line)
);
CREATE TRIGGER decision_lists_append_only BEFORE UPDATE OR DELETE ON decision_lists FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_lists_no_truncate BEFORE TRUNCATE ON decision_lists EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_list_lines_append_only BEFORE UPDATE OR DELETE ON decision_list_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_list_lines_no_truncate BEFORE TRUNCATE ON decision_list_lines EXECUTE FUNCTION refuse_change();

-- The desk's counts: proposals that wait for a second operator.
CREATE INDEX decisions_waiting ON decisions (proposed_at) WHERE state = 'waiting';

-- +goose Down
DROP INDEX decisions_waiting;
DROP TABLE decision_list_lines, decision_lists;
ALTER TABLE decisions DROP CONSTRAINT decisions_verdict_check;
ALTER TABLE decisions ADD CONSTRAINT decisions_verdict_check CHECK (verdict IN ('delivered', 'not_delivered', 'reverse', 'charge'));
