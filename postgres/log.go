//go:build unix

package postgres

import (
	"bufio"
	"io"
	"os"
	"strings"
	"sync"
)

const (
	logLimit  = 10 << 20 // one old file of this size is kept
	tailLines = 12       // enough for a FATAL with its DETAIL and HINT
)

// serverLog takes what PostgreSQL says, line by line: into a file, into the memory of the last lines,
// and past whoever waits for it to be ready.
type serverLog struct {
	path  string
	file  *os.File
	size  int64
	ready chan struct{} // closed at the line that says so
	ended chan struct{} // closed when nobody can say anything any more

	mu   sync.Mutex
	tail []string
}

func openLog(path string) (*serverLog, error) {
	l := &serverLog{path: path, ready: make(chan struct{}), ended: make(chan struct{})}
	return l, l.open()
}

func (l *serverLog) open() error {
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return err
	}
	l.file, l.size = file, info.Size()
	return nil
}

// follow never stops reading: a full disk must not make PostgreSQL wait for us.
func (l *serverLog) follow(said io.ReadCloser) {
	defer close(l.ended)
	defer said.Close()
	defer func() { l.file.Close() }()
	becameReady := sync.OnceFunc(func() { close(l.ready) })
	lines := bufio.NewReader(said)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			l.keep(line)
			if strings.Contains(line, "database system is ready to accept connections") || strings.Contains(line, "ready to accept read-only connections") {
				becameReady()
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *serverLog) keep(line string) {
	l.mu.Lock()
	l.tail = append(l.tail, strings.TrimRight(line, "\n"))
	l.tail = l.tail[max(0, len(l.tail)-tailLines):]
	l.mu.Unlock()
	if l.size > logLimit {
		l.rotate()
	}
	written, _ := l.file.WriteString(line)
	l.size += int64(written)
}

// rotate goes on with the old file when it cannot have a new one.
func (l *serverLog) rotate() {
	if os.Rename(l.path, l.path+".1") != nil {
		return
	}
	old := l.file
	if l.open() == nil {
		old.Close()
	}
}

func (l *serverLog) lastLines() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.tail, "\n")
}
