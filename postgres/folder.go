//go:build unix

package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// folder is DataDir: an absolute path without symbolic links.
type folder string

func (f folder) data() string     { return filepath.Join(string(f), "postgres") }
func (f folder) pidFile() string  { return filepath.Join(f.data(), "postmaster.pid") }
func (f folder) log() string      { return filepath.Join(string(f), "postgres.log") }
func (f folder) password() string { return filepath.Join(string(f), "postgres.password") }

func (f folder) binaries(version string) string {
	return filepath.Join(string(f), "postgresql-"+version)
}

// openFolder makes DataDir where the account can reach what lies in it.
func openFolder(path string, a account) (folder, error) {
	if path == "" {
		return "", errors.New("no folder was given for the embedded PostgreSQL: set DATA_DIR")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("cannot tell where DATA_DIR is: %w", err)
	}
	if err := parentsOpenTo(a, path); err != nil {
		return "", err
	}
	if err := makeFolder(path, a); err != nil {
		return "", fmt.Errorf("cannot make DATA_DIR: %w", err)
	}
	path, err = filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("cannot tell where DATA_DIR is: %w", err)
	}
	return folder(path), parentsOpenTo(a, path)
}

// parentsOpenTo explains early what PostgreSQL would call a missing file: root's home is closed to the
// user that root lends it.
func parentsOpenTo(a account, path string) error {
	if !a.lent {
		return nil
	}
	for path != filepath.Dir(path) {
		path = filepath.Dir(path)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("cannot look at the folders above DATA_DIR: %w", err)
		}
		if !a.mayEnter(info) {
			return fmt.Errorf("PostgreSQL does not run as root but as the user %q, who may not enter %s: "+
				"set DATA_DIR to a folder that lies in open ones, such as /var/lib/latcom-billing", a.name, path)
		}
	}
	return nil
}

// makeFolder does not leave the modes to the umask: under root's 077 a lent user could not get in.
func makeFolder(path string, a account) error {
	if !a.lent {
		return os.MkdirAll(path, 0o700)
	}
	if err := makeOpen(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o711); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Stat(path)
	if err != nil || a.mayEnter(info) {
		return err
	}
	return os.Chmod(path, info.Mode().Perm()|0o011)
}

func makeOpen(path string) error {
	if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeOpen(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	return os.Chmod(path, 0o755)
}

// claim makes us the only one in the folder until the file is closed, by us or by our death.
func (f folder) claim() (*os.File, error) {
	path := filepath.Join(string(f), "lock")
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot claim DATA_DIR: %w", err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := os.ReadFile(path)
		lock.Close()
		return nil, fmt.Errorf("another latcom-billing (process %s) is using %s: stop it, or set DATA_DIR to another folder",
			strings.TrimSpace(string(holder)), f)
	}
	if err == nil {
		err = signFile(lock)
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("cannot claim DATA_DIR: %w", err)
	}
	return lock, nil
}

func signFile(lock *os.File) error {
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintln(lock, os.Getpid())
	return err
}
