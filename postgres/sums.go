//go:build unix

package postgres

// What a backup says about itself: the SHA-256 of every file, as sha256sum writes and checks it, and the
// facts that a restore needs, with the sum of those sums. A file that is missing, added or changed is told.

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	backupVersion = 1
	sumsFile      = "SHA256SUMS"
	factsFile     = "backup.json"
)

// sums are lines of sha256sum, in the order of copying.
type sums struct {
	lines bytes.Buffer
	files int
	bytes int64
}

// copy writes what it reads and remembers the sum of what it wrote.
func (s *sums) copy(from, to, name string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(target, hash), source)
	if err := errors.Join(err, target.Close()); err != nil {
		return err
	}
	s.add(name, hash.Sum(nil), n)
	return nil
}

func (s *sums) write(to, name string, text []byte) error {
	if err := os.WriteFile(to, text, 0o600); err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	s.add(name, sum[:], int64(len(text)))
	return nil
}

func (s *sums) add(name string, sum []byte, n int64) {
	fmt.Fprintf(&s.lines, "%x  %s\n", sum, filepath.ToSlash(name))
	s.files, s.bytes = s.files+1, s.bytes+n
}

// seal writes the list, and after it the facts: who finds those has all of it.
func (s *sums) seal(into string, facts *BackupFacts) error {
	sum := sha256.Sum256(s.lines.Bytes())
	facts.Files, facts.Bytes, facts.Sums = s.files, s.bytes, hex.EncodeToString(sum[:])
	text, err := json.MarshalIndent(facts, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(into, sumsFile), s.lines.Bytes(), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(into, factsFile), append(text, '\n'), 0o600)
}

func readFacts(path string) (facts BackupFacts, err error) {
	text, err := os.ReadFile(filepath.Join(path, factsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return facts, fmt.Errorf("%s is no backup, or half of one: it has no %s", path, factsFile)
	}
	if err != nil {
		return facts, err
	}
	if err := json.Unmarshal(text, &facts); err != nil {
		return facts, fmt.Errorf("read %s of the backup: %w", factsFile, err)
	}
	if facts.Version != backupVersion || len(facts.FirstWAL) != 24 {
		return facts, fmt.Errorf("%s was made by another version of latcom-billing", path)
	}
	return facts, nil
}

// CheckBackup reads all of a backup and compares it with what was written. It says the first differences,
// ten at most.
func CheckBackup(path string) (BackupFacts, error) {
	facts, err := readFacts(path)
	if err != nil {
		return facts, err
	}
	text, err := os.ReadFile(filepath.Join(path, sumsFile))
	if err != nil {
		return facts, fmt.Errorf("check the backup: %w", err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != facts.Sums {
		return facts, fmt.Errorf("check the backup: %s is not what was written", sumsFile)
	}
	wanted := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		wanted[name] = sum
	}
	wrong, err := compare(path, wanted)
	if err != nil {
		return facts, fmt.Errorf("check the backup: %w", err)
	}
	if len(wrong) > 0 {
		return facts, fmt.Errorf("the backup %s is not whole, use another: %s", path, strings.Join(wrong[:min(len(wrong), 10)], "; "))
	}
	return facts, nil
}

func compare(path string, wanted map[string]string) (wrong []string, err error) {
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(path, file)
		if err != nil || name == sumsFile || name == factsFile {
			return err
		}
		name = filepath.ToSlash(name)
		sum, known := wanted[name]
		delete(wanted, name)
		if !known {
			wrong = append(wrong, name+" does not belong to it")
			return nil
		}
		is, err := sumOf(file)
		if err == nil && is != sum {
			wrong = append(wrong, name+" was changed")
		}
		return err
	})
	for name := range wanted {
		wrong = append(wrong, name+" is missing")
	}
	slices.Sort(wrong)
	return wrong, err
}

func sumOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
