package telemetry

// Log lines say which request, top-up and trace they belong to.

import (
	"context"
	"encoding/hex"
	"log/slog"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// IDs are what a line is about.
type IDs struct {
	Request string
	TopUp   uuid.UUID
}

type idsKey struct{}

// WithIDs is a context whose log lines carry ids. It travels in the context because
// the lines are written far below whoever knows them.
func WithIDs(ctx context.Context, i IDs) context.Context {
	known := idsOf(ctx)
	if i.Request == "" {
		i.Request = known.Request
	}
	if i.TopUp == uuid.Nil {
		i.TopUp = known.TopUp
	}
	return context.WithValue(ctx, idsKey{}, i)
}

func idsOf(ctx context.Context) IDs {
	i, _ := ctx.Value(idsKey{}).(IDs)
	return i
}

// attrs are the ids as a line shows them.
func (i IDs) attrs() (attrs []slog.Attr) {
	if i.Request != "" {
		attrs = append(attrs, slog.String("request_id", i.Request))
	}
	if i.TopUp != uuid.Nil {
		trace := TraceOf(i.TopUp)
		attrs = append(attrs, slog.String("topup_id", billing.TopUpID{UUID: i.TopUp}.String()), slog.String("trace_id", hex.EncodeToString(trace[:])))
	}
	return attrs
}

// Identified adds a context's ids to the lines of another handler.
type Identified struct{ slog.Handler }

// Handle writes one line.
func (h Identified) Handle(ctx context.Context, r slog.Record) error {
	if attrs := idsOf(ctx).attrs(); len(attrs) > 0 {
		r = r.Clone()
		r.AddAttrs(attrs...)
	}
	return h.Handler.Handle(ctx, r) //nolint:wrapcheck // whoever logs looks at no error
}

// WithAttrs keeps the ids.
func (h Identified) WithAttrs(attrs []slog.Attr) slog.Handler {
	return Identified{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the ids.
func (h Identified) WithGroup(name string) slog.Handler { return Identified{h.Handler.WithGroup(name)} }
