package pipeline

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestOneBadRowStopsNoOther(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.row("missing")
	l.file("sized", 10, `"size":11`)
	l.file("summed", 10, `"checksum":"md5:00000000000000000000000000000000"`)
	l.file("summed large", 3*partSize, `"checksum":"sha256:`+strings.Repeat("0", 64)+`"`)
	l.file("summed combined", 3*partSize, `"checksum":"crc64ecma:0000000000000000"`)
	if err := os.Mkdir(l.path("directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	l.row("directory")
	p, err := l.run()
	if err != nil || p.Done != 8 || p.Failed != 6 {
		t.Fatalf("%+v, %v", p, err)
	}
	codes := map[string]string{}
	for _, line := range l.report() {
		if line.Error != nil {
			codes[line.Source] = line.Error.Code
		}
	}
	want := map[string]string{
		"missing": "SourceMissing", "sized": "SizeMismatch", "summed": "ChecksumMismatch",
		"summed large": "ChecksumMismatch", "summed combined": "ChecksumMismatch", "directory": "SourceNotRegular",
	}
	if fmt.Sprint(codes) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", codes, want)
	}
	for key := range want {
		if _, err := l.memory.Read(key); err == nil {
			t.Errorf("%q failed and is visible", key)
		}
	}
	if n := l.memory.OpenUploads(); n != 0 {
		t.Errorf("%d uploads of failed sources are left open", n)
	}
}

func TestStatedChecksumsThatHoldPass(t *testing.T) {
	l := newLab(t)
	for _, n := range []int64{0, 100, 5*partSize + 1} {
		for a := hasher.XXH3; a <= hasher.SHA256; a++ {
			name := fmt.Sprintf("%s-%d", a, n)
			data := sendertest.Bytes(uint64(n), n)
			l.write(name, data)
			l.row(name, `"checksum":"`+hasher.Sum(data, hasher.SetOf(a)).Get(a).String()+`"`)
		}
	}
	l.finish()
}

func TestSourceChangedWhileSentIsNeverCompleted(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"truncated": func(p string) error { return os.Truncate(p, 10) },
		"grown":     func(p string) error { return os.Truncate(p, 20*partSize) },
		"replaced": func(p string) error {
			return errors.Join(os.WriteFile(p+".new", sendertest.Bytes(9, 10*partSize), 0o600), os.Rename(p+".new", p))
		},
		"rewritten, mtime put back": func(p string) error {
			info, err := os.Stat(p)
			return errors.Join(err, os.WriteFile(p, sendertest.Bytes(9, 10*partSize), 0o600), os.Chtimes(p, info.ModTime(), info.ModTime()))
		},
		"removed": os.Remove,
	} {
		for _, mode := range []reader.Mode{reader.Pread, reader.Mmap} {
			t.Run(name+"/"+mode.String(), func(t *testing.T) {
				l := newLab(t)
				l.mode = mode
				l.file("large", 10*partSize)
				l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
					if n == 5 {
						if err := change(l.path("large")); err != nil {
							t.Error(err)
						}
					}
					return sendertest.Fault{}
				})
				l.failure("SourceChanged")
				if keys := l.memory.Keys(); len(keys) != 0 || l.memory.OpenUploads() != 0 {
					t.Errorf("objects %v, %d uploads open", keys, l.memory.OpenUploads())
				}
			})
		}
	}
}
