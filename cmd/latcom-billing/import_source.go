package main

// Where the old system's rows are read from: its database, or files.

import (
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/lib/pq" // the driver of the old database
)

// oldRow is a row by its columns' names, small and without underscores. What is
// null is not there.
type oldRow map[string]string

// first is the value of the first of these columns that has one.
func (r oldRow) first(names ...string) string {
	for _, name := range names {
		if value := strings.TrimSpace(r[name]); value != "" {
			return value
		}
	}
	return ""
}

// oldSource gives the rows of a table, one after the other.
type oldSource interface {
	each(ctx context.Context, table string, row func(oldRow) error) error
	close() error
}

func openOld(ctx context.Context, from string) (oldSource, error) {
	if !strings.HasPrefix(from, "postgres://") && !strings.HasPrefix(from, "postgresql://") {
		if info, err := os.Stat(from); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("%s is neither a folder nor postgres://…", from)
		}
		return oldFiles(from), nil
	}
	db, err := sql.Open("postgres", from)
	if err != nil {
		return nil, errors.New("the old database's address cannot be read")
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach the old database: %w", err), db.Close())
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}) // one moment of it
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the old database: %w", err), db.Close())
	}
	return &oldDatabase{db, tx}, nil
}

type oldDatabase struct {
	db *sql.DB
	tx *sql.Tx
}

func (o *oldDatabase) close() error {
	return errors.Join(o.tx.Rollback(), o.db.Close())
}

// The three tables that are read; their rows come as JSON, whatever columns they have.
var oldTables = map[string]string{
	"customers":       `SELECT to_jsonb(t) FROM customers t`,
	"transactions":    `SELECT to_jsonb(t) FROM transactions t`,
	"billing_records": `SELECT to_jsonb(t) FROM billing_records t`,
}

func (o *oldDatabase) each(ctx context.Context, table string, row func(oldRow) error) error {
	var there bool
	if err := o.tx.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, table).Scan(&there); err != nil {
		return fmt.Errorf("look for the old table %s: %w", table, err)
	}
	if !there {
		return errNoTable
	}
	rows, err := o.tx.QueryContext(ctx, oldTables[table])
	if err != nil {
		return fmt.Errorf("read the old table %s: %w", table, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return fmt.Errorf("read the old table %s: %w", table, err)
		}
		read, err := rowOf(text)
		if err != nil {
			return fmt.Errorf("read the old table %s: %w", table, err)
		}
		if err := row(read); err != nil {
			return err
		}
	}
	return rows.Err()
}

var errNoTable = errors.New("it is not there")

func rowOf(text []byte) (oldRow, error) {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber() // a number stays as it is written
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return nil, err
	}
	row := oldRow{}
	for name, value := range values {
		switch v := value.(type) {
		case nil:
		case string:
			row[columnName(name)] = v
		default:
			row[columnName(name)] = fmt.Sprint(v)
		}
	}
	return row, nil
}

func columnName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", " ", "", "-", "", "\ufeff", "").Replace(strings.TrimSpace(name)))
}

// oldFiles is a folder of CSV files with a line of headings each.
type oldFiles string

func (oldFiles) close() error { return nil }

func (o oldFiles) each(_ context.Context, table string, row func(oldRow) error) error {
	file, err := os.Open(filepath.Join(string(o), table+".csv")) //nolint:gosec // G304: a folder that the operator names
	if errors.Is(err, fs.ErrNotExist) {
		return errNoTable
	}
	if err != nil {
		return err
	}
	defer file.Close()
	lines := csv.NewReader(file)
	head, err := lines.Read()
	if err != nil {
		return fmt.Errorf("read the headings of %s.csv: %w", table, err)
	}
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s.csv: %w", table, err)
		}
		read := oldRow{}
		for place, name := range head {
			read[columnName(name)] = line[place]
		}
		if err := row(read); err != nil {
			return err
		}
	}
}
