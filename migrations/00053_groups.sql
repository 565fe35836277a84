-- +goose Up

-- Many top-ups move in one statement: what they add up to is written once a quarter
-- of an hour and customer, not once a top-up. Rows are taken in the order of their
-- keys, as everywhere.
-- +goose StatementBegin
CREATE FUNCTION count_moved_topups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE quarter_hours q SET
        succeeded = q.succeeded + m.succeeded, failed = q.failed + m.failed, unknown = q.unknown + m.unknown, reversed = q.reversed + m.reversed,
        delivered = q.delivered + m.delivered, charged = q.charged + m.charged, spent = q.spent + m.spent
    FROM (
        SELECT n.customer_id, date_bin('15 minutes', n.created_at, '2000-01-01 00:00:00+00') AS began,
               sum((n.status = 'succeeded')::int - (o.status = 'succeeded')::int) AS succeeded,
               sum((n.status = 'failed')::int - (o.status = 'failed')::int) AS failed,
               sum((n.status = 'unknown')::int - (o.status = 'unknown')::int) AS unknown,
               sum((n.status = 'reversed')::int - (o.status = 'reversed')::int) AS reversed,
               sum(CASE 'succeeded' WHEN n.status THEN n.amount WHEN o.status THEN -n.amount ELSE 0 END) AS delivered,
               sum(CASE 'succeeded' WHEN n.status THEN n.price WHEN o.status THEN -n.price ELSE 0 END) AS charged,
               sum(CASE WHEN o.status IN ('failed', 'reversed') THEN n.price ELSE 0 END
                   - CASE WHEN n.status IN ('failed', 'reversed') THEN n.price ELSE 0 END) AS spent
        FROM moved_to n
        JOIN moved_from o ON o.id = n.id
        WHERE o.status <> n.status AND (o.status NOT IN ('queued', 'sending') OR n.status NOT IN ('queued', 'sending'))
        GROUP BY 1, 2
    ) m
    WHERE q.customer_id = m.customer_id AND q.began = m.began;
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP TRIGGER topups_count_moved ON topups;
CREATE TRIGGER topups_count_moved AFTER UPDATE ON topups
    REFERENCING OLD TABLE AS moved_from NEW TABLE AS moved_to FOR EACH STATEMENT EXECUTE FUNCTION count_moved_topups();
DROP FUNCTION count_moved_topup;

-- +goose Down
-- +goose StatementBegin
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
DROP TRIGGER topups_count_moved ON topups;
CREATE TRIGGER topups_count_moved AFTER UPDATE OF status ON topups FOR EACH ROW
    WHEN (OLD.status <> NEW.status AND (OLD.status NOT IN ('queued', 'sending') OR NEW.status NOT IN ('queued', 'sending')))
    EXECUTE FUNCTION count_moved_topup();
DROP FUNCTION count_moved_topups;
