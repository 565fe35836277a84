package main

// Alerts: who tells people of them, and which disk is watched.

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"syscall"

	"latcom.example/latcom-billing/alerting"
	"latcom.example/latcom-billing/mail"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
)

// messenger also makes SLACK_WEBHOOK_URL a channel.
func (c config) messenger(ctx context.Context, books *store.Store, post *mail.Sender, log *slog.Logger) (*alerting.Messenger, error) {
	m, err := alerting.New(books, log, alerting.Options{
		SecretKey: string(c.SecretKey), SecretKeyOld: string(c.SecretKeyOld), Mail: post, AllowPrivate: c.allowPrivateWebhooks,
		BaseURL: c.BaseURL, Zone: c.zone,
	})
	if err != nil {
		return nil, err
	}
	return m, m.KeepEnvironment(ctx, string(c.SlackURL))
}

// watchedDisk is the one that DATA_DIR is on; nil: there is none.
func watchedDisk(dir string) *topup.Disk {
	if dir == "" {
		return nil
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed"
	}
	return &topup.Disk{Name: host, Free: func() (free, total uint64, err error) {
		at := dir
		if _, err := os.Stat(at); os.IsNotExist(err) {
			at = "/" // nothing was written there yet
		}
		var s syscall.Statfs_t
		if err := syscall.Statfs(at, &s); err != nil {
			return 0, 0, fmt.Errorf("ask how full the disk of %s is: %w", dir, err)
		}
		size := uint64(s.Bsize) //nolint:gosec // G115: a size of blocks is above zero
		return s.Bavail * size, s.Blocks * size, nil
	}}
}
