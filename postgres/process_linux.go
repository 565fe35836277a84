package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributesOf lets a child run as the account, out of reach of the terminal's Ctrl-C (we stop it when
// we are done with it), and asks the kernel to shut it down fast when we die without a word.
func attributesOf(a account) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true, Pdeathsig: syscall.SIGINT}
}

// serves says whether the process is a PostgreSQL that works in the data folder: a number alone may
// belong to anybody by now. A process that ended and was not reaped serves nothing.
func serves(pid int, data string) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil || cwd != data {
		return false
	}
	program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	return err == nil && strings.HasPrefix(filepath.Base(program), "postgres")
}

// flush returns when everything below the folder is on disk: one call instead of a thousand.
func flush(folder string) error {
	handle, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer handle.Close()
	return unix.Syncfs(int(handle.Fd()))
}
