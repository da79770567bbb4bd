package main

import (
	"fmt"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/spf13/cobra"
)

type manifestCommand struct {
	include, exclude []string
	follow           bool
	absolute         bool
}

func newManifest() *cobra.Command {
	c := &manifestCommand{}
	cmd := &cobra.Command{
		Use:   "manifest DIR",
		Short: "Write a manifest of a directory to stdout",
		Long: `Manifest writes one JSON line for each regular file below the directory, sorted
by name, with its size. Sources are relative to the directory: give it to run
as --root, or write them absolute with --absolute. Symbolic links are skipped
unless --follow; what is neither file nor directory is named on stderr.`,
		Example: `  ingest manifest /data --include '**/*.parquet' --exclude 'tmp/**' > data.jsonl
  ingest run data.jsonl --root /data --to oss://lake/`,
		Args: exactly("a directory"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&c.include, "include", nil, "only files whose path below DIR matches `GLOB` (* ? [a-z] **); repeatable")
	f.StringArrayVar(&c.exclude, "exclude", nil, "no files whose path below DIR matches `GLOB`; repeatable")
	f.BoolVar(&c.follow, "follow", false, "follow symbolic links")
	f.BoolVar(&c.absolute, "absolute", false, "write absolute sources, so that run needs no --root")
	return cmd
}

func (c *manifestCommand) run(cmd *cobra.Command, dir string) error {
	summary, err := manifests.Walk(cmd.Context(), dir, cmd.OutOrStdout(), manifests.WalkOptions{
		Include: c.include, Exclude: c.exclude, FollowSymlinks: c.follow, Absolute: c.absolute,
		Special: func(path, kind string) {
			fmt.Fprintf(cmd.ErrOrStderr(), "ingest: left out %q: %s\n", path, kind)
		},
	})
	if err != nil && cmd.Context().Err() == nil && summary.Rows > 0 {
		return &exit{exitFailed, err} // the manifest is there, and not whole
	}
	return err
}
