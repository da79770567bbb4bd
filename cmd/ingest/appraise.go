package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
	"github.com/spf13/cobra"
)

// appraisal is what adopt --dry-run says of an upload.
type appraisal struct {
	Checkpoint string `json:"checkpoint"`
	Tool       string `json:"tool"`
	Source     string `json:"source"`
	To         string `json:"to"`
	UploadID   string `json:"upload_id"`
	Parts      int    `json:"parts"`
	Listed     int    `json:"listed"`
	Proven     int    `json:"proven"`
	Bytes      int64  `json:"bytes"`
	ToSend     int64  `json:"bytes_to_send"`
	Anew       string `json:"anew,omitempty"` // why it would be begun anew
}

// appraise says what adopting would do, and leaves everything as it is.
func (c *putCommand) appraise(cmd *cobra.Command, t *takeover) error {
	folder, name := splitName(t.url, "")
	c.url, c.suffix = folder, putSuffix(folder, name)
	j, err := c.open(cmd.Context(), opening{manifest: func(prefix string) (*manifests.Manifest, error) {
		return manifests.Single(t.file, prefix+name), nil
	}})
	if err != nil {
		return stoppedEarly(cmd.Context(), err)
	}
	defer j.close()
	look := planCommand{transfer: c.transfer}
	if err := look.peekJournal(j, t.file); err != nil {
		return err
	}
	all, err := pipeline.Appraise(cmd.Context(), j.Job)
	if err != nil {
		return stoppedEarly(cmd.Context(), refusedOr(err))
	}
	for _, a := range all {
		if err := printAppraisal(cmd, t, a, c.json); err != nil {
			return &exit{exitFailed, fmt.Errorf("print what would be done: %w", err)}
		}
	}
	return nil
}

// refusedOr is err, as the store's refusal if it is an error of the store, else as the file's failure.
func refusedOr(err error) error {
	if _, ok := errors.AsType[*sender.Error](err); ok {
		return &exit{exitRefused, err}
	}
	return &exit{exitFailed, err}
}

func printAppraisal(cmd *cobra.Command, t *takeover, a pipeline.Appraisal, asJSON bool) error {
	said := appraisal{
		Checkpoint: t.path, Tool: string(t.Tool), Source: t.file, To: t.url, UploadID: a.UploadID,
		Parts: a.Parts, Listed: a.Listed, Proven: a.Proven, Bytes: a.Size, ToSend: a.Size - a.Bytes,
	}
	if a.Err != nil {
		said.Anew, said.Proven, said.ToSend = a.Err.Error(), 0, a.Size
	}
	if asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(said)
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), said.text())
	return err
}

func (a *appraisal) text() string {
	if a.Anew != "" {
		return fmt.Sprintf("%s to %s: would be sent anew, all of its %s: %s", a.Source, a.To, humanBytes(a.Bytes), a.Anew)
	}
	return fmt.Sprintf("%s to %s: %s of %s parts are in the store and proven; %s of %s would be sent",
		a.Source, a.To, humanCount(int64(a.Proven)), humanCount(int64(a.Parts)), humanBytes(a.ToSend), humanBytes(a.Bytes))
}
