package main

import (
	"github.com/spf13/cobra"
)

type runCommand struct {
	move
	dryRun bool
}

func newRun() *cobra.Command {
	c := &runCommand{move: move{transfer: transfer{target: target{absent: makeAbsent}}}}
	cmd := &cobra.Command{
		Use:   "run MANIFEST --to URL",
		Short: "Move everything the manifest names; run it again to resume",
		Long: `Run moves every file that the manifest names to its place under the URL, and
proves it there by checksum. What is done is remembered in a journal beside the
manifest: after a crash, a signal or a failure, run the same command again, and
only the rest is sent. When all is done the journal is deleted.

The first Ctrl-C lets the parts in flight finish (30 s at most), the second
stops at once. Both can be resumed.`,
		Example: `  ingest run nightly.jsonl --to oss://lake/2026/11/20/
  ingest run files.txt --root /data --to s3://bucket/ --endpoint http://127.0.0.1:9090 --report report.jsonl
  ingest run nightly.csv.zst --to s3://lake/ --limit-rate 100MiB --deadline 6h --progress plain
  find /data -name '*.parquet' | ingest run - --format list --root /data --to file:///backup --journal backup.journal`,
		Args: exactly("a manifest"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.move.flags(cmd)
	c.manifestFlags(cmd)
	cmd.Flags().BoolVar(&c.dryRun, "dry-run", false, "the same as ingest plan")
	return cmd
}

func (c *runCommand) run(cmd *cobra.Command, manifest string) error {
	if c.dryRun {
		return newPlanCommand(c.transfer).run(cmd, manifest)
	}
	return c.move.run(cmd, manifest, c.openFile(cmd, manifest))
}
