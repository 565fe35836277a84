package load

// What a report says about the machine that it was made on.

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Machine is what figures depend on.
type Machine struct {
	Cores     int
	Processor string
	MemoryGB  float64
	System    string
	LoadedBy  string // the load average before the run: what others did meanwhile
}

// ThisMachine describes the one that we run on; what it does not tell stays empty.
func ThisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if kb, err := strconv.ParseFloat(strings.TrimSuffix(valueIn("/proc/meminfo", "MemTotal"), " kB"), 64); err == nil {
		m.MemoryGB = kb / (1 << 20)
	}
	m.Processor = valueIn("/proc/cpuinfo", "model name")
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.System += ", Linux " + strings.TrimSpace(string(text))
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.LoadedBy = strings.Fields(string(text))[0]
	}
	return m
}

// valueIn reads a line "name : value".
func valueIn(path, name string) string {
	text, err := os.ReadFile(path) //nolint:gosec // G304: one of the two above
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
