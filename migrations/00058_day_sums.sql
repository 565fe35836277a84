-- +goose Up

-- The sums of quarter_hours by whole day, UTC, for questions about months and years. All
-- quarters that began before "through" are in them; what follows is read from the
-- quarters themselves. The queue's housekeeping moves "through" on once a day is
-- long over. Who changes a quarter after that (an unknown that is decided days
-- later, a reversal) changes its day in the same transaction: it shares the lock on
-- "through" with all others, and only the housekeeping takes it alone. So days,
-- quarters and top-ups agree at every commit; verify recomputes them.
-- There is no reference to customers: the quarters have it, and a lock on a customer
-- must not come after the one on "through".
CREATE TABLE day_sums (
    customer_id bigint NOT NULL,
    day         timestamptz NOT NULL,
    accepted    int NOT NULL,
    succeeded   int NOT NULL,
    failed      int NOT NULL,
    unknown     int NOT NULL,
    reversed    int NOT NULL,
    delivered   numeric(16,2) NOT NULL,
    charged     numeric(16,4) NOT NULL,
    spent       numeric(16,4) NOT NULL,
    PRIMARY KEY (customer_id, day),
    CONSTRAINT day_sums_begin CHECK (day = date_bin('1 day', day, '2000-01-01 00:00:00+00')),
    CONSTRAINT day_sums_add_up CHECK (
        accepted > 0 AND LEAST(succeeded, failed, unknown, reversed) >= 0 AND accepted >= succeeded + failed + unknown + reversed
        AND LEAST(delivered, charged, spent) >= 0 AND spent >= charged)
);
CREATE INDEX day_sums_by_day ON day_sums (day);
CREATE TABLE day_sums_through (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    through  timestamptz NOT NULL CONSTRAINT day_sums_through_midnight CHECK (through = date_bin('1 day', through, '2000-01-01 00:00:00+00'))
);
INSERT INTO day_sums_through (through) VALUES ('2000-01-01 00:00:00+00');

-- +goose StatementBegin
CREATE FUNCTION change_day_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    summed timestamptz;
BEGIN
    SELECT through INTO summed FROM day_sums_through FOR SHARE;
    IF NEW.began < summed THEN
        INSERT INTO day_sums AS d (customer_id, day, accepted, succeeded, failed, unknown, reversed, delivered, charged, spent)
        VALUES (NEW.customer_id, date_bin('1 day', NEW.began, '2000-01-01 00:00:00+00'),
                NEW.accepted, NEW.succeeded, NEW.failed, NEW.unknown, NEW.reversed, NEW.delivered, NEW.charged, NEW.spent)
        ON CONFLICT (customer_id, day) DO UPDATE SET
            accepted = d.accepted + NEW.accepted - COALESCE(OLD.accepted, 0), succeeded = d.succeeded + NEW.succeeded - COALESCE(OLD.succeeded, 0),
            failed = d.failed + NEW.failed - COALESCE(OLD.failed, 0), unknown = d.unknown + NEW.unknown - COALESCE(OLD.unknown, 0),
            reversed = d.reversed + NEW.reversed - COALESCE(OLD.reversed, 0), delivered = d.delivered + NEW.delivered - COALESCE(OLD.delivered, 0),
            charged = d.charged + NEW.charged - COALESCE(OLD.charged, 0), spent = d.spent + NEW.spent - COALESCE(OLD.spent, 0);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- A day is summed up 26 hours after its end at the earliest: whoever is at a quarter
-- that may be in it comes here.
CREATE TRIGGER quarter_hours_change_day AFTER INSERT OR UPDATE ON quarter_hours FOR EACH ROW
    WHEN (NEW.began < clock_timestamp() - interval '25 hours') EXECUTE FUNCTION change_day_sums();

-- +goose Down
DROP TRIGGER quarter_hours_change_day ON quarter_hours;
DROP FUNCTION change_day_sums;
DROP TABLE day_sums_through, day_sums;
