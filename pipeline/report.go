package pipeline

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
)

// ReportLine is what the report says of one row. Fields that do not apply are left out.
type ReportLine struct {
	Row       int64        `json:"row"`
	Source    string       `json:"source"`
	Key       string       `json:"key"`
	Status    string       `json:"status"`
	Size      int64        `json:"size"`
	Parts     int          `json:"parts,omitempty"`
	XXH3      string       `json:"xxh3,omitempty"`
	CRC64ECMA string       `json:"crc64ecma,omitempty"`
	CRC64NVME string       `json:"crc64nvme,omitempty"`
	CRC32C    string       `json:"crc32c,omitempty"`
	MD5       string       `json:"md5,omitempty"`
	ETag      string       `json:"etag,omitempty"`
	VersionID string       `json:"version_id,omitempty"`
	Attempts  int          `json:"attempts"`
	Compared  string       `json:"compared,omitempty"` // by what a row was found to be there already
	Callback  string       `json:"callback,omitempty"` // what the application server answered
	Error     *ReportError `json:"error,omitempty"`
}

// ReportError is why a row failed.
type ReportError struct {
	Op        string `json:"op,omitempty"`
	Code      string `json:"code,omitempty"`
	Message   string `json:"message"`
	RequestID string `json:"request_id,omitempty"`
	HostID    string `json:"host_id,omitempty"`
	EC        string `json:"ec,omitempty"`
}

// Report writes one JSON line for each of the job's rows, in their order, from the journal's last word on each.
// It is meant for a job whose rows all have an outcome; a row without one is an error. Memory does not grow with
// the rows.
func Report(ctx context.Context, w io.Writer, job Job) error {
	outcomes, err := job.Journal.Outcomes(ctx, job.Total)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	return errors.Join(reportRows(ctx, out, job, outcomes), out.Flush(), outcomes.Close())
}

func reportRows(ctx context.Context, w io.Writer, job Job, outcomes *journal.Outcomes) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for row, err := range job.Manifest.Rows(ctx) {
		if err != nil {
			return err
		}
		o, ok, err := outcomes.Get(row.Number)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("row %d has no outcome in the journal", row.Number)
		}
		if err := enc.Encode(reportLine(row, o)); err != nil {
			return err
		}
	}
	return nil
}

func reportLine(row *manifests.Row, o journal.Outcome) ReportLine {
	l := ReportLine{
		Row: row.Number, Source: row.Source, Key: row.Key, Status: o.Status.String(), Size: o.Size,
		ETag: o.ETag, VersionID: o.VersionID, Attempts: o.Attempts, Callback: o.Callback,
	}
	l.Error = (*ReportError)(o.Failure)
	if o.Status == journal.Failed {
		return l
	}
	if o.Compared {
		l.Compared = compared(o.Checksum)
	}
	l.Parts = o.Parts
	if o.HasXXH3 {
		l.XXH3 = hasher.FromUint64(hasher.XXH3, o.XXH3).Hex()
	}
	l.state(o.Checksum)
	return l
}

// state puts a checksum into the field that bears its algorithm's name.
func (l *ReportLine) state(c hasher.Checksum) {
	switch c.Algorithm {
	case hasher.CRC64ECMA:
		l.CRC64ECMA = c.Hex()
	case hasher.CRC64NVME:
		l.CRC64NVME = c.Hex()
	case hasher.CRC32C:
		l.CRC32C = c.Hex()
	case hasher.MD5:
		l.MD5 = c.Hex()
	}
}
