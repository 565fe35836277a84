package telemetry

// Errors go to Sentry, where it is set: what the log says at ERROR, and what the
// process dies of. Nobody's phone, key or address goes with them.

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/getsentry/sentry-go"
)

// Sentry reports errors. A nil Sentry reports nothing.
type Sentry struct{ hub *sentry.Hub }

// NewSentry reports to a DSN. No DSN: nil.
func NewSentry(dsn, version string) (*Sentry, error) {
	if dsn == "" {
		return nil, nil //nolint:nilnil // a nil Sentry is nobody who reports
	}
	client, err := sentry.NewClient(sentry.ClientOptions{
		Dsn: dsn, Release: "latcom-billing@" + version, AttachStacktrace: true, MaxBreadcrumbs: -1,
		BeforeSend:   func(event *sentry.Event, _ *sentry.EventHint) *sentry.Event { return scrubbed(event) },
		Integrations: func([]sentry.Integration) []sentry.Integration { return nil }, // they read the environment and the modules
	})
	if err != nil {
		return nil, fmt.Errorf("prepare reports for SENTRY_DSN: %w", err)
	}
	return &Sentry{hub: sentry.NewHub(client, sentry.NewScope())}, nil
}

// Stop waits a moment for what was not sent yet.
func (s *Sentry) Stop(patience time.Duration) {
	if s != nil {
		s.hub.Flush(patience)
	}
}

// Dying reports a panic on its way up, and lets it go on. Defer it.
func (s *Sentry) Dying() {
	if s == nil {
		return
	}
	if r := recover(); r != nil {
		s.hub.Clone().Recover(fmt.Sprint(r))
		s.hub.Flush(5 * time.Second)
		panic(r)
	}
}

// Handler reports the lines of another handler that are errors.
func (s *Sentry) Handler(next slog.Handler) slog.Handler {
	if s == nil {
		return next
	}
	return reporting{Handler: next, sentry: s}
}

type reporting struct {
	slog.Handler
	sentry *Sentry
	attrs  []slog.Attr
}

// Handle writes a line, and reports it.
func (h reporting) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		h.sentry.report(ctx, r, h.attrs)
	}
	return h.Handler.Handle(ctx, r) //nolint:wrapcheck // whoever logs looks at no error
}

// WithAttrs keeps them for reports.
func (h reporting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return reporting{h.Handler.WithAttrs(attrs), h.sentry, append(append([]slog.Attr{}, h.attrs...), attrs...)}
}

// WithGroup keeps reporting.
func (h reporting) WithGroup(name string) slog.Handler {
	return reporting{h.Handler.WithGroup(name), h.sentry, h.attrs}
}

func (s *Sentry) report(ctx context.Context, r slog.Record, more []slog.Attr) {
	facts := sentry.Context{}
	event := sentry.NewEvent()
	event.Level, event.Message, event.Timestamp, event.Logger = sentry.LevelError, r.Message, r.Time, "slog"
	add := func(a slog.Attr) bool {
		if err, is := a.Value.Any().(error); is {
			event.Exception = append(event.Exception, sentry.Exception{Type: r.Message, Value: err.Error(), Stacktrace: sentry.NewStacktrace()})
			return true
		}
		facts[a.Key] = a.Value.String()
		return true
	}
	for _, a := range more {
		add(a)
	}
	r.Attrs(add)
	for _, id := range idsOf(ctx).attrs() {
		event.Tags[id.Key] = id.Value.String()
	}
	event.Contexts["facts"] = facts
	event.Fingerprint = []string{r.Message}
	s.hub.Clone().CaptureEvent(event)
}

// personal is what goes to nobody: phones, API keys, e-mail addresses, secrets of
// webhooks, passwords in addresses.
var personal = regexp.MustCompile(`lb_(live|test)_\w+|whsec_[\w+/=]+|[\w.+-]+@[\w-]+\.[\w.-]+|://[^\s/@]+@|\+?\d[\d ()-]{8,}\d`)

// Scrub takes out of a text what goes to nobody.
func Scrub(text string) string { return personal.ReplaceAllString(text, "[removed]") }

func scrubbed(event *sentry.Event) *sentry.Event {
	event.Message, event.User, event.Request, event.ServerName = Scrub(event.Message), sentry.User{}, nil, ""
	for i := range event.Exception {
		event.Exception[i].Value = Scrub(event.Exception[i].Value)
	}
	for _, facts := range event.Contexts {
		for name, value := range facts {
			if text, is := value.(string); is {
				facts[name] = Scrub(text)
			}
		}
	}
	return event
}
