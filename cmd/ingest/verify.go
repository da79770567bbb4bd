package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/spf13/cobra"
)

type verifyCommand struct {
	transfer
	json  bool
	allow bool
}

func newVerify() *cobra.Command {
	c := &verifyCommand{}
	cmd := &cobra.Command{
		Use:   "verify MANIFEST --to URL",
		Short: "Compare what the store holds with the sources, without downloading",
		Long: `Verify reads every source, asks the store for the size and the checksum of its
object, and compares. It changes nothing and needs no journal. It exits 0 if
all are the same, 1 if any differs, is missing or cannot be compared.`,
		Example: `  ingest verify nightly.jsonl --to oss://lake/2026/11/20/`,
		Args:    exactly("a manifest"),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.transfer.flags(cmd)
	c.manifestFlags(cmd)
	cmd.Flags().BoolVar(&c.json, "json", false, "the result on stdout as one JSON object")
	cmd.Flags().BoolVar(&c.allow, "allow-unverified", false, "exit 0 although the store offered no checksum for some rows")
	return cmd
}

func (c *verifyCommand) run(cmd *cobra.Command, manifest string) error {
	log, err := newLog(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	j, err := c.open(ctx, opening{manifest: c.openFile(cmd, manifest)})
	if err != nil {
		return stoppedEarly(ctx, err)
	}
	defer j.close()
	if err := preflight(ctx, j); err != nil {
		return stoppedEarly(ctx, err)
	}
	c.warn(cmd, j, log)
	v, err := pipeline.Verify(ctx, j.Job, func(row *manifests.Row, _ journal.Status, err error) {
		if err != nil && !errors.Is(err, pipeline.ErrStopped) {
			log.Error().Int64("row", row.Number).Str("key", row.Key).Err(err).Msg("row differs")
		}
	})
	if err != nil {
		return err
	}
	if err := printVerified(cmd.OutOrStdout(), v, c.json); err != nil {
		return &exit{exitFailed, fmt.Errorf("print the result: %w", err)}
	}
	return c.outcome(v)
}

func (c *verifyCommand) outcome(v pipeline.Verified) error {
	switch {
	case v.Different > 0:
		return &exit{exitFailed, fmt.Errorf("%s of %s rows differ from the store", humanCount(v.Different), humanCount(v.Rows))}
	case v.Unverified > 0 && !c.allow:
		return &exit{exitFailed, fmt.Errorf("%s of %s rows have no checksum in the store to compare; --allow-unverified accepts that",
			humanCount(v.Unverified), humanCount(v.Rows))}
	}
	return nil
}

func printVerified(w io.Writer, v pipeline.Verified, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(map[string]int64{
			"rows": v.Rows, "same": v.Same, "different": v.Different, "unverified": v.Unverified, "bytes": v.Bytes,
		})
	}
	_, err := fmt.Fprintf(w, "%s rows: %s the same, %s different or missing, %s without a checksum in the store; %s compared\n",
		humanCount(v.Rows), humanCount(v.Same), humanCount(v.Different), humanCount(v.Unverified), humanBytes(v.Bytes))
	return err
}
