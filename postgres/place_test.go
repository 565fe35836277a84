//go:build unix

package postgres_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"latcom.example/latcom-billing/postgres"
)

func TestWithoutBinaries(t *testing.T) {
	empty := newFolder(t)
	t.Chdir(empty)
	t.Setenv("LATCOM_BILLING_POSTGRES", "")
	for name, o := range map[string]postgres.Options{
		"searched": {DataDir: filepath.Join(empty, "data")},
		"named":    {DataDir: filepath.Join(empty, "data"), Binaries: empty},
	} {
		_, err := postgres.Start(t.Context(), o)
		if !errors.Is(err, postgres.ErrNoBinaries) || !strings.Contains(err.Error(), "make deps") ||
			strings.ContainsAny(err.Error(), "\n.;") && name == "searched" {
			t.Errorf("%s: got %v, want one sentence with what to do", name, err)
		}
	}
}

// The copy of an earlier start is enough: a lone executable that was moved away finds it.
func TestUsesTheCopyOfAnEarlierStart(t *testing.T) {
	dir := usedFolder(t)
	t.Chdir(dir)
	t.Setenv("LATCOM_BILLING_POSTGRES", "")
	must(t, start(t, postgres.Options{DataDir: dir}).Stop())
}

func TestDefaultDataDir(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "/somewhere/state")
	t.Setenv("HOME", "/home/of-a-person")
	want := "/somewhere/state/latcom-billing"
	if os.Geteuid() == 0 {
		want = "/var/lib/latcom-billing"
	}
	if got, err := postgres.DefaultDataDir(); err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if os.Geteuid() == 0 {
		return
	}
	t.Setenv("XDG_STATE_HOME", "")
	if got, err := postgres.DefaultDataDir(); err != nil || got != "/home/of-a-person/.local/state/latcom-billing" {
		t.Errorf("without XDG_STATE_HOME: got %q, %v", got, err)
	}
}

func TestRootIsToldWhichFolderIsClosed(t *testing.T) {
	asRoot(t)
	closed := t.TempDir() // its parent is root's alone
	_, err := postgres.Start(t.Context(), postgres.Options{DataDir: filepath.Join(closed, "data")})
	if err == nil || !strings.Contains(err.Error(), filepath.Dir(closed)) || !strings.Contains(err.Error(), "set DATA_DIR") {
		t.Errorf("got %v, want the closed folder and what to do", err)
	}
	if _, err := os.Stat(filepath.Join(closed, "data")); err == nil {
		t.Error("the folder was made all the same")
	}
}

func TestRootMakesItsFoldersOpenWhateverItsUmask(t *testing.T) {
	asRoot(t)
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	dir := filepath.Join(newFolder(t), "below", "it")
	must(t, start(t, postgres.Options{DataDir: dir}).Stop())
}

// The same for a plain user, while root runs the tests, as in CI.
func TestAsAPlainUser(t *testing.T) {
	asRoot(t)
	somebody, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("there is no user to be: ", err)
	}
	dir := usedFolder(t)
	copies, err := filepath.Glob(filepath.Join(dir, "postgresql-*"))
	must(t, err)
	program := filepath.Join(dir, "postgres.test") // go test's own place is closed to others
	must(t, os.Link(testBinary(t), program))
	home := filepath.Join(dir, "home")
	must(t, os.Mkdir(home, 0o700))
	uid, gid := idsOf(t, somebody)
	must(t, os.Chown(home, uid, gid))

	again := exec.CommandContext(t.Context(), program, "-test.v", "-test.run", "^Test(Answers|TakesOver|Second|Default|DoesNotMind)")
	again.Dir = dir
	again.Env = []string{"HOME=" + home, "TMPDIR=" + home, "PATH=" + os.Getenv("PATH"), "LATCOM_BILLING_POSTGRES=" + copies[0]}
	again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	said, err := again.CombinedOutput()
	t.Logf("as %s:\n%s", somebody.Username, said)
	if err != nil || bytes.Contains(said, []byte("no tests to run")) {
		t.Fatal(err)
	}
}

func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("this is about root")
	}
}

func idsOf(t *testing.T, u *user.User) (uid, gid int) {
	t.Helper()
	uid, err := strconv.Atoi(u.Uid)
	must(t, err)
	gid, err = strconv.Atoi(u.Gid)
	must(t, err)
	return uid, gid
}
