package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/ingest-dev/ingest/checkpoints"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/spf13/cobra"
)

type adoptCommand struct {
	move
	file   string
	remove bool
	dryRun bool
}

func newAdopt() *cobra.Command {
	c := &adoptCommand{}
	cmd := &cobra.Command{
		Use:   "adopt CHECKPOINT...",
		Short: "Finish uploads that other clients of OSS left unfinished",
		Long: `Adopt reads the checkpoints that interrupted clients of OSS left behind (the SDKs
for Go, versions 1 and 2, Java, C++ and C#, ali-oss, ossutil 1) and finishes
their uploads as put would: with a journal beside the file, to be run again
until it exits 0. A folder stands for the checkpoints in it, such as ossutil's
.ossutil_checkpoint.

What a checkpoint says is not believed. Each part is hashed, and kept only if
the store's own list says that it has these bytes; the others are sent. Where
nothing of an upload is of the file, it is aborted and the file sent anew.

Not all clients note everything: --to oss://bucket where the bucket is missing
(Go 1, ossutil, Java, ali-oss), or oss://bucket/key where the key is too, and
then --file as well (C#). Run adopt only on checkpoints that are your own: they
say which of your files is sent.`,
		Example: `  ingest adopt .ossutil_checkpoint --to oss://backup
  ingest adopt disk.img.ucp --to oss://backup --dry-run
  ingest adopt 1B2A…_9F0C… --file disk.img --to oss://backup/2026/disk.img`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("%s wants a checkpoint, or a folder of them: see %q", cmd.CommandPath(), cmd.CommandPath()+" --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args) },
	}
	c.move.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&c.url, "to", "", "`URL` of the bucket, or of the object, where the checkpoint does not name it: oss://bucket or oss://bucket/key")
	f.StringVar(&c.file, "file", "", "the local `FILE`, where the checkpoint does not name it or it has been moved")
	f.StringVar(&c.root, "root", "", "`DIR` where relative paths in checkpoints start (default: the working directory)")
	f.BoolVar(&c.remove, "remove-checkpoint", false, "delete a checkpoint when its object is stored and proven")
	f.BoolVar(&c.dryRun, "dry-run", false, "hash what the store lists and say what can be carried on; send and change nothing")
	return cmd
}

func (c *adoptCommand) run(cmd *cobra.Command, args []string) error {
	log, err := newLog(cmd)
	if err != nil {
		return err
	}
	if c.remove && c.accept.Unverified {
		return usagef("--remove-checkpoint is for objects that are proven: not with --allow-unverified")
	}
	list, wrong, err := c.find(args, log)
	if err != nil {
		return err
	}
	if len(list) > 1 && (c.journal != "" || c.report != "" || c.file != "") {
		return usagef("--journal, --report and --file are of one upload, and there are %d checkpoints: adopt them one by one", len(list))
	}
	for _, t := range list {
		err := c.adoptOne(cmd, t, log)
		if err != nil {
			wrong = append(wrong, err)
		}
		if exitCode(err) == exitStopped {
			break
		}
	}
	return together(wrong)
}

// adoptOne finishes the upload of one checkpoint.
func (c *adoptCommand) adoptOne(cmd *cobra.Command, t *takeover, log *logger) error {
	p := putCommand{c.move}
	p.root = ""
	p.adopt.Known = map[int64]pipeline.Foreign{1: {UploadID: t.UploadID, PartSize: t.PartSize}}
	if t.PartSize > p.size() {
		p.partSize.byteSize = byteSize(t.PartSize) // so that as many are in flight as memory holds
	}
	if c.dryRun {
		return p.appraise(cmd, t)
	}
	log.Info().Str("checkpoint", t.path).Str("of", string(t.Tool)).Str("file", t.file).Str("to", t.url).Int("parts", len(t.Parts)).
		Msg("taking over an upload")
	if err := p.run(cmd, t.file, t.url); err != nil || !c.remove {
		return err
	}
	return t.removeCheckpoint()
}

// removeCheckpoint deletes the checkpoint, unless its client has made another of it meanwhile.
func (t *takeover) removeCheckpoint() error {
	now, err := checkpoints.Read(t.path)
	if err == nil && now.UploadID != t.UploadID {
		err = errors.New("it is of another upload now")
	}
	if err == nil {
		err = os.Remove(t.path)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return &exit{exitFailed, fmt.Errorf("the object is stored and proven, but the checkpoint %s is not removed: %w", t.path, err)}
	}
	return nil
}

// together is what went wrong with several uploads: as one of them, if it is the same with all.
func together(errs []error) error {
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	code := exitCode(errs[0])
	for _, err := range errs[1:] {
		if next := exitCode(err); next != code {
			code = exitFailed
		}
	}
	if exitCode(errs[len(errs)-1]) == exitStopped {
		code = exitStopped
	}
	return &exit{code, errors.Join(errs...)}
}
