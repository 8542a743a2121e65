package server

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// The choices of --log-level and --log-format.
var (
	LogLevels  = []string{"debug", "info", "warn", "error"}
	LogFormats = []string{"text", "json"}
)

// NewLogger returns a logger that writes to w, or an error that names the
// choices. If w is a [LineQueue], the queue says in the log's format how many
// lines it dropped.
func NewLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level %q is not known; use %s", level, strings.Join(LogLevels, ", "))
	}
	var handler func(io.Writer) slog.Handler
	switch format {
	case "text":
		handler = func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, &slog.HandlerOptions{Level: l}) }
	case "json":
		handler = func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}) }
	default:
		return nil, fmt.Errorf("log format %q is not known; use %s", format, strings.Join(LogFormats, " or "))
	}
	if queue, ok := w.(*LineQueue); ok {
		queue.sayDropped(func(lines int) []byte {
			var line bytes.Buffer
			// At the highest level, so that every --log-level shows it.
			slog.New(handler(&line)).Error("log lines were dropped, because nobody read them", "lines", lines)
			return line.Bytes()
		})
	}
	return slog.New(handler(w)), nil
}
