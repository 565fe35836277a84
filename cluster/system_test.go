package cluster

// The system: PostgreSQL 15 with a streaming replica, pgbouncer before it, the
// simulator, and as many instances of the program as a test starts.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/postgres"
	"latcom.example/latcom-billing/tools/rig"
)

const (
	debian15  = "/usr/lib/postgresql/15"
	pgbouncer = "/usr/sbin/pgbouncer"
	// generous is how long anything may take that is waited for.
	generous = 60 * time.Second
)

type system struct {
	*rig.Rig
	db      *sql.DB // the test's own way to the primary
	standby *postgres.Server
	pooler  *pooler
	key     string // a reseller's, with credit for everything
}

// shared is made by the first test that needs it; TestMain ends it.
var (
	made   *system
	shared = sync.OnceValues(func() (*system, error) {
		s := &system{}
		made = s
		return s, s.start(context.Background())
	})
)

func TestMain(m *testing.M) {
	code := m.Run()
	if made != nil {
		if err := made.stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// theSystem skips where Debian's programs are not, which CI may not do.
func theSystem(t *testing.T) *system {
	t.Helper()
	for _, needed := range []string{debian15 + "/bin/pg_basebackup", pgbouncer} {
		if _, err := os.Stat(needed); err != nil && os.Getenv("CI") == "" {
			t.Skipf("there is no %s: scripts/install-debian-packages installs it", needed)
		}
	}
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			s.logs(t)
		}
	})
	return s
}

func (s *system) start(ctx context.Context) (err error) {
	if s.Rig, err = rig.New(ctx, rig.Options{Latency: "50ms-300ms", Binaries: debian15}); err != nil {
		return err
	}
	if s.db, err = sql.Open("postgres", s.DatabaseURL); err != nil {
		return err
	}
	if _, err = s.Run(ctx, "migrate"); err != nil {
		return err
	}
	if s.key, err = s.AddCustomer(ctx, "ENVIA", "100000"); err != nil {
		return err
	}
	if s.standby, err = s.newStandby(ctx); err != nil {
		return err
	}
	s.pooler, err = s.newPooler(ctx)
	return err
}

func (s *system) stop() error {
	var problems []error
	if s.pooler != nil {
		s.pooler.kill()
	}
	if s.standby != nil {
		problems = append(problems, s.standby.Stop())
	}
	if s.Rig != nil {
		problems = append(problems, s.Close())
	}
	return errors.Join(problems...)
}

func (s *system) standbyFolder() string { return filepath.Join(s.Folder, "standby") }

// newStandby copies the primary while it works, as pg_basebackup does, and starts
// the copy: it follows.
func (s *system) newStandby(ctx context.Context) (*postgres.Server, error) {
	folder := s.standbyFolder()
	if err := os.Mkdir(folder, 0o755); err != nil {
		return nil, err
	}
	copying := exec.CommandContext(ctx, debian15+"/bin/pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-D", filepath.Join(folder, "postgres"), "-d", s.DatabaseURL)
	if out, err := copying.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pg_basebackup: %w: %s", err, out)
	}
	password, err := os.ReadFile(filepath.Join(s.Folder, "data", "postgres.password"))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, "postgres.password"), password, 0o600); err != nil {
		return nil, err
	}
	return postgres.Start(ctx, postgres.Options{DataDir: folder, Binaries: debian15})
}

// serve starts an instance behind the pooler, with the replica.
func (s *system) serve(t *testing.T, more map[string]string) (address string, process *os.Process) {
	t.Helper()
	settings := map[string]string{
		"DATABASE_URL": s.pooler.url, "DATABASE_DIRECT_URL": s.DatabaseURL, "DATABASE_REPLICA_URL": s.standby.URL(),
		"ADMIN_KEY": "an admin key of the tests", "DB_MAX_CONNS": "10", "DB_MIN_CONNS": "2",
	}
	for name, value := range more {
		settings[name] = value
	}
	for try := 0; ; try++ {
		address, process, err := s.Serve(context.Background(), settings)
		if err == nil {
			return address, process
		}
		if process != nil {
			_ = process.Kill() // it may have ended by itself
		}
		if try == 2 {
			t.Fatal(err)
		}
	}
}

// stopped tells a process to stop and waits for its end.
func stopped(t *testing.T, process *os.Process) {
	t.Helper()
	if err := process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan string, 1)
	go func() {
		state, err := process.Wait()
		if err != nil {
			ended <- err.Error()
			return
		}
		ended <- state.String()
	}()
	select {
	case how := <-ended:
		if how != "exit status 0" {
			t.Errorf("an instance that was told to stop ended with %s", how)
		}
	case <-time.After(2 * generous):
		t.Fatal("an instance that was told to stop does not end")
	}
}

// pooler is the real pgbouncer in transaction mode.
type pooler struct {
	url  string
	conf string
	cmd  *exec.Cmd
	as   *syscall.Credential
}

const poolerSettings = `[databases]
* = host=127.0.0.1 port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s/userlist.txt
pool_mode = transaction
default_pool_size = 10
max_client_conn = 300
logfile = %s/pgbouncer.log
`

func (s *system) newPooler(ctx context.Context) (*pooler, error) {
	folder := filepath.Join(s.Folder, "pooler")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	direct, err := url.Parse(s.DatabaseURL)
	if err != nil {
		return nil, err
	}
	owner := direct.User.Username()
	password, _ := direct.User.Password()
	app, err := migrations.Application(owner, password)
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	p := &pooler{conf: filepath.Join(folder, "pgbouncer.ini")}
	users := fmt.Sprintf("%q %q\n%q %q\n", owner, password, app.Role, app.Password)
	err = errors.Join(
		os.WriteFile(p.conf, fmt.Appendf(nil, poolerSettings, direct.Port(), port, folder, folder), 0o600),
		os.WriteFile(filepath.Join(folder, "userlist.txt"), []byte(users), 0o600))
	if err != nil {
		return nil, err
	}
	direct.Host = net.JoinHostPort("127.0.0.1", port)
	p.url = direct.String()
	return p, errors.Join(p.lend(filepath.Join(s.Folder, "data", "postgres"), folder), p.start())
}

// lend has the pooler run as the database's user where we are root: it refuses to be.
func (p *pooler) lend(data, folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(data)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t) //nolint:forcetypeassert // Linux
	p.as = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	for _, path := range []string{folder, p.conf, filepath.Join(folder, "userlist.txt")} {
		if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	return nil
}

func (p *pooler) start() error {
	p.cmd = exec.Command(pgbouncer, "-q", p.conf)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start pgbouncer: %w", err)
	}
	db, err := sql.Open("postgres", p.url+"&binary_parameters=yes")
	if err != nil {
		return err
	}
	defer db.Close()
	for begun := time.Now(); ; <-time.After(50 * time.Millisecond) {
		if err = db.Ping(); err == nil || time.Since(begun) > generous {
			return err
		}
	}
}

// kill ends it with -9, and waits for that.
func (p *pooler) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	_ = p.cmd.Wait()         // by the signal
}

func freePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil //nolint:forcetypeassert // it listens on TCP
}

// eventually looks again and again until something is so.
func eventually(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	for begun := time.Now(); !isSo(); <-time.After(50 * time.Millisecond) {
		if time.Since(begun) > generous {
			t.Fatalf("after %s: not %s", generous, what)
		}
	}
}

// scan reads one value from the primary.
func scan[T any](t *testing.T, s *system, query string, args ...any) (value T) {
	t.Helper()
	if err := s.db.QueryRowContext(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// status asks for a page and forgets what it says; 0: no answer.
func status(address string) int {
	client := http.Client{Timeout: 5 * time.Second}
	res, err := client.Get(address)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

func (s *system) logs(t *testing.T) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(s.Folder, "serve-*.log"))
	if err != nil {
		t.Log(err)
	}
	for _, name := range append(logs, filepath.Join(s.Folder, "pooler", "pgbouncer.log")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Log(err)
		}
		t.Logf("%s: …%s", filepath.Base(name), text[max(0, len(text)-3000):])
	}
}
