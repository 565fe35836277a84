package api

import (
	"context"
	"fmt"
	"time"
)

// grace is what the database driver gets to notice that the time is up.
const grace = time.Second

// within bounds a call to the store or the engine by the clock. A context alone
// does not: on a connection that hangs, without being cut, the driver waits for
// ever. The call then goes on unheard, as after a lost connection.
func within[T any](ctx context.Context, limit time.Duration, call func(context.Context) (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	done := make(chan outcome, 1)
	go func() {
		defer cancel()
		var o outcome
		defer func() {
			if r := recover(); r != nil {
				o.err = fmt.Errorf("panic: %v", r)
			}
			done <- o
		}()
		o.value, o.err = call(ctx)
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
	}
	select {
	case o := <-done:
		return o.value, o.err
	case <-time.After(grace):
		var none T
		return none, fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	}
}
