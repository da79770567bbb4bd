package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
)

// All kinds of rows, over several batches: done, to be put, to be sent in parts, carried on, and failing in each way.
func TestALookMiscounts(t *testing.T) {
	l := newLab(t)
	l.file("carried", 3*partSize+1)
	l.file("large", 2*partSize)
	l.row("gone")
	l.row(".", `"key":"folder"`)
	l.file("resized", 10, `"size":11`)
	l.file("barred", 10)
	const small = 3*batchRows + 7
	for i := range small {
		l.file(fmt.Sprintf("small%d", i), 5)
	}
	why := map[string]error{}
	bar := errors.New("barred")
	look := func(job Job) (p Preview, again Preview) {
		job.Known.Done.AddRange(7, 7+10) // the first ten that are small
		job.Known.Uploads[1] = &journal.Upload{
			Begun: journal.Begun{Row: 1, UploadID: "u", PartSize: partSize, Source: journal.Source(identityOf(t, job, l.path("carried")))},
			Parts: map[int]journal.Part{2: {Row: 1, Number: 2, Size: partSize}},
		}
		job.Rule = func(row *manifests.Row) error {
			if row.Source == "barred" {
				return bar
			}
			return nil
		}
		failing := func(row *manifests.Row, err error) { why[row.Source] = err }
		p, err := Look(t.Context(), job, failing)
		if err != nil {
			t.Fatal(err)
		}
		v, err := View(t.Context(), job, nil)
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range job.Manifest.Rows(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if row.Number < 7 || row.Number >= 17 {
				v.Add(row)
			}
		}
		return p, v.End(job.Total)
	}
	l.with(func(job Job) {
		got, again := look(job)
		want := Preview{
			Rows: 6 + small, Skip: 10, Put: small - 10, Multi: 2, CarryOn: 1, Failing: 4,
			Bytes: 5*(small-10) + 2*partSize + 2*partSize + 1, Parts: small - 10 + 2 + 3, Requests: small - 10 + 2 + 3 + 4,
		}
		if got != want || again != want {
			t.Errorf("got\n%+v and\n%+v, want\n%+v", got, again, want)
		}
	})
	for name, want := range map[string]error{"gone": fs.ErrNotExist, ".": reader.ErrNotRegular, "resized": ErrSize, "barred": bar} {
		if !errors.Is(why[name], want) {
			t.Errorf("%s: %v", name, why[name])
		}
	}
	if len(why) != 4 {
		t.Errorf("%d failing rows were told", len(why))
	}
}

func identityOf(t *testing.T, job Job, path string) reader.Identity {
	t.Helper()
	id, err := job.Reader.Look(path)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestALookMissesAForbiddenSource(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is forbidden to root")
	}
	l := newLab(t)
	l.file("free", 10)
	l.file("forbidden", 10)
	if err := os.Chmod(l.path("forbidden"), 0); err != nil {
		t.Fatal(err)
	}
	l.with(func(job Job) {
		p, err := Look(t.Context(), job, func(row *manifests.Row, err error) {
			if row.Source != "forbidden" || !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s: %v", row.Source, err)
			}
		})
		if err != nil || p.Failing != 1 || p.Put != 1 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
