package main

// What the log says of the read replica: once when it is not used any more, once
// when it is used again.

import (
	"context"
	"log/slog"

	"latcom.example/latcom-billing/billing"
)

func tellOfReplica(ctx context.Context, log *slog.Logger) func(billing.ReplicaState, error) {
	return func(now billing.ReplicaState, wrong error) {
		if now.Problem != "" {
			log.WarnContext(ctx, "the read replica is not used; lists, reports and files are read from the main database", "problem", now.Problem, "reason", wrong)
			return
		}
		log.InfoContext(ctx, "lists, reports and files are read from the read replica again")
	}
}
