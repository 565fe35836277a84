package load

// What the program and its database need, read from Linux's /proc: of processes on
// this machine alone.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Reading is what was used at a moment.
type Reading struct {
	At       time.Duration // since the run's beginning
	Memory   int64         // of the program, resident, bytes
	Program  time.Duration // of processor since its start
	Database time.Duration // of processor, of its children: the embedded PostgreSQL
}

// Meter reads what a process uses; At is not its to say.
type Meter interface {
	Read() (Reading, error)
}

// Process is a Meter of a process and its children.
type Process int

// tick is the unit of times in /proc/PID/stat: USER_HZ, 100 on every architecture that we run on.
const tick = time.Second / 100

// watch reads once a second. What cannot be read is left out.
func (r *Runner) watch(ctx context.Context, result *Result) {
	for r.Meter != nil {
		if reading, err := r.Meter.Read(); err == nil {
			reading.At = time.Since(result.Began)
			result.Readings = append(result.Readings, reading)
		}
		if !pause(ctx, time.Second) {
			return
		}
	}
}

// stat is what is wanted of /proc/PID/stat.
type stat struct {
	parent    int
	own       time.Duration
	inherited time.Duration // of children that ended
	resident  int64
}

// Read looks at the process and at all below it.
func (p Process) Read() (Reading, error) {
	all, err := processes()
	if err != nil {
		return Reading{}, err
	}
	program, runs := all[int(p)]
	if !runs {
		return Reading{}, fmt.Errorf("process %d does not run", int(p))
	}
	reading := Reading{Memory: program.resident, Program: program.own}
	for pid, s := range all {
		if pid != int(p) && below(all, s.parent, int(p)) {
			reading.Database += s.own + s.inherited
		}
	}
	return reading, nil
}

// below says whether pid is root or under it.
func below(all map[int]stat, pid, root int) bool {
	for pid > 1 {
		if pid == root {
			return true
		}
		pid = all[pid].parent
	}
	return false
}

func processes() (map[int]stat, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(paths) == 0 {
		return nil, errors.Join(err, errors.New("this system has no /proc"))
	}
	all := make(map[int]stat, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path) //nolint:gosec // G304: a path of /proc
		if err != nil {
			continue // it ended just now
		}
		if pid, s, ok := readStat(string(text)); ok {
			all[pid] = s
		}
	}
	return all, nil
}

// readStat reads one line (proc(5)); the name in parentheses may hold anything.
func readStat(line string) (pid int, s stat, ok bool) {
	end := strings.LastIndexByte(line, ')')
	if end < 0 {
		return 0, s, false
	}
	pid, err := strconv.Atoi(strings.Fields(line)[0])
	fields := strings.Fields(line[end+1:]) // from the state, which is field 3
	if err != nil || len(fields) < 22 {
		return 0, s, false
	}
	number := func(field int) int64 {
		n, _ := strconv.ParseInt(fields[field-3], 10, 64) // the kernel writes numbers
		return n
	}
	s = stat{
		parent: int(number(4)), own: time.Duration(number(14)+number(15)) * tick,
		inherited: time.Duration(number(16)+number(17)) * tick, resident: number(24) * int64(os.Getpagesize()),
	}
	return pid, s, true
}
