//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// shutdownSteps: fast (disconnect everybody, write everything), immediate (as if it had crashed), the
// kernel's.
var shutdownSteps = []struct {
	signal   syscall.Signal
	patience time.Duration
}{
	{syscall.SIGINT, time.Minute},
	{syscall.SIGQUIT, 10 * time.Second},
	{syscall.SIGKILL, 10 * time.Second},
}

// errInTheWay is a failed start that may well succeed in a moment: somebody took the port before we did,
// or processes of a killed PostgreSQL have not noticed yet that they are orphans.
var errInTheWay = errors.New("something is still in the way")

// postmaster is one running PostgreSQL server, a child of ours.
type postmaster struct {
	cmd    *exec.Cmd
	log    *serverLog
	exited chan struct{}
	state  error // why it exited; set before exited is closed
}

// launch returns when connections are accepted. How long that takes after a crash depends on what there
// is to recover, so only ctx limits it.
func (c *cluster) launch(ctx context.Context, settings []string) (*postmaster, error) {
	log, err := openLog(c.dir.log())
	if err != nil {
		return nil, fmt.Errorf("cannot write PostgreSQL's log: %w", err)
	}
	said, says, err := os.Pipe()
	if err != nil {
		log.file.Close()
		return nil, fmt.Errorf("cannot listen to PostgreSQL: %w", err)
	}
	go log.follow(said)
	p := &postmaster{log: log, exited: make(chan struct{})}
	// Not ctx: that is for the start. It ends by a signal that lets it finish, not by the context's.
	p.cmd = c.program(context.WithoutCancel(ctx), "postgres", append([]string{"-D", c.dir.data()}, settings...)...)
	p.cmd.Stdout, p.cmd.Stderr = says, says
	err = p.start()
	says.Close()
	if err != nil {
		return nil, cannotRun(err)
	}
	return p, p.waitReady(ctx)
}

// start keeps one thread for the whole life of the child: the kernel takes the end of the thread that
// made it for the death of its parent.
func (p *postmaster) start() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.state = p.cmd.Wait()
		}
		close(p.exited)
	}()
	return <-started
}

func (p *postmaster) waitReady(ctx context.Context) error {
	select {
	case <-p.log.ready:
		return nil
	case <-p.exited:
		return p.failure()
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("PostgreSQL was not ready in time: %w", ctx.Err()), p.stop())
	}
}

func (p *postmaster) failure() error {
	select {
	case <-p.log.ended:
	case <-time.After(time.Second): // an orphan holds the pipe; what matters has been said
	}
	said := p.log.lastLines()
	err := p.state
	if err == nil {
		err = errors.New("it stopped by itself")
	}
	if strings.Contains(said, "Address already in use") || strings.Contains(said, "shared memory block") {
		err = fmt.Errorf("%w: %w", errInTheWay, err)
	}
	return fmt.Errorf("PostgreSQL did not start: %w; the end of its log, %s:\n%s", err, p.log.path, said)
}

// stop returns when the server is gone. Only the first way leaves nothing to recover.
func (p *postmaster) stop() error {
	for _, step := range shutdownSteps {
		_ = p.cmd.Process.Signal(step.signal) // fails only when it is gone
		select {
		case <-p.exited:
			if p.state != nil {
				return fmt.Errorf("PostgreSQL did not stop cleanly, it will recover at the next start: %w", p.state)
			}
			return nil
		case <-time.After(step.patience):
		}
	}
	return fmt.Errorf("PostgreSQL, process %d, does not end", p.cmd.Process.Pid)
}
