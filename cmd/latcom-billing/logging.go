package main

// The log: coloured lines on a terminal, JSON anywhere else.

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
)

// newLog writes to out as LOG_FORMAT and LOG_LEVEL say.
func (c config) newLog(out *os.File) *slog.Logger {
	format := c.LogFormat
	if format == "" {
		format = "json"
		if isTerminal(out) {
			format = "text"
		}
	}
	return slog.New(logHandler(out, format, slog.Level(c.LogLevel), !isTerminal(out)))
}

func logHandler(out io.Writer, format string, least slog.Leveler, plain bool) slog.Handler {
	if format == "json" {
		return slog.NewJSONHandler(out, &slog.HandlerOptions{Level: least})
	}
	return tint.NewTextHandler(out, &tint.Options{Level: least, TimeFormat: time.TimeOnly, NoColor: plain})
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
