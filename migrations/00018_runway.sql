-- +goose Up

-- What each customer ordered, by quarter of an hour, as it stands now. It is kept
-- in the transaction that accepts or moves a top-up, by the triggers below, so it
-- is exact at every commit; verify recomputes it. A quarter, because business days
-- of every zone begin on one. Whoever moves a top-up holds the customer's balance,
-- so that nobody waits for a row here who did not wait before. The row of the
-- present quarter is hot: half of each page is left free for updates in place.
CREATE TABLE quarter_hours (
    customer_id bigint NOT NULL REFERENCES customers (id),
    began       timestamptz NOT NULL,
    accepted    int NOT NULL,             -- all; what is not counted below is queued or sending
    succeeded   int NOT NULL DEFAULT 0,
    failed      int NOT NULL DEFAULT 0,
    unknown     int NOT NULL DEFAULT 0,
    reversed    int NOT NULL DEFAULT 0,
    delivered   numeric(16,2) NOT NULL DEFAULT 0, -- MXN, face value of what succeeded
    charged     numeric(16,4) NOT NULL DEFAULT 0, -- USD, price of what succeeded
    spent       numeric(16,4) NOT NULL,           -- USD, price of all that did not fail and was not reversed
    PRIMARY KEY (customer_id, began),
    CONSTRAINT quarter_hours_begin CHECK (began = date_bin('15 minutes', began, '2000-01-01 00:00:00+00')),
    CONSTRAINT quarter_hours_add_up CHECK (
        accepted > 0 AND LEAST(succeeded, failed, unknown, reversed) >= 0 AND accepted >= succeeded + failed + unknown + reversed
        AND LEAST(delivered, charged, spent) >= 0 AND spent >= charged)
) WITH (fillfactor = 50);
CREATE INDEX quarter_hours_by_time ON quarter_hours (began);

-- Until this has ended nobody changes a top-up, so none is forgotten.
LOCK TABLE topups IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO quarter_hours (customer_id, began, accepted, succeeded, failed, unknown, reversed, delivered, charged, spent)
SELECT customer_id, date_bin('15 minutes', created_at, '2000-01-01 00:00:00+00'), count(*),
       count(*) FILTER (WHERE status = 'succeeded'), count(*) FILTER (WHERE status = 'failed'),
       count(*) FILTER (WHERE status = 'unknown'), count(*) FILTER (WHERE status = 'reversed'),
       COALESCE(sum(amount) FILTER (WHERE status = 'succeeded'), 0), COALESCE(sum(price) FILTER (WHERE status = 'succeeded'), 0),
       COALESCE(sum(price) FILTER (WHERE status NOT IN ('failed', 'reversed')), 0)
FROM topups
GROUP BY 1, 2;

-- +goose StatementBegin
CREATE FUNCTION count_new_topups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO quarter_hours AS q (customer_id, began, accepted, succeeded, failed, unknown, reversed, delivered, charged, spent)
    SELECT customer_id, date_bin('15 minutes', created_at, '2000-01-01 00:00:00+00'), count(*),
           count(*) FILTER (WHERE status = 'succeeded'), count(*) FILTER (WHERE status = 'failed'),
           count(*) FILTER (WHERE status = 'unknown'), count(*) FILTER (WHERE status = 'reversed'),
           COALESCE(sum(amount) FILTER (WHERE status = 'succeeded'), 0), COALESCE(sum(price) FILTER (WHERE status = 'succeeded'), 0),
           COALESCE(sum(price) FILTER (WHERE status NOT IN ('failed', 'reversed')), 0)
    FROM added
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (customer_id, began) DO UPDATE SET
        accepted = q.accepted + EXCLUDED.accepted, succeeded = q.succeeded + EXCLUDED.succeeded, failed = q.failed + EXCLUDED.failed,
        unknown = q.unknown + EXCLUDED.unknown, reversed = q.reversed + EXCLUDED.reversed, delivered = q.delivered + EXCLUDED.delivered,
        charged = q.charged + EXCLUDED.charged, spent = q.spent + EXCLUDED.spent;
    RETURN NULL;
END $$;

CREATE FUNCTION count_moved_topup() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE quarter_hours SET
        succeeded = succeeded + (NEW.status = 'succeeded')::int - (OLD.status = 'succeeded')::int,
        failed = failed + (NEW.status = 'failed')::int - (OLD.status = 'failed')::int,
        unknown = unknown + (NEW.status = 'unknown')::int - (OLD.status = 'unknown')::int,
        reversed = reversed + (NEW.status = 'reversed')::int - (OLD.status = 'reversed')::int,
        delivered = delivered + CASE 'succeeded' WHEN NEW.status THEN NEW.amount WHEN OLD.status THEN -NEW.amount ELSE 0 END,
        charged = charged + CASE 'succeeded' WHEN NEW.status THEN NEW.price WHEN OLD.status THEN -NEW.price ELSE 0 END,
        spent = spent - CASE WHEN NEW.status IN ('failed', 'reversed') THEN NEW.price ELSE 0 END
                      + CASE WHEN OLD.status IN ('failed', 'reversed') THEN NEW.price ELSE 0 END
    WHERE customer_id = NEW.customer_id AND began = date_bin('15 minutes', NEW.created_at, '2000-01-01 00:00:00+00');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER topups_count_new AFTER INSERT ON topups
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_new_topups();
CREATE TRIGGER topups_count_moved AFTER UPDATE OF status ON topups FOR EACH ROW
    WHEN (OLD.status <> NEW.status AND (OLD.status NOT IN ('queued', 'sending') OR NEW.status NOT IN ('queued', 'sending')))
    EXECUTE FUNCTION count_moved_topup();

-- How long Latcom took for the deliveries begun within an hour: how many took each
-- number of tenths of a second, rounded. So the percentiles of an hour, or of a day,
-- are exact to the tenth. Hours are written once they are over (a sweep does it) and
-- thrown away after five weeks; the present one is read from the attempts.
CREATE TABLE delivery_times (
    hour       timestamptz NOT NULL,
    tenths     int NOT NULL CHECK (tenths >= 0),
    deliveries int NOT NULL CHECK (deliveries > 0),
    PRIMARY KEY (hour, tenths)
);
CREATE TABLE delivery_hours (
    hour       timestamptz PRIMARY KEY, -- written, with or without a delivery in it
    counted_at timestamptz NOT NULL DEFAULT now()
);

-- A top-up's page reads its entries, of whatever kind.
CREATE INDEX entries_by_topup ON entries (topup_id) WHERE topup_id IS NOT NULL;

-- +goose Down
DROP INDEX entries_by_topup;
DROP TABLE delivery_hours, delivery_times;
DROP TRIGGER topups_count_moved ON topups;
DROP TRIGGER topups_count_new ON topups;
DROP FUNCTION count_moved_topup, count_new_topups;
DROP TABLE quarter_hours;
