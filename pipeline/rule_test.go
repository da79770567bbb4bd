package pipeline

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

// plainRows can leave no rows out by itself.
type plainRows struct{ rows Rows }

func (p plainRows) Rows(ctx context.Context) iter.Seq2[*manifests.Row, error] {
	return p.rows.Rows(ctx)
}

func TestARowThatIsDoneIsSentAgainBySimpleRows(t *testing.T) {
	l := newLab(t)
	l.file("a", 10)
	l.file("b", 20)
	l.finish()
	l.with(func(job Job) {
		job.Manifest = plainRows{job.Manifest}
		r, err := New(job)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if p := r.Progress(); p.SentParts != 0 || p.Done != 2 || p.Skipped != 2 {
			t.Errorf("%+v", p)
		}
	})
}

// A rule is asked about the rows that are to be sent, and fails those alone that break it.
func TestARowIsSentAgainstTheRule(t *testing.T) {
	l := newLab(t)
	l.file("barred", 10)
	l.file("free", 20)
	asked := 0
	bar := func(row *manifests.Row) error {
		if asked++; row.Source == "barred" {
			return errors.New("not this one")
		}
		return nil
	}
	for round := range 2 {
		l.with(func(job Job) {
			job.Rule = bar
			r, err := New(job)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p := r.Progress(); p.Done != 1 || p.Failed != 1 || asked != 2+round {
				t.Errorf("%+v, %d rows asked about", p, asked)
			}
		})
	}
	lines := l.report()
	if e := lines[0].Error; e == nil || e.Op != "check row" || e.Message != `check row "barred": not this one` {
		t.Errorf("%+v", lines[0])
	}
	if _, err := l.memory.Read("barred"); err == nil {
		t.Error("it was sent")
	}
}
