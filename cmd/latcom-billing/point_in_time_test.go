package main

// What docs/OPERATIONS.md tells of a PostgreSQL of one's own, done with Debian's
// PostgreSQL 15: pg_basebackup, an archive of the log, a restore to a moment.

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"
)

const debian15 = "/usr/lib/postgresql/15/bin"

// cluster is a PostgreSQL 15 in a folder, run by its own programs.
type cluster struct {
	t    *testing.T
	root string
	port string
}

// runs15 runs a program of PostgreSQL's as the user that may.
func (c cluster) runs15(program string, arguments ...string) string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.t.Context()), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(debian15, program), arguments...)
	cmd.Dir = c.root
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if os.Geteuid() == 0 {
		uid, gid := postgresUser(c.t)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	}
	said, err := cmd.CombinedOutput()
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(c.root, "log"))
		c.t.Fatalf("%s: %v\n%s\n%s", program, err, said, log)
	}
	return string(said)
}

func postgresUser(t *testing.T) (uid, gid uint32) {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	one, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	two, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(one), uint32(two)
}

func newCluster(t *testing.T) cluster {
	t.Helper()
	if _, err := os.Stat(debian15 + "/pg_basebackup"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("PostgreSQL 15 is missing: scripts/install-postgres-15")
		}
		t.Skip("there is no PostgreSQL 15: scripts/install-postgres-15")
	}
	root, err := os.MkdirTemp("", "latcom-billing-pitr-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	if os.Geteuid() == 0 {
		uid, gid := postgresUser(t)
		if err := os.Chown(root, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
	}
	c := cluster{t: t, root: root}
	c.runs15("initdb", "-D", "data", "-U", "billing", "-A", "trust", "--no-sync")
	return c
}

// starts15 starts what is in a folder, on a port that the system names.
func (c *cluster) starts15(folder string, settings ...string) {
	c.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	_, c.port, _ = net.SplitHostPort(listener.Addr().String())
	listener.Close()
	options := []string{"-c listen_addresses=127.0.0.1", "-c port=" + c.port, "-c unix_socket_directories=" + c.root}
	for _, setting := range settings {
		options = append(options, "-c "+setting)
	}
	c.runs15("pg_ctl", "-D", folder, "-w", "-t", "50", "-l", "log", "-o", strings.Join(options, " "), "start")
	c.t.Cleanup(func() {
		if _, err := os.Stat(filepath.Join(c.root, folder, "postmaster.pid")); err == nil {
			c.runs15("pg_ctl", "-D", folder, "-m", "immediate", "stop")
		}
	})
}

func (c cluster) url() string {
	return "postgres://billing:unused@127.0.0.1:" + c.port + "/billing?sslmode=disable"
}

func (c cluster) ask(query string) string {
	c.t.Helper()
	db, err := sql.Open("postgres", c.url())
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	var answer string
	if err := db.QueryRowContext(c.t.Context(), query).Scan(&answer); err != nil {
		c.t.Fatal(err)
	}
	return answer
}

// write puts a file beside the cluster, as its user's own.
func (c cluster) write(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.root, name)
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		c.t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		c.t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		uid, gid := postgresUser(c.t)
		if err := os.Chown(path, int(uid), int(gid)); err != nil {
			c.t.Fatal(err)
		}
	}
}

func TestARestoreToAMomentHasAllThatWasAcceptedBeforeItAndSendsNothing(t *testing.T) {
	c := newCluster(t)
	if err := os.Mkdir(filepath.Join(c.root, "archive"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(c.root, "archive"), 0o777); err != nil {
		t.Fatal(err)
	}
	c.write("data/postgresql.conf", fmt.Sprintf("\narchive_mode = on\narchive_command = 'test ! -f %[1]s/archive/%%f && cp %%p %[1]s/archive/%%f.part && mv %[1]s/archive/%%f.part %[1]s/archive/%%f'\n", c.root))
	c.starts15("data")
	c.runs15("createdb", "-h", "127.0.0.1", "-p", c.port, "-U", "billing", "billing")

	settings := served(c.url())
	settings["SHUTDOWN_GRACE"] = "0s"
	p := starts(t, settings, "serve")
	url := p.url(t)
	key := sellerKey(t, map[string]string{"DATABASE_URL": c.url()})
	l := orderOn(t, url, key)
	l.reaches(t, 10)
	c.runs15("pg_basebackup", "-h", "127.0.0.1", "-p", c.port, "-U", "billing", "-D", "base", "-c", "fast", "-X", "none")
	l.reaches(t, 10)
	before := l.count()
	moment := c.ask(`SELECT clock_timestamp()::text`)
	l.reaches(t, 10)
	l.end()
	last := c.ask(`SELECT pg_walfile_name(pg_switch_wal())`)
	eventually(t, func() (bool, string) {
		_, err := os.Stat(filepath.Join(c.root, "archive", last))
		return err == nil, "the log is not archived"
	})
	after := c.ask(`SELECT count(*)::text FROM topups`)
	p.signal(t, syscall.SIGKILL)
	<-p.exited
	c.runs15("pg_ctl", "-D", "data", "-m", "immediate", "stop")

	c.write("base/recovery.signal", "")
	c.write("base/postgresql.auto.conf", fmt.Sprintf("restore_command = 'cp %s/archive/%%f %%p'\nrecovery_target_time = '%s'\nrecovery_target_action = 'promote'\n", c.root, moment))
	c.starts15("base", "archive_mode=off")
	eventually(t, func() (bool, string) {
		return c.ask(`SELECT pg_is_in_recovery()::text`) == "false", "it does not end its recovery"
	})
	if n := c.ask(`SELECT count(*)::text FROM topups`); n == after {
		t.Errorf("%s top-ups, as many as before the loss: it did not stop at the moment", n)
	}
	settings["DATABASE_URL"] = c.url()
	refusesUntilChecked(t, settings, key, l.accepted[:before])
	if n := c.ask(`SELECT count(*)::text FROM restores WHERE checked_at IS NULL`); n != "1" {
		t.Errorf("%s restores were noticed", n)
	}
	got := runs(t, map[string]string{"DATABASE_URL": c.url()}, "verify")
	if got.code != exitDone {
		t.Errorf("%+v", got)
	}
}
