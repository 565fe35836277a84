package main

// Who we are to the database. DATABASE_URL names its owner, who applies migrations;
// the work is done as a role that can alter neither the ledger nor the audit log.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
)

// admit makes the application's role where that is possible, grants it what this
// schema needs, and gives the addresses under which it signs in. Where it is not,
// the work goes on as the role of DATABASE_URL: that is said here, and on the page
// about the books as long as it lasts.
func (d database) admit(ctx context.Context, c config, owner *store.Store, log *slog.Logger) (database, error) {
	standing, err := owner.Standing(ctx)
	if err != nil || standing.Kept() {
		return d, err
	}
	in, err := d.makeApplication(ctx, c)
	switch {
	case err == nil:
		return in, nil
	case ctx.Err() != nil || away(err):
		return d, err
	}
	log.WarnContext(ctx, "working as a role that could alter the ledger and the audit log, although the program never does; README tells how to have it work as another",
		"role", standing.Role, "reason", err)
	return d, nil
}

func (d database) makeApplication(ctx context.Context, c config) (database, error) {
	login, err := d.application(c)
	if err != nil {
		return d, err
	}
	db, err := sql.Open("postgres", d.listen)
	if err != nil {
		return d, fmt.Errorf("make the application's role: %w", err)
	}
	defer db.Close()
	if err := migrations.Admit(ctx, db, login); err != nil {
		return d, err
	}
	in, err := d.signIn(ctx, login)
	if pq.As(err, "28P01") == nil { // invalid_password
		return in, err
	}
	if err := migrations.SetPassword(ctx, db, login); err != nil {
		return d, err
	}
	return d.signIn(ctx, login)
}

// asApplication is d as the application's role reaches it, if there is one that can
// sign in: for commands beside the server, whose settings may be the owner's alone.
func (d database) asApplication(ctx context.Context, c config) database {
	login, err := d.application(c)
	if err != nil {
		return d
	}
	in, err := d.signIn(ctx, login)
	if err != nil {
		return d
	}
	return in
}

// application derives the login from the password of DATABASE_URL, which whoever
// runs a command has too; where there is none, from SECRET_KEY.
func (d database) application(c config) (migrations.Login, error) {
	owner, err := pq.NewConfig(d.listen)
	if err != nil {
		return migrations.Login{}, fmt.Errorf("read DATABASE_URL: %w", err)
	}
	secret := owner.Password
	if secret == "" {
		secret = string(c.SecretKey)
	}
	if secret == "" {
		return migrations.Login{}, errors.New("neither a password in DATABASE_URL nor SECRET_KEY to derive the application's from")
	}
	login, err := migrations.Application(databaseOf(owner), secret)
	login.Limits = store.Limits()
	return login, err
}

// signIn proves that a login opens both addresses and can alter nothing.
func (d database) signIn(ctx context.Context, login migrations.Login) (in database, err error) {
	in = d
	if in.url, err = as(login, d.url); err != nil {
		return d, err
	}
	if in.listen, err = as(login, d.listen); err != nil {
		return d, err
	}
	if in.replica, err = d.replicaFor(login); err != nil {
		return d, err
	}
	for _, address := range slices.Compact([]string{in.url, in.listen}) {
		if err := tryOut(ctx, address, in.listen); err != nil {
			return d, err
		}
	}
	return in, nil
}

// replicaFor is the replica's address for a login, which is as good there, unless
// DATABASE_REPLICA_URL names a role of its own.
func (d database) replicaFor(login migrations.Login) (string, error) {
	if d.replica == "" {
		return "", nil
	}
	named, err := pq.NewConfig(d.replica)
	if err != nil {
		return "", fmt.Errorf("read DATABASE_REPLICA_URL: %w", err)
	}
	owner, err := pq.NewConfig(d.listen)
	if err != nil {
		return "", fmt.Errorf("read DATABASE_URL: %w", err)
	}
	if named.User != owner.User {
		return d.replica, nil
	}
	return as(login, d.replica)
}

func tryOut(ctx context.Context, address, direct string) error {
	s, err := store.Open(ctx, store.Options{URL: address, Direct: direct, MaxConns: 1})
	if err != nil {
		return err
	}
	standing, err := s.Standing(ctx)
	if err == nil && !standing.Kept() {
		err = fmt.Errorf("the role %s could alter them too: it owns them, or was granted more than the program needs", standing.Role)
	}
	return errors.Join(err, s.Close())
}

// as is an address with another user, of the same database.
func as(login migrations.Login, address string) (string, error) {
	was, err := pq.NewConfig(address)
	if err != nil {
		return "", fmt.Errorf("read DATABASE_URL: %w", err)
	}
	if !strings.Contains(address, "://") {
		quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace
		return fmt.Sprintf(`%s user='%s' password='%s' dbname='%s'`, address, quote(login.Role), quote(login.Password), quote(databaseOf(was))), nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("read DATABASE_URL: it is not an address")
	}
	q := u.Query()
	for _, name := range []string{"user", "password", "dbname"} {
		q.Del(name)
	}
	u.User, u.Path, u.RawQuery = url.UserPassword(login.Role, login.Password), "/"+databaseOf(was), q.Encode()
	return u.String(), nil
}

// databaseOf is the one that a connection is to: its user's, unless it is named.
func databaseOf(c pq.Config) string {
	if c.Database != "" {
		return c.Database
	}
	return c.User
}

// away tells a database that cannot answer now from one, or a pooler before it,
// that does not know the role: poolers say that in words of their own.
func away(err error) bool {
	if said, is := errorAs[*pq.Error](err); is {
		return slices.Contains([]string{"40", "53", "55", "57", "58"}, string(said.Code.Class()))
	}
	return store.Away(err)
}
