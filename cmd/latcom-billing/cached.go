package main

// What is kept for a moment, in this process or in Redis.

import (
	"context"
	"log/slog"

	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/telemetry"
)

// openCache opens the cache of one house. A Redis that is away stops nothing.
func (c config) openCache(ctx context.Context, books *store.Store, recorder *telemetry.Recorder, log *slog.Logger) (*cache.Cache, error) {
	return cache.Open(ctx, books, cache.Options{RedisURL: string(c.RedisURL), Log: log, Off: c.noCache, Looked: recorder.CacheLookup})
}
