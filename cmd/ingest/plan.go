package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/spf13/cobra"
)

type planCommand struct {
	transfer
	json bool
}

func newPlanCommand(t transfer) *planCommand {
	t.absent = imagineAbsent
	return &planCommand{transfer: t}
}

func newPlan() *cobra.Command {
	c := newPlanCommand(transfer{})
	cmd := &cobra.Command{
		Use:   "plan MANIFEST --to URL",
		Short: "Check the manifest and show what run would do; send nothing",
		Long: `Plan checks the whole manifest, looks at every source, reads the journal if there
is one, and says what run would do. It asks nothing of the store and changes
nothing. It exits 1 if rows would fail.`,
		Example: `  ingest plan nightly.jsonl --to oss://lake/2026/11/20/`,
		Args:    exactly("a manifest"),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.transfer.flags(cmd)
	c.properties.flags(cmd)
	c.journalFlags(cmd)
	c.ifExists.flag(cmd)
	c.manifestFlags(cmd)
	cmd.Flags().BoolVar(&c.json, "json", false, "the plan on stdout as one JSON object")
	return cmd
}

func (c *planCommand) run(cmd *cobra.Command, manifest string) error {
	log, err := newLog(cmd)
	if err != nil {
		return err
	}
	l := &look{failing: func(row *manifests.Row, err error) {
		log.Error().Int64("row", row.Number).Str("source", row.Source).Err(err).Msg("row would fail")
	}}
	o := opening{manifest: c.openFile(cmd, manifest), past: c.past(manifest)}
	if path, err := c.journalPath(manifest); err != nil || !isThere(path) {
		o.aside = l.begin
	}
	j, err := c.open(cmd.Context(), o)
	if err != nil {
		l.end(0)
		return stoppedEarly(cmd.Context(), err)
	}
	defer j.close()
	if err := c.peekJournal(j, manifest); err != nil {
		l.end(0)
		return err
	}
	p, err := l.finish(cmd.Context(), j)
	if err != nil {
		return err
	}
	if err := printPlan(cmd.OutOrStdout(), j, p, c.json); err != nil {
		return &exit{exitFailed, fmt.Errorf("print the plan: %w", err)}
	}
	if p.Failing > 0 {
		return &exit{exitFailed, fmt.Errorf("%s of %s rows would fail", humanCount(p.Failing), humanCount(p.Rows))}
	}
	return nil
}

func printPlan(w io.Writer, j *job, p pipeline.Preview, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(map[string]any{
			"rows": p.Rows, "skip": p.Skip, "put": p.Put, "multipart": p.Multi, "carry_on": p.CarryOn,
			"bytes": p.Bytes, "parts": p.Parts, "requests": p.Requests, "failing": p.Failing,
			"if_exists": j.Options.IfExists.String(),
		})
	}
	_, err := fmt.Fprintf(w, `%s to %s
  %s rows: %s to send, %s done already, %s would fail
  %s in %s parts and at least %s requests
  %s rows in one request each, %s in parts (%s carry on an open upload)
  objects that are there %s
`, j.manifest.Name(), j.store.name,
		humanCount(p.Rows), humanCount(p.Put+p.Multi), humanCount(p.Skip), humanCount(p.Failing),
		humanBytes(p.Bytes), humanCount(p.Parts), humanCount(p.Requests),
		humanCount(p.Put), humanCount(p.Multi), humanCount(p.CarryOn), ruleText(j.Options.IfExists))
	return err
}

// peekJournal reads what a run would know, and leaves the journal as it is.
func (c *planCommand) peekJournal(j *job, beside string) error {
	path, err := c.journalPath(beside)
	if err != nil {
		path = "" // a manifest from stdin can be looked at without a journal
	}
	if path == "" {
		return nil
	}
	known, err := journal.Peek(path, j.identity())
	if err != nil {
		return &exit{exitJournal, explainJournal(err)}
	}
	j.Known = known
	return nil
}
