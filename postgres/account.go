//go:build unix

package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is whom PostgreSQL runs as. It refuses to be root, so root lends it somebody else; initdb
// asks for a name, so a bare number will not do.
type account struct {
	name     string
	uid, gid int
	lent     bool // we are root, the account is somebody else's
}

// accounts are tried in this order: one made for us, one made for PostgreSQL, one for anything.
var accounts = []string{"latcom-billing", "postgres", "nobody"}

// accountFor keeps to the owner of data that exist already, so that a new user on the machine does not
// lock us out of them.
func accountFor(data string) (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	if owner, ok := ownerOf(data); ok {
		return owner, nil
	}
	for _, name := range accounts {
		if u, err := user.Lookup(name); err == nil {
			return lend(u)
		}
	}
	return account{}, errors.New("PostgreSQL refuses to run as root and there is no other user to run it as: " +
		"add one with `useradd --system latcom-billing`, or set DATABASE_URL")
}

func ownerOf(data string) (account, bool) {
	info, err := os.Stat(data)
	if err != nil {
		return account{}, false
	}
	uid := uidOf(info)
	if uid == 0 {
		return account{}, false
	}
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return account{}, false
	}
	owner, err := lend(u)
	return owner, err == nil
}

func lend(u *user.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, fmt.Errorf("the user %s has no number: %w", u.Username, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, fmt.Errorf("the group of the user %s has no number: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uid, gid: gid, lent: true}, nil
}

func (a account) credential() *syscall.Credential {
	if !a.lent {
		return nil
	}
	return &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)} //nolint:gosec // both come from the user database
}

// own hands a tree to the account; files that are its own already are left as they are.
func (a account) own(tree string) error {
	if !a.lent {
		return nil
	}
	return filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := entry.Info(); err != nil || uidOf(info) == a.uid {
			return err
		}
		return os.Lchown(path, a.uid, a.gid)
	})
}

// mayEnter says whether the account can reach what is in a folder. It has no other groups: they are
// dropped when its process is made.
func (a account) mayEnter(folder fs.FileInfo) bool {
	stat, ok := folder.Sys().(*syscall.Stat_t)
	mode := folder.Mode().Perm()
	switch {
	case ok && int(stat.Uid) == a.uid:
		return mode&0o100 != 0
	case ok && int(stat.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

func uidOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return 0
}
