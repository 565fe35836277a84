package store

// Messages about alerts on their way to people: which are due, who sends each, what
// came of it.

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// PlanNotices writes the messages that are due and not written yet, and says how
// many. It goes by what is so, not by what happened: an alert that is open and was
// not told to a channel is due there, one that is over and was told is due again.
// A channel is told nothing new of what it was told of within its quiet time; what
// is still so afterwards it is told then. Of all instances one plans at a time.
func (tx *Tx) PlanNotices(ctx context.Context) (int64, error) {
	mine, err := get[bool](ctx, tx.q, "the lock of messages", `SELECT pg_try_advisory_xact_lock(hashtext('latcom-billing notices'))`)
	if err != nil || !mine {
		return 0, err
	}
	planned := int64(0)
	for _, plan := range []string{raisedToChannels, raisedToMembers, endedNotices} {
		res, err := tx.tx.ExecContext(ctx, plan)
		if err != nil {
			return planned, fmt.Errorf("plan messages about alerts: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return planned, fmt.Errorf("plan messages about alerts: %w", err)
		}
		planned += n
	}
	return planned, nil
}

const raisedToChannels = `
	INSERT INTO alert_notices (alert_id, channel_id, message)
	SELECT a.id, c.id, 'raised'
	FROM alerts a
	JOIN alert_channels c ON c.state = 'on' AND (c.least = 'warning' OR a.severity = 'critical')
	 AND (c.customers OR a.kind NOT IN ('customer_balance', 'customer_runway'))
	 AND NOT (a.kind = 'channel_failing' AND a.subject = CAST(c.id AS text))
	WHERE a.ended_at IS NULL
	  AND NOT EXISTS (
		SELECT FROM alert_notices n
		JOIN alerts b ON b.id = n.alert_id
		WHERE n.channel_id = c.id AND b.kind = a.kind AND b.subject = a.subject
		  AND (n.alert_id = a.id OR n.state = 'waiting' OR n.created_at > now() - make_interval(mins => c.quiet_minutes)))
	ON CONFLICT DO NOTHING`

// A customer's members are told of its own alerts, with the quiet time that is usual.
const raisedToMembers = `
	INSERT INTO alert_notices (alert_id, member_id, message)
	SELECT a.id, m.id, 'raised'
	FROM alerts a
	JOIN customers c ON c.code = a.subject
	JOIN members m ON m.customer_id = c.id AND m.disabled_at IS NULL AND m.password_hash <> ''
	LEFT JOIN customer_watches w ON w.customer_id = c.id
	WHERE a.ended_at IS NULL AND a.kind IN ('customer_balance', 'customer_runway') AND COALESCE(w.mail, true)
	  AND NOT EXISTS (
		SELECT FROM alert_notices n
		JOIN alerts b ON b.id = n.alert_id
		WHERE n.member_id = m.id AND b.kind = a.kind AND b.subject = a.subject
		  AND (n.alert_id = a.id OR n.state = 'waiting' OR n.created_at > now() - interval '15 minutes'))
	ON CONFLICT DO NOTHING`

// Whoever was told that something began is told that it is over.
const endedNotices = `
	INSERT INTO alert_notices (alert_id, channel_id, member_id, message)
	SELECT a.id, n.channel_id, n.member_id, 'ended'
	FROM alerts a
	JOIN alert_notices n ON n.alert_id = a.id AND n.message = 'raised' AND n.state <> 'dropped'
	LEFT JOIN alert_channels c ON c.id = n.channel_id
	WHERE a.ended_at > now() - interval '2 days' AND (c.id IS NULL OR c.state = 'on')
	ON CONFLICT DO NOTHING`

// Notice is one message on its way, with all that it says.
type Notice struct {
	ID        int64
	Alert     billing.Alert
	Message   billing.Message
	Tries     int                   // before this one
	Now       time.Time             // by the database's clock
	Channel   *billing.AlertChannel // nil: it is a member's
	MemberID  int64
	MailTo    string // the member's
	Customer  string // its name
	Language  string // the member's customer's
	CreatedAt time.Time
}

type noticeRow struct {
	ID        int64           `db:"notice_id"`
	AlertID   int64           `db:"alert_id"`
	Message   billing.Message `db:"message"`
	Tries     int             `db:"tries"`
	Now       time.Time       `db:"now"`
	ChannelID *uuid.UUID      `db:"channel_id"`
	MemberID  int64           `db:"member_id"`
	MailTo    string          `db:"email"`
	Customer  string          `db:"customer"`
	Language  string          `db:"language"`
	CreatedAt time.Time       `db:"created_at"`

	Kind     billing.AlertKind `db:"kind"`
	Subject  string            `db:"subject"`
	Severity billing.Severity  `db:"severity"`
	Words    []byte            `db:"words"`
	Link     string            `db:"link"`
	Since    time.Time         `db:"since"`
	EndedAt  *time.Time        `db:"ended_at"`
}

// NoticeLease is how long a message is its sender's; then it counts as lost, and
// somebody else sends it.
const NoticeLease = 2 * time.Minute

// ClaimNotices takes messages that are due, for this process to send. Of two about
// one alert the first one goes first.
func (s *Store) ClaimNotices(ctx context.Context, most int) ([]Notice, error) {
	rows, err := list[noticeRow](ctx, s.q, "messages that are due", `
		WITH mine AS (
			UPDATE alert_notices SET tries = tries + 1, next_at = now() + make_interval(secs => $2)
			WHERE id IN (
				SELECT n.id FROM alert_notices n
				WHERE n.state = 'waiting' AND n.next_at <= now()
				  AND NOT EXISTS (
					SELECT FROM alert_notices f
					WHERE f.alert_id = n.alert_id AND f.state = 'waiting' AND f.id < n.id
					  AND f.channel_id IS NOT DISTINCT FROM n.channel_id AND f.member_id IS NOT DISTINCT FROM n.member_id)
				ORDER BY n.next_at, n.id
				LIMIT $1
				FOR UPDATE SKIP LOCKED)
			RETURNING *
		)
		SELECT n.id AS notice_id, n.alert_id, n.message, n.tries - 1 AS tries, now() AS now, n.channel_id, COALESCE(n.member_id, 0) AS member_id,
		       COALESCE(m.email, '') AS email, COALESCE(c.name, '') AS customer, COALESCE(w.language, 'es') AS language, n.created_at,
		       a.kind, a.subject, a.severity, a.words, a.link, a.since, CASE WHEN n.message = 'ended' THEN a.ended_at END AS ended_at
		FROM mine n
		JOIN alerts a ON a.id = n.alert_id
		LEFT JOIN members m ON m.id = n.member_id
		LEFT JOIN customers c ON c.id = m.customer_id
		LEFT JOIN customer_watches w ON w.customer_id = c.id
		ORDER BY n.id`, most, NoticeLease.Seconds())
	if err != nil {
		return nil, err
	}
	return s.noticesOf(ctx, rows)
}

func (s *Store) noticesOf(ctx context.Context, rows []noticeRow) ([]Notice, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	all, err := s.AlertChannels(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]*billing.AlertChannel, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	notices := make([]Notice, 0, len(rows))
	for _, row := range rows {
		n := Notice{
			ID: row.ID, Message: row.Message, Tries: row.Tries, Now: row.Now, MemberID: row.MemberID, MailTo: row.MailTo, Customer: row.Customer,
			Language: row.Language, CreatedAt: row.CreatedAt,
			Alert: billing.Alert{ID: row.AlertID, Kind: row.Kind, Subject: row.Subject, Severity: row.Severity, Link: row.Link, Since: row.Since, EndedAt: row.EndedAt},
		}
		if err := json.Unmarshal(row.Words, &n.Alert.Words); err != nil {
			return nil, fmt.Errorf("read the words of alert %d: %w", row.AlertID, err)
		}
		if row.ChannelID != nil {
			if n.Channel = byID[*row.ChannelID]; n.Channel == nil {
				continue // removed this moment, and what waits for it was dropped
			}
		}
		notices = append(notices, n)
	}
	return notices, nil
}

// What becomes of a message after a try.
const (
	NoticeDelivered = "delivered"
	NoticeWaiting   = "waiting" // for its next try
	NoticeFailed    = "failed"  // its tries are used up
	NoticeDropped   = "dropped" // nobody is there to tell
)

// RecordNotice writes what came of a try. A message that somebody else took up
// meanwhile is left to him.
func (s *Store) RecordNotice(ctx context.Context, n Notice, state, problem string, pause time.Duration) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE alert_notices
		SET state = $3, problem = $4, next_at = now() + make_interval(secs => $5), ended_at = CASE WHEN $3 <> 'waiting' THEN now() END
		WHERE id = $1 AND tries = $2 AND state = 'waiting'`, n.ID, n.Tries+1, state, clean(problem), pause.Seconds())
	if err != nil {
		return fmt.Errorf("record a message about an alert: %w", err)
	}
	return nil
}

// NoticeLine is a message as the page of the channels shows it.
type NoticeLine struct {
	Kind      billing.AlertKind `db:"kind"`
	Subject   string            `db:"subject"`
	Message   billing.Message   `db:"message"`
	State     string            `db:"state"`
	Tries     int               `db:"tries"`
	Problem   string            `db:"problem"`
	To        string            `db:"told"` // the channel's name, or the customer's
	ToMember  bool              `db:"to_member"`
	CreatedAt time.Time         `db:"created_at"`
	EndedAt   *time.Time        `db:"ended_at"`
}

// LatestNotices lists the newest messages.
func (r reader) LatestNotices(ctx context.Context, limit int) ([]NoticeLine, error) {
	return list[NoticeLine](ctx, r.q, "messages about alerts", `
		SELECT a.kind, a.subject, n.message, n.state, n.tries, n.problem, COALESCE(c.name, k.name, '') AS told, n.member_id IS NOT NULL AS to_member,
		       n.created_at, n.ended_at
		FROM alert_notices n
		JOIN alerts a ON a.id = n.alert_id
		LEFT JOIN alert_channels c ON c.id = n.channel_id
		LEFT JOIN members m ON m.id = n.member_id
		LEFT JOIN customers k ON k.id = m.customer_id
		ORDER BY n.id DESC
		LIMIT $1`, limit)
}
