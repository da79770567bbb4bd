package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/spf13/cobra"
)

func newJournal() *cobra.Command {
	return &cobra.Command{
		Use:   "journal FILE",
		Short: "Print a journal as JSON lines",
		Long: `Journal prints what a journal says: a JSON line for the header, for each
record, and for each range that is damaged. It takes no lock and changes
nothing, so it can look at the journal of a run that is under way.`,
		Example: `  ingest journal nightly.jsonl.journal | jq 'select(.type=="outcome")'`,
		Args:    exactly("a journal"),
		RunE:    func(cmd *cobra.Command, args []string) error { return dump(cmd.OutOrStdout(), args[0]) },
	}
}

func dump(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return usage(err)
	}
	defer f.Close()
	out := bufio.NewWriter(w)
	return errors.Join(dumpItems(out, f, path), out.Flush())
}

func dumpItems(w io.Writer, r io.Reader, path string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for item, err := range journal.Scan(r) {
		if err != nil {
			return &exit{exitJournal, fmt.Errorf("%s: %w", path, err)}
		}
		if err := enc.Encode(dumped(item)); err != nil {
			return err
		}
	}
	return nil
}

// dumpLine is one thing in a journal. Which fields there are depends on its type.
type dumpLine struct {
	Offset   int64  `json:"offset"`
	Bytes    int64  `json:"bytes"`
	Sequence uint64 `json:"seq,omitempty"`
	Type     string `json:"type"` // header, begun, part, dropped, outcome or damage
	Problem  string `json:"problem,omitempty"`

	Row      int64  `json:"row,omitempty"`
	Status   string `json:"status,omitempty"`
	UploadID string `json:"upload_id,omitempty"`
	PartSize int64  `json:"part_size,omitempty"`
	Part     int    `json:"part,omitempty"`
	Parts    int    `json:"parts,omitempty"`
	Size     *int64 `json:"size,omitempty"`
	XXH3     string `json:"xxh3,omitempty"`
	Checksum string `json:"checksum,omitempty"`
	ETag     string `json:"etag,omitempty"`
	Version  string `json:"version_id,omitempty"`
	Attempts int    `json:"attempts,omitempty"`
	Time     string `json:"time,omitempty"`
	Callback string `json:"callback,omitempty"`
	Compared bool   `json:"compared,omitempty"`

	Source  *dumpSource           `json:"source,omitempty"`
	Failure *pipeline.ReportError `json:"failure,omitempty"`
	Header  *dumpHeader           `json:"header,omitempty"`
}

// dumpSource is a journal.Source with names for its numbers; times are unix nanoseconds.
type dumpSource struct {
	Device   uint64 `json:"device"`
	Inode    uint64 `json:"inode"`
	Size     int64  `json:"size"`
	Modified int64  `json:"mtime_ns"`
	Changed  int64  `json:"ctime_ns"`
}

type dumpHeader struct {
	Version  int    `json:"version"`
	Created  string `json:"created"`
	Tool     string `json:"tool"`
	Manifest string `json:"manifest"`
	Rows     int64  `json:"rows"`
	Target   string `json:"target"`
	Root     string `json:"root"`
}

func dumped(item journal.Item) dumpLine {
	l := dumpLine{Offset: item.Offset, Bytes: item.Bytes, Sequence: item.Sequence, Type: "damage", Problem: item.Problem}
	if h := item.Header; h != nil {
		l.Type = "header"
		l.Header = &dumpHeader{
			Version: int(h.Version), Created: h.Created.UTC().Format(time.RFC3339Nano), Tool: h.Tool,
			Manifest: fmt.Sprintf("%x", h.Job.Manifest), Rows: h.Job.Rows, Target: h.Job.Target, Root: h.Job.Root,
		}
	}
	switch r := item.Record.(type) {
	case journal.Begun:
		l.begun(r)
	case journal.Part:
		l.part(r)
	case journal.Dropped:
		l.Type, l.Row = "dropped", r.Row
	case journal.Outcome:
		l.outcome(r)
	}
	return l
}

func (l *dumpLine) begun(r journal.Begun) {
	l.Type, l.Row, l.UploadID, l.PartSize, l.Source = "begun", r.Row, r.UploadID, r.PartSize, (*dumpSource)(&r.Source)
	l.Time = time.Unix(0, r.Time).UTC().Format(time.RFC3339Nano)
}

func (l *dumpLine) part(r journal.Part) {
	l.Type, l.Row, l.Part, l.Size, l.ETag = "part", r.Row, r.Number, &r.Size, r.ETag
	l.XXH3, l.Checksum = fmt.Sprintf("%016x", r.XXH3), r.Checksum.String()
}

func (l *dumpLine) outcome(r journal.Outcome) {
	l.Type, l.Row, l.Status, l.Size, l.Parts, l.Attempts = "outcome", r.Row, r.Status.String(), &r.Size, r.Parts, r.Attempts
	l.ETag, l.Version, l.Failure = r.ETag, r.VersionID, (*pipeline.ReportError)(r.Failure)
	l.Callback, l.Compared = r.Callback, r.Compared
	if r.HasXXH3 {
		l.XXH3 = fmt.Sprintf("%016x", r.XXH3)
	}
	if !r.Checksum.IsZero() {
		l.Checksum = r.Checksum.String()
	}
}
