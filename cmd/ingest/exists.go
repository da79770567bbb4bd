package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
)

// ifExists is the flag of run, put and plan that says what becomes of objects that are there.
type ifExists string

func (e *ifExists) flag(cmd *cobra.Command) {
	cmd.Flags().StringVar((*string)(e), "if-exists", pipeline.Overwrite.String(),
		"objects that are there: overwrite, skip, skip-same (size and checksum are the source's) or fail")
}

// rule returns what the flag means; commands that do not have it replace nothing.
func (e ifExists) rule() (pipeline.IfExists, error) {
	if e == "" {
		return pipeline.Overwrite, nil
	}
	rule, err := pipeline.ParseIfExists(string(e))
	if err != nil {
		return 0, usagef("--if-exists %w", err)
	}
	return rule, nil
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
