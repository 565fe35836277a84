//go:build unix

package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"runtime"
	"strings"
)

// program is one of PostgreSQL's, about to run as the account that owns the data. It sees nothing of our
// environment: secrets are there, and PG* variables that would change what it does.
func (c *cluster) program(ctx context.Context, name string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.binaries.program(name), arguments...)
	cmd.Dir = "/" // ours may be closed to the account
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = attributesOf(c.owner)
	return cmd
}

// run waits for a program and tells what it said when it failed. What it started dies with us.
func (c *cluster) run(ctx context.Context, name string, arguments ...string) (string, error) {
	runtime.LockOSThread() // the death signal is tied to this thread
	defer runtime.UnlockOSThread()
	cmd := c.program(ctx, name, arguments...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s failed: %w\n%s", name, cannotRun(err), strings.TrimSpace(said.String()))
	}
	return strings.TrimSpace(said.String()), nil
}

// cannotRun translates the kernel's answer to a program whose loader is missing.
func cannotRun(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("these binaries need glibc, which this system does not have, set DATABASE_URL: %w", err)
	}
	return err
}
