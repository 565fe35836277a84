package store

// What the database lets the role do that we are signed in as.

import (
	"context"
	"fmt"
)

// Standing is what our role could do to the tables that are only ever added to,
// whatever the program does: the database is asked, nothing is assumed.
type Standing struct {
	Role      string `db:"role"`
	Tables    int    `db:"tables"`    // from which nothing is removed, or in which nothing is changed
	Alterable int    `db:"alterable"` // how many of them this role could alter all the same
}

// Kept says whether the role can alter none of them.
func (s Standing) Kept() bool { return s.Tables > 0 && s.Alterable == 0 }

// Standing asks the database. To own a table, or the schema that it is in, or to be
// of the owner's, means to be able to drop it and to switch its triggers off.
func (r reader) Standing(ctx context.Context) (Standing, error) {
	return get[Standing](ctx, r.q, "what our role may alter", `
		WITH kept AS (
			SELECT c.oid, c.relowner, n.nspowner, bool_or(t.tgtype & 16 > 0) AS never_changed
			FROM pg_trigger t
			JOIN pg_class c ON c.oid = t.tgrelid
			JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE t.tgfoid = to_regproc('refuse_change')
			GROUP BY c.oid, n.nspowner
		)
		SELECT current_user AS role, count(*) AS tables,
		       count(*) FILTER (WHERE mighty
		           OR pg_has_role(session_user, relowner, 'MEMBER') OR pg_has_role(session_user, nspowner, 'MEMBER')
		           OR has_table_privilege(oid, 'DELETE, TRUNCATE, TRIGGER')
		           OR never_changed AND has_any_column_privilege(oid, 'UPDATE')) AS alterable
		FROM kept, (SELECT bool_or(rolsuper OR rolcreaterole) AS mighty FROM pg_roles WHERE rolname IN (current_user, session_user)) me`)
}

// lockAlone keeps others out of what is named, until the transaction ends. It is
// no lock on a table: those want the right to change its rows.
func (tx *Tx) lockAlone(ctx context.Context, what string) error {
	if _, err := tx.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('latcom-billing ' || $1, 0))`, what); err != nil {
		return fmt.Errorf("lock the %s: %w", what, err)
	}
	return nil
}

// ServerVersion is the database's own, such as "18.1".
func (r reader) ServerVersion(ctx context.Context) (string, error) {
	return get[string](ctx, r.q, "the database's version", `SELECT split_part(current_setting('server_version'), ' ', 1)`)
}
