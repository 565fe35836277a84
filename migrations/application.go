package migrations

// The role that the program works as. It is no member of the owner: it reads and
// adds, changes what changes, and can neither alter nor remove what is only ever
// added to, nor switch off the triggers that say so.

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/lib/pq"
)

// Why there is no role to sign in as.
var (
	ErrMayNotMakeRoles = errors.New("the role of DATABASE_URL may not make roles (CREATEROLE)")
	ErrNotOurRole      = errors.New("the role was made by somebody else, and its password is not ours to set: name it in DATABASE_URL, and run latcom-billing migrate as the owner")
)

// Login is a role of the database and its password.
type Login struct {
	Role, Password string
	// Limits are the role's in this database, by their names there: also a connection
	// on which a pooler lets nobody set any has them.
	Limits map[string]time.Duration
}

// Application is how the program signs in to a database. The password follows from
// a secret that only the owner's side knows, so that it need not be kept anywhere.
func Application(database, secret string) (Login, error) {
	role := database + "_app"
	if len(role) > 63 { // PostgreSQL's limit for names
		sum := sha256.Sum256([]byte(database))
		role = fmt.Sprintf("%.40s_%x_app", database, sum[:8])
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "latcom-billing, the database role "+role, 32)
	if err != nil {
		return Login{}, fmt.Errorf("derive the password of the role %s: %w", role, err)
	}
	return Login{Role: role, Password: base64.RawURLEncoding.EncodeToString(key)}, nil
}

// mark tells a role that we made from one that happens to have its name.
const mark = "made by latcom-billing for its own connections"

// Admit makes the role if it is missing, and grants it what the program needs of
// today's schema and nothing else. The connection is the owner's. A role that
// somebody else made is granted the same, and is ErrNotOurRole; one that is missing
// and cannot be made is ErrMayNotMakeRoles.
func Admit(ctx context.Context, db *sql.DB, l Login) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to admit the role %s: %w", l.Role, err)
	}
	defer tx.Rollback() // after a commit it has nothing to undo
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(7205410)`); err != nil {
		return fmt.Errorf("wait for others who admit roles: %w", err)
	}
	ours, err := ensureRole(ctx, tx, l)
	if err != nil {
		return err
	}
	if err := grant(ctx, tx, l.Role); err != nil {
		return err
	}
	if ours {
		if err := limit(ctx, tx, l); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("admit the role %s: %w", l.Role, err)
	}
	if !ours {
		return fmt.Errorf("%s: %w", l.Role, ErrNotOurRole)
	}
	return nil
}

func ensureRole(ctx context.Context, tx *sql.Tx, l Login) (ours bool, err error) {
	var exists, may bool
	err = tx.QueryRowContext(ctx, `
		SELECT r.oid IS NOT NULL, COALESCE(shobj_description(r.oid, 'pg_authid') = $2, false), me.rolsuper OR me.rolcreaterole
		FROM pg_roles me LEFT JOIN pg_roles r ON r.rolname = $1
		WHERE me.rolname = current_user`, l.Role, mark).Scan(&exists, &ours, &may)
	switch {
	case err != nil:
		return false, fmt.Errorf("look for the role %s: %w", l.Role, err)
	case exists:
		return ours, nil
	case !may:
		return false, ErrMayNotMakeRoles
	}
	secret, err := verifier(l.Password)
	if err != nil {
		return false, err
	}
	role := pq.QuoteIdentifier(l.Role)
	_, err = tx.ExecContext(ctx, `CREATE ROLE `+role+` LOGIN PASSWORD `+pq.QuoteLiteral(secret)+`; COMMENT ON ROLE `+role+` IS `+pq.QuoteLiteral(mark))
	if err != nil {
		return false, fmt.Errorf("make the role %s: %w", l.Role, err)
	}
	return true, nil
}

func limit(ctx context.Context, tx *sql.Tx, l Login) error {
	for _, name := range slices.Sorted(maps.Keys(l.Limits)) {
		_, err := tx.ExecContext(ctx, `
			DO $$ BEGIN
				EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %I = %L', `+pq.QuoteLiteral(l.Role)+`, current_database(), `+pq.QuoteLiteral(name)+`, `+
			pq.QuoteLiteral(strconv.FormatInt(l.Limits[name].Milliseconds(), 10))+`);
			END $$`)
		if err != nil {
			return fmt.Errorf("limit the role %s: %w", l.Role, err)
		}
	}
	return nil
}

// SetPassword gives the role the password that follows from today's secret.
func SetPassword(ctx context.Context, db *sql.DB, l Login) error {
	secret, err := verifier(l.Password)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `ALTER ROLE `+pq.QuoteIdentifier(l.Role)+` PASSWORD `+pq.QuoteLiteral(secret)); err != nil {
		return fmt.Errorf("set the password of the role %s: %w", l.Role, err)
	}
	return nil
}

// verifier is what PostgreSQL keeps of a password (SCRAM-SHA-256): the password
// itself is never sent, nor written to the server's log.
func verifier(password string) (string, error) {
	const rounds = 4096
	salt := make([]byte, 16)
	rand.Read(salt) // it never fails
	salted, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("derive the verifier of a password: %w", err)
	}
	sign := func(text string) []byte {
		mac := hmac.New(sha256.New, salted)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	stored := sha256.Sum256(sign("Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", rounds, encode(salt), encode(stored[:]), encode(sign("Server Key"))), nil
}

// grant withholds from the role what the triggers refuse to everybody, reading
// from them what that is; and what would make it an owner: TRUNCATE, TRIGGER,
// REFERENCES. The list of migrations is read only.
func grant(ctx context.Context, tx *sql.Tx, role string) error {
	if _, err := tx.ExecContext(ctx, `SELECT set_config('latcom_billing.role', $1, true)`, role); err != nil {
		return fmt.Errorf("name the role to grant to: %w", err)
	}
	if _, err := tx.ExecContext(ctx, grants); err != nil {
		return fmt.Errorf("grant the role %s what the program needs: %w", role, err)
	}
	return nil
}

const grants = `
	DO $$
	DECLARE
		app text := current_setting('latcom_billing.role');
		books record;
		it record;
	BEGIN
		SELECT c.relowner, c.relnamespace, n.nspname INTO books
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass('audit_log');
		IF NOT has_database_privilege(app, current_database(), 'CONNECT') THEN
			EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), app);
		END IF;
		IF NOT has_schema_privilege(app, books.relnamespace, 'USAGE') THEN
			EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', books.nspname, app);
		END IF;
		FOR it IN
			SELECT c.relname, c.relkind,
			       COALESCE(bool_or(t.tgtype & 16 > 0), false) AS never_changed, COALESCE(bool_or(t.tgtype & 8 > 0), false) AS never_removed
			FROM pg_class c
			LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgfoid = to_regproc('refuse_change')
			WHERE c.relnamespace = books.relnamespace AND c.relowner = books.relowner AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
			GROUP BY c.oid
		LOOP
			IF it.relkind = 'S' THEN
				EXECUTE format('REVOKE ALL ON SEQUENCE %I.%I FROM %I', books.nspname, it.relname, app);
				EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %I.%I TO %I', books.nspname, it.relname, app);
				CONTINUE;
			END IF;
			EXECUTE format('REVOKE ALL ON %I.%I FROM %I', books.nspname, it.relname, app);
			EXECUTE format('GRANT SELECT%s%s%s ON %I.%I TO %I',
				CASE WHEN it.relname = 'goose_db_version' THEN '' ELSE ', INSERT' END,
				CASE WHEN it.relname = 'goose_db_version' OR it.never_changed THEN '' ELSE ', UPDATE' END,
				CASE WHEN it.relname = 'goose_db_version' OR it.never_removed THEN '' ELSE ', DELETE' END,
				books.nspname, it.relname, app);
		END LOOP;
	END $$`
