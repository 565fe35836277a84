//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// endLeftover takes over from a run of ours that was killed. Nobody else is in the folder, the lock says
// so; but its PostgreSQL may still be there, shutting down or not knowing yet.
func (s *Server) endLeftover(ctx context.Context) error {
	pid, err := s.cluster.dir.leftPid()
	switch {
	case err != nil:
		return fmt.Errorf("cannot read what the last PostgreSQL left: %w", err)
	case pid == 0 || !alive(pid):
		return nil // PostgreSQL clears up after a dead one, and looks for survivors of it
	case !serves(pid, s.cluster.dir.data()):
		return s.cluster.dir.disown(pid)
	}
	s.log.WarnContext(ctx, "shutting down the PostgreSQL that a killed run left behind", "pid", pid)
	return s.shutDown(ctx, pid)
}

// leftPid is 0 without a pid file, and for one that a crash cut short.
func (f folder) leftPid() (int, error) {
	text, err := os.ReadFile(f.pidFile())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if pid, err := strconv.Atoi(strings.TrimSpace(first)); err == nil && pid > 0 {
		return pid, nil
	}
	return 0, os.Remove(f.pidFile()) // it was being written when the machine stopped: it never served
}

// disown is for a number that somebody else has by now, which is the rule in a container. PostgreSQL
// would refuse to start. It does not mind the number of its own parent, us; and the rest of the file,
// by which it looks for surviving processes of the dead one, stays.
func (f folder) disown(pid int) error {
	text, err := os.ReadFile(f.pidFile())
	if err != nil {
		return fmt.Errorf("cannot read what the last PostgreSQL left: %w", err)
	}
	info, err := os.Stat(f.data())
	if err != nil {
		return fmt.Errorf("cannot look at the database's folder: %w", err)
	}
	rest := strings.TrimPrefix(string(text), strconv.Itoa(pid))
	err = writeWhole(f.pidFile(), strings.TrimSuffix(strconv.Itoa(os.Getpid())+rest, "\n"))
	if err == nil && os.Geteuid() == 0 {
		err = os.Chown(f.pidFile(), uidOf(info), -1)
	}
	if err != nil {
		return fmt.Errorf("cannot correct what the last PostgreSQL left: %w", err)
	}
	return nil
}

// shutDown ends a PostgreSQL that is not our child, first in order, then at once. Both are safe for the
// data: a crash of it is, too.
func (s *Server) shutDown(ctx context.Context, pid int) error {
	for _, step := range shutdownSteps {
		if err := syscall.Kill(pid, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("cannot stop the PostgreSQL left by a killed run, process %d: %w", pid, err)
		}
		gone, err := s.waitGone(ctx, pid, step.patience)
		if gone || err != nil {
			return err
		}
	}
	return fmt.Errorf("the PostgreSQL left by a killed run, process %d, does not end", pid)
}

// waitGone looks every few milliseconds: nobody tells us about the end of a stranger's child.
func (s *Server) waitGone(ctx context.Context, pid int, patience time.Duration) (bool, error) {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	enough := time.After(patience)
	for serves(pid, s.cluster.dir.data()) {
		select {
		case <-look.C:
		case <-enough:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return true, nil
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
