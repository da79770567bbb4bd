package main

import (
	"os"
	"strings"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/spf13/cobra"
)

// callback is whom OSS is to tell of each object, unless its row says it.
type callback struct {
	file string
	vars []string
}

func (c *callback) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.file, "callback-file", "", "JSON `FILE` with the upload callback of OSS for rows that state none")
	f.StringArrayVar(&c.vars, "callback-var", nil, "`x:NAME=VALUE` for the callback, of rows that do not state it; can be repeated")
}

// give gives a row the callback and its variables.
func (c *callback) give(row *manifests.Row) error {
	for _, pair := range c.vars {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || !strings.HasPrefix(name, "x:") {
			return usagef("--callback-var %q: want x:name=value", pair)
		}
		if row.CallbackVars == nil {
			row.CallbackVars = make(map[string]string)
		}
		row.CallbackVars[name] = value
	}
	if c.file == "" {
		return nil
	}
	text, err := os.ReadFile(c.file)
	if err != nil {
		return usagef("--callback-file: %w", err)
	}
	row.Callback = strings.TrimSpace(string(text))
	return nil
}
