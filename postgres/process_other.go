//go:build unix && !linux

package postgres

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// attributesOf lets a child run as the account, out of reach of the terminal's Ctrl-C. Here it outlives
// us when we are killed; the next start finds it and shuts it down.
func attributesOf(a account) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true}
}

// serves says whether the process is a PostgreSQL that works in the data folder: a number alone may
// belong to anybody by now.
func serves(pid int, data string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	line, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(line), "postgres -D "+data+" ")
}

// flush returns when the system was told to write everything.
func flush(string) error {
	unix.Sync()
	return nil
}
