package postgres

import "time"

// BackupFacts is what a backup says about itself.
type BackupFacts struct {
	Version  int       `json:"version"`
	Server   string    `json:"postgresql"` // its version: a restore needs the same major one
	BeganAt  time.Time `json:"began_at"`
	EndedAt  time.Time `json:"ended_at"`  // the earliest moment that it can be restored to
	FirstWAL string    `json:"first_wal"` // the first file of the log that it needs
	Files    int       `json:"files"`
	Bytes    int64     `json:"bytes"`
	Sums     string    `json:"sha256_of_sums"`
}
