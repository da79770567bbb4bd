package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
)

// arrival is what run, put and plan are told of the moment when an object is made: what becomes of one that is there,
// and whom the store is to tell.
type arrival struct {
	ifExists     string
	callbackFile string
	callbackVars []string
}

func (a *arrival) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&a.ifExists, "if-exists", pipeline.Overwrite.String(),
		"objects that are there: overwrite, skip, skip-same (size and checksum are the source's) or fail")
	f.StringVar(&a.callbackFile, "callback-file", "", "JSON `FILE` with the upload callback of OSS for rows that state none")
	f.StringArrayVar(&a.callbackVars, "callback-var", nil, "`x:NAME=VALUE` for the callback, of rows that do not state it; can be repeated")
}

// rule returns what becomes of objects that are there.
func (a *arrival) rule() (pipeline.IfExists, error) {
	if a.ifExists == "" {
		return pipeline.Overwrite, nil
	}
	rule, err := pipeline.ParseIfExists(a.ifExists)
	if err != nil {
		return 0, usagef("--if-exists %w", err)
	}
	return rule, nil
}

// callback gives a row the callback and its variables.
func (a *arrival) callback(row *manifests.Row) error {
	for _, pair := range a.callbackVars {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || !strings.HasPrefix(name, "x:") {
			return usagef("--callback-var %q: want x:name=value", pair)
		}
		if row.CallbackVars == nil {
			row.CallbackVars = make(map[string]string)
		}
		row.CallbackVars[name] = value
	}
	if a.callbackFile == "" {
		return nil
	}
	text, err := os.ReadFile(a.callbackFile)
	if err != nil {
		return usagef("--callback-file: %w", err)
	}
	row.Callback = strings.TrimSpace(string(text))
	return nil
}

// foresee asks, where objects are to be left alone, if the bucket keeps to that. Where it does not, or nobody can say,
// each object is looked for before it is sent.
func foresee(ctx context.Context, j *job) {
	c, ok := j.store.Store.(sender.Conditional)
	if !ok || j.Options.IfExists != pipeline.Fail {
		return
	}
	brief, cancel := context.WithTimeout(ctx, preflightTime)
	defer cancel()
	replaces, err := c.Replaces(brief)
	switch {
	case err != nil:
		j.doubt = fmt.Sprintf("it could not be known if the bucket keeps versions, and so would replace objects in spite of --if-exists fail (%v)", err)
	case replaces:
		j.doubt = "the bucket keeps versions, or did: OSS then replaces objects in spite of --if-exists fail"
	}
	j.Options.AskFirst = j.doubt != ""
}

// warnOfDoubt says what foresee has found out.
func warnOfDoubt(j *job, log *logger) {
	if j.doubt != "" {
		log.Warn().Msg(j.doubt + "; each object is looked for before it is sent, and one that another writer makes in between is replaced")
	}
}

// ruleText says what plan says of objects that are there.
func ruleText(rule pipeline.IfExists) string {
	return [...]string{
		"are replaced", "are left alone", "are compared by size and checksum, and replaced if they differ", "fail their rows",
	}[rule]
}
