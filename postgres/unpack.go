//go:build unix

package postgres

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// settle gives the binaries of an npm package a place in the data folder: where a lent account can read
// them, with the links that npm packages cannot carry, and out of reach of the next `npm ci` while the
// server runs. A PostgreSQL that the system installed stays where it is.
func (b binaries) settle(dir folder) (binaries, error) {
	links, err := b.links()
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot read the list of links in %s: %w", b, err)
	}
	target := dir.binaries(b.version())
	if binaries(target).exist() {
		return binaries(target), nil
	}
	if err := b.copyTo(dir, target, links); err != nil {
		return "", fmt.Errorf("cannot copy PostgreSQL's binaries to %s: %w", target, err)
	}
	return binaries(target), nil
}

// copyTo renames a finished copy into place, so that half of one is never run.
func (b binaries) copyTo(dir folder, target string, links []link) error {
	begun, err := os.MkdirTemp(string(dir), "postgresql.new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(begun)
	if err := os.Chmod(begun, 0o755); err != nil {
		return err
	}
	if err := b.copyFiles(begun); err != nil {
		return err
	}
	for _, link := range links {
		if err := link.makeIn(begun); err != nil {
			return err
		}
	}
	if err := flush(begun); err != nil {
		return err
	}
	return os.Rename(begun, target)
}

func (b binaries) copyFiles(target string) error {
	if description := filepath.Join(filepath.Dir(string(b)), "package.json"); b.versionIn(description) != "" {
		if err := copyFile(description, filepath.Join(target, "package.json"), 0o644); err != nil {
			return err
		}
	}
	return filepath.WalkDir(string(b), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(string(b), path)
		if err != nil || inside == "." || filepath.Ext(path) == ".a" { // static libraries are for compilers
			return err
		}
		switch place := filepath.Join(target, inside); {
		case entry.IsDir():
			return makeOpen(place)
		case entry.Type().IsRegular() && filepath.Dir(inside) == "bin":
			return copyFile(path, place, 0o755)
		case entry.Type().IsRegular():
			return copyFile(path, place, 0o644)
		}
		return nil // links are made from the package's list
	})
}

func copyFile(from, to string, mode fs.FileMode) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Chmod(mode), target.Close())
}

// version names the copy. A package without its description is told from others by its server.
func (b binaries) version() string {
	for _, place := range []string{string(b), filepath.Dir(string(b))} {
		if version := b.versionIn(filepath.Join(place, "package.json")); version != "" {
			return version
		}
	}
	info, err := os.Stat(b.program("postgres"))
	if err != nil {
		return "0-unknown"
	}
	return fmt.Sprintf("0-of-%d-%d", info.ModTime().Unix(), info.Size())
}

func (binaries) versionIn(description string) string {
	text, err := os.ReadFile(description)
	if err != nil {
		return ""
	}
	var about struct{ Name, Version string }
	if json.Unmarshal(text, &about) != nil || !strings.HasPrefix(about.Name, "@embedded-postgres/") {
		return ""
	}
	return filepath.Base(about.Version)
}

// link is one line of the package's pg-symlinks.json; its paths begin with "native/".
type link struct{ Source, Target string }

func (b binaries) links() ([]link, error) {
	text, err := os.ReadFile(filepath.Join(string(b), "pg-symlinks.json"))
	if err != nil {
		return nil, err
	}
	var links []link
	return links, json.Unmarshal(text, &links)
}

func (l link) makeIn(root string) error {
	path := strings.TrimPrefix(l.Target, "native/")
	if !filepath.IsLocal(path) || filepath.Dir(l.Source) != filepath.Dir(l.Target) {
		return fmt.Errorf("the link %q leads out of its folder", l.Target)
	}
	return os.Symlink(filepath.Base(l.Source), filepath.Join(root, path))
}
