-- +goose Up

-- Which cluster this database was last served from, and on which of its timelines. A restore, a promoted
-- standby and a dump in another cluster all show as a change: what Latcom was told since then is not here.
ALTER TABLE installation ADD COLUMN served_by text;

-- Each such change. Sending is paused by pause_id until an operator says what Latcom did in the gap.
CREATE TABLE restores (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    noticed_at timestamptz NOT NULL DEFAULT now(), -- the gap's end
    reached_at timestamptz NOT NULL,               -- the last sign of life in what was restored: the gap's begin
    was        text NOT NULL,
    became     text NOT NULL,
    pause_id   bigint NOT NULL REFERENCES pauses (id),
    checked_at timestamptz,
    checked_by text,
    note       text CHECK (length(note) BETWEEN 1 AND 2000), -- what was compared with what
    queued     text CHECK (queued IN ('send', 'unknown')),   -- what became of the orders that waited
    CONSTRAINT restores_checked_whole CHECK (num_nonnulls(checked_at, checked_by, note, queued) IN (0, 4))
);
CREATE UNIQUE INDEX restores_one_open ON restores ((true)) WHERE checked_at IS NULL;
CREATE TRIGGER restores_no_delete BEFORE DELETE ON restores FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER restores_no_truncate BEFORE TRUNCATE ON restores EXECUTE FUNCTION refuse_change();

-- The top-ups that were open at the restored moment, as they were: what became of them is the question.
CREATE TABLE restored_topups (
    restore_id bigint NOT NULL REFERENCES restores (id),
    topup_id   uuid NOT NULL REFERENCES topups (id),
    status     text NOT NULL CHECK (status IN ('queued', 'sending', 'unknown')),
    PRIMARY KEY (restore_id, topup_id)
);
CREATE TRIGGER restored_topups_append_only BEFORE UPDATE OR DELETE ON restored_topups FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER restored_topups_no_truncate BEFORE TRUNCATE ON restored_topups EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE restored_topups, restores;
ALTER TABLE installation DROP COLUMN served_by;
