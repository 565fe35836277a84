package migrations

// The rule of docs/OPERATIONS.md, "Upgrade": the version before runs on the schema
// after, and nobody waits behind a migration.

import (
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// lintedFrom is the first migration that had to be written so: those before it were
// applied where nobody was being served.
const lintedFrom = 67

// busy are the tables that are written with every order, or long: what locks or
// rewrites one is felt.
var busy = []string{
	"topups", "attempts", "entries", "balances", "river_job", "audit_log", "webhook_events", "webhook_deliveries", "checkpoints", "sessions",
}

var statements = []struct {
	what string
	at   *regexp.Regexp // group 1: the table, where it matters
	busy bool           // only a busy table's
	ok   func(statement, file string) bool
}{
	{"a column NOT NULL needs a DEFAULT", regexp.MustCompile(`(?is)ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\w+).*?ADD (?:COLUMN )?(?:IF NOT EXISTS )?\w+ [^,;]*NOT NULL`), false, func(s, _ string) bool {
		return !slices.ContainsFunc(regexp.MustCompile(`(?is)ADD (?:COLUMN )?(?:IF NOT EXISTS )?\w+ [^,;]*`).FindAllString(s, -1), func(column string) bool {
			return regexp.MustCompile(`(?i)NOT NULL`).MatchString(column) && !regexp.MustCompile(`(?i)\b(DEFAULT|GENERATED)\b|^ADD (CONSTRAINT|CHECK)`).MatchString(column)
		})
	}},
	{"a DEFAULT that is computed for each row rewrites the table", regexp.MustCompile(`(?is)ALTER TABLE (?:ONLY )?(\w+).*?ADD (?:COLUMN )?\w+ [^,;]*DEFAULT (?:random|gen_random_uuid|clock_timestamp|nextval)`), true, nil},
	{"a column's type must not change", regexp.MustCompile(`(?is)ALTER TABLE (?:ONLY )?(\w+).*?ALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE`), false, nil},
	{"SET NOT NULL reads the whole table: add a CHECK NOT VALID and validate it", regexp.MustCompile(`(?is)ALTER TABLE (?:ONLY )?(\w+).*?SET NOT NULL`), true, nil},
	{"nothing is renamed: the running version reads the old name", regexp.MustCompile(`(?is)ALTER (?:TABLE|VIEW|TYPE|SEQUENCE) .*?RENAME`), false, nil},
	{"no column is dropped that the running version may read", regexp.MustCompile(`(?is)ALTER TABLE (?:ONLY )?(\w+).*?DROP (?:COLUMN )(?:IF EXISTS )?\w+`), false, nil},
	{"no table is dropped that the running version may read", regexp.MustCompile(`(?is)DROP (?:TABLE|VIEW|MATERIALIZED VIEW)\b`), false, nil},
	{"an index of a busy table is made CONCURRENTLY, in a file with NO TRANSACTION", regexp.MustCompile(`(?is)CREATE (?:UNIQUE )?INDEX .*?\bON (?:ONLY )?(\w+)`), true, func(s, file string) bool {
		return regexp.MustCompile(`(?i)INDEX CONCURRENTLY`).MatchString(s) && strings.Contains(file, "-- +goose NO TRANSACTION")
	}},
	{"a constraint of a busy table is added NOT VALID, and validated later", regexp.MustCompile(`(?is)ALTER TABLE (?:ONLY )?(\w+).*?ADD (?:CONSTRAINT \w+ )?(?:CHECK|FOREIGN KEY)`), true, func(s, _ string) bool {
		return regexp.MustCompile(`(?i)NOT VALID`).MatchString(s)
	}},
	{"UNIQUE and EXCLUDE of a busy table come from an index that was made CONCURRENTLY", regexp.MustCompile(`(?is)ALTER TABLE (?:ONLY )?(\w+).*?ADD (?:CONSTRAINT \w+ )?(?:UNIQUE|PRIMARY KEY|EXCLUDE)\b`), true, func(s, _ string) bool {
		return regexp.MustCompile(`(?i)USING INDEX`).MatchString(s)
	}},
	{"a busy table is altered under a lock_timeout", regexp.MustCompile(`(?is)ALTER TABLE (?:ONLY )?(\w+)`), true, func(_, file string) bool {
		return regexp.MustCompile(`(?i)SET (?:LOCAL )?lock_timeout`).MatchString(file)
	}},
	{"nobody locks a whole table", regexp.MustCompile(`(?is)^\s*(?:LOCK TABLE|TRUNCATE|VACUUM FULL|CLUSTER)\b`), false, nil},
}

// lint says what is wrong with a migration's way up.
func lint(file string) (wrong []string) {
	up, _, _ := strings.Cut(file, "-- +goose Down")
	made := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?i)CREATE TABLE (?:IF NOT EXISTS )?(\w+)`).FindAllStringSubmatch(up, -1) {
		made[strings.ToLower(found[1])] = true
	}
	for _, statement := range split(up) {
		for _, rule := range statements {
			found := rule.at.FindStringSubmatch(statement)
			if found == nil || rule.ok != nil && rule.ok(statement, file) {
				continue
			}
			if len(found) > 1 {
				table := strings.ToLower(found[1])
				if made[table] || rule.busy && !slices.Contains(busy, table) {
					continue
				}
			}
			wrong = append(wrong, rule.what)
		}
	}
	return wrong
}

// split gives the statements without comments; a function's body is one.
func split(text string) []string {
	text = regexp.MustCompile(`(?s)\$(\w*)\$.*?\$(\w*)\$`).ReplaceAllString(text, "''")
	var lines []string
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "--")
		lines = append(lines, code)
	}
	return strings.Split(strings.Join(lines, "\n"), ";")
}

func TestEveryMigrationLetsTheVersionBeforeRun(t *testing.T) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	linted := 0
	for _, name := range names {
		number, err := strconv.Atoi(name[:5])
		if err != nil {
			t.Fatal(err)
		}
		if number < lintedFrom {
			continue
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		linted++
		for _, wrong := range lint(string(text)) {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	if linted == 0 {
		t.Error("no migration was looked at")
	}
}

func TestTheLinterKnowsWhatStopsAServer(t *testing.T) {
	const timeout = "SET lock_timeout = '2s';\n"
	for sql, want := range map[string]string{
		`ALTER TABLE customers ADD COLUMN x text NOT NULL;`:                                        "needs a DEFAULT",
		`ALTER TABLE customers ADD COLUMN a text, ADD COLUMN x text NOT NULL;`:                     "needs a DEFAULT",
		`ALTER TABLE customers ADD COLUMN a text NOT NULL DEFAULT '', ADD COLUMN x text NOT NULL;`: "needs a DEFAULT",
		timeout + `ALTER TABLE topups ADD COLUMN x uuid DEFAULT gen_random_uuid();`:                "rewrites the table",
		`ALTER TABLE customers ALTER COLUMN name TYPE varchar(10);`:                                "type must not change",
		`ALTER TABLE customers ALTER name SET DATA TYPE varchar(10);`:                              "type must not change",
		timeout + `ALTER TABLE topups ALTER COLUMN metadata SET NOT NULL;`:                         "reads the whole table",
		`ALTER TABLE customers RENAME COLUMN name TO title;`:                                       "renamed",
		`ALTER TABLE customers RENAME TO clients;`:                                                 "renamed",
		`ALTER TABLE customers DROP COLUMN name;`:                                                  "dropped",
		`DROP TABLE quotes;`:                                                   "dropped",
		`CREATE INDEX x ON topups (phone);`:                                    "CONCURRENTLY",
		"CREATE INDEX CONCURRENTLY x ON topups (phone);":                       "NO TRANSACTION",
		`CREATE UNIQUE INDEX x ON entries (topup_id) WHERE kind = 'hold';`:     "CONCURRENTLY",
		timeout + `ALTER TABLE topups ADD CONSTRAINT x CHECK (amount > 1);`:    "NOT VALID",
		timeout + `ALTER TABLE entries ADD FOREIGN KEY (x) REFERENCES y (id);`: "NOT VALID",
		timeout + `ALTER TABLE topups ADD CONSTRAINT x UNIQUE (phone);`:        "made CONCURRENTLY",
		`ALTER TABLE topups ADD COLUMN x text;`:                                "lock_timeout",
		`LOCK TABLE customers;`:                                                "locks a whole table",
		`TRUNCATE quotes;`:                                                     "locks a whole table",
	} {
		got := strings.Join(lint("-- +goose Up\n"+sql), "; ")
		if !strings.Contains(got, want) {
			t.Errorf("%s\n says %q, not %q", sql, got, want)
		}
	}
	for _, sql := range []string{
		`CREATE TABLE x (id bigint NOT NULL, y text); CREATE INDEX x_y ON x (y); ALTER TABLE x ADD COLUMN z text NOT NULL;`,
		`ALTER TABLE customers ADD COLUMN x text NOT NULL DEFAULT '';`,
		`ALTER TABLE customers ADD COLUMN x text; -- NOT NULL comes later`,
		`CREATE INDEX x ON pauses (reason);`,
		timeout + `ALTER TABLE topups ADD COLUMN x int NOT NULL DEFAULT 0;`,
		timeout + `ALTER TABLE topups ADD CONSTRAINT x CHECK (amount > 1) NOT VALID;`,
		"-- +goose NO TRANSACTION\nCREATE INDEX CONCURRENTLY IF NOT EXISTS x ON topups (phone);",
		"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE topups RENAME TO x; END $$;",
	} {
		if wrong := lint("-- +goose Up\n" + sql + "\n-- +goose Down\nDROP TABLE x;"); len(wrong) > 0 {
			t.Errorf("%s\n says %q", sql, wrong)
		}
	}
}
