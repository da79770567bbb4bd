package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// logger writes to stderr, or above the progress bars while there are some.
type logger struct {
	zerolog.Logger
	out *detour
}

// detour is a writer whose destination can be moved.
type detour struct {
	mu     sync.Mutex
	stderr io.Writer
	to     io.Writer
}

func (d *detour) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n, err := d.to.Write(p); err == nil {
		return n, nil
	}
	return d.stderr.Write(p)
}

var levels = map[string]zerolog.Level{
	"debug": zerolog.DebugLevel, "info": zerolog.InfoLevel, "warn": zerolog.WarnLevel, "error": zerolog.ErrorLevel,
}

func newLog(cmd *cobra.Command) (*logger, error) {
	level, known := levels[flag(cmd, "log-level")]
	if !known {
		return nil, usagef("--log-level %q: want debug, info, warn or error", flag(cmd, "log-level"))
	}
	out := &detour{stderr: cmd.ErrOrStderr(), to: cmd.ErrOrStderr()}
	var w io.Writer = out
	switch format := flag(cmd, "log-format"); format {
	case "json":
	case "text":
		w = zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly, NoColor: !inColour(cmd.ErrOrStderr())}
	default:
		return nil, usagef("--log-format %q: want text or json", format)
	}
	return &logger{zerolog.New(w).Level(level).With().Timestamp().Logger(), out}, nil
}

// above sends what is logged through w, or back to stderr if w is nil.
func (l *logger) above(w io.Writer) {
	l.out.mu.Lock()
	defer l.out.mu.Unlock()
	if l.out.to = l.out.stderr; w != nil {
		l.out.to = w
	}
}

func flag(cmd *cobra.Command, name string) string { return cmd.Flags().Lookup(name).Value.String() }

// inColour reports whether w is a terminal that wants colours (https://no-color.org).
func inColour(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
