// Package bulk has the real program move thousands of real files and one that is too large for memory into every kind
// of store, and reads all of it back with clients that are not ours.
//
// The files are those of the Go installation that runs the test, as "ingest manifest" lists them. The test moves some
// hundred of them by itself; with INGEST_BULK=full it moves 10,000 and 2 GiB, for which it takes some minutes and
// 7 GiB below the directory for temporary files:
//
//	INGEST_BULK=full go test -v -timeout 40m ./bulk
package bulk

import (
	"os"
	"testing"
)

// form is how much is moved.
type form struct {
	files int
	large int64 // bytes of the one large file, many parts of it
}

func formOf(name string) form {
	if name == "full" {
		return form{files: 10_000, large: 2 << 30}
	}
	return form{files: 400, large: 48 << 20}
}

func TestBulkArrivesWhole(t *testing.T) {
	j := newJob(t, formOf(os.Getenv("INGEST_BULK")))
	for _, d := range []struct {
		name string
		open func(t *testing.T) store
		keep bool // the journal, to look at it
	}{
		{"oss on devstore", ossOnDevstore, true},
		{"s3 on devstore", s3OnDevstore, false},
		{"s3 on versitygw", s3OnGateway, false},
		{"file", fileInDirectory, false},
	} {
		t.Run(d.name, func(t *testing.T) {
			m := newMove(t, j, d.open(t))
			if d.keep {
				m.keepsItsJournal()
			} else {
				m.arrives()
			}
			m.leavesNoJournal()
			m.everyObjectIsItsSource()
			m.nothingElseIsThere()
			m.noUploadIsOpen()
		})
	}
}
