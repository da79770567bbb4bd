package s3

import (
	"errors"
	"net/http"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// keeper is an endpoint that keeps one object, and to the conditions that requests make.
type keeper struct {
	endpoint
	etag string // empty: there is no object
}

func (k *keeper) handle(w http.ResponseWriter, r *seen) {
	none, match := r.header.Get("If-None-Match"), r.header.Get("If-Match")
	switch {
	case none == "*" && k.etag != "", match != "" && match != `"`+k.etag+`"`:
		xmlError(w, http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		return
	case r.method == http.MethodHead && k.etag == "":
		w.WriteHeader(http.StatusNotFound)
		return
	case r.method == http.MethodHead:
		w.Header().Set("Last-Modified", "Sat, 31 Jan 2026 12:00:00 GMT")
		w.Header().Set("Content-Length", "5")
		w.Header().Set("ETag", `"`+k.etag+`"`)
		return
	}
	k.endpoint.etag = func(body []byte) string {
		k.etag = sumOfText(hasher.MD5, string(body)).Hex()
		return k.etag
	}
	k.endpoint.handle(w, r)
}

var onlyK = &sender.Object{Key: "k", Size: 5, OnlyNew: true}

// While the checksum is being settled a Put takes up to three requests, and the first one makes the object.
func TestOwnObjectIsNotInTheWayOfSettlingTheChecksum(t *testing.T) {
	const nvme, c32 = hasher.CRC64NVME, hasher.CRC32C
	for name, e := range map[string]endpoint{
		"ignores all":                          {},
		"ignores crc64nvme":                    {echoes: []hasher.Algorithm{c32}},
		"ignores crc64nvme, refuses crc32c":    {refuses: map[hasher.Algorithm]int{c32: 400}},
		"refuses crc64nvme":                    {refuses: map[hasher.Algorithm]int{nvme: 501}},
		"echoes all, so that one Put is asked": {echoes: []hasher.Algorithm{nvme, c32}},
	} {
		t.Run(name, func(t *testing.T) {
			k := &keeper{endpoint: e}
			f := newFake(t, Options{}, k.handle)
			if r, err := f.Put(t.Context(), onlyK, payloadOf("hello", f.Wire())); err != nil || r.Checksum.IsZero() {
				t.Fatalf("%+v, %v", r, err)
			}
			if _, err := f.Put(t.Context(), onlyK, payloadOf("other", f.Wire())); !errors.Is(err, sender.ErrExists) {
				t.Errorf("%v, want ErrExists", err)
			}
			if k.etag != sumOfText(hasher.MD5, "hello").Hex() {
				t.Error("the object was replaced")
			}
		})
	}
}

// What one of those requests has made is in the way of the next try, if the others fail: the error says whose it is.
func TestOwnObjectIsNotInTheWayOfTheNextTry(t *testing.T) {
	k := new(keeper)
	puts := 0
	f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
		if puts++; puts == 2 {
			xmlError(w, http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again.")
			return
		}
		k.handle(w, r)
	})
	stack := sender.Stack(f.Store, sender.Options{})
	if r, err := stack.Put(t.Context(), onlyK, payloadOf("hello", f.Wire())); err != nil || r.Checksum.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := stack.Put(t.Context(), onlyK, payloadOf("other", f.Wire())); !errors.Is(err, sender.ErrExists) || sender.WasStored(err) {
		t.Errorf("%v, want ErrExists of another's object", err)
	}
}

// Between two of those requests another writer may come.
func TestAnotherWritersObjectIsNotReplacedWhileTheChecksumIsSettled(t *testing.T) {
	k := new(keeper)
	puts := 0
	f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
		if puts++; puts == 2 {
			k.etag = "another"
		}
		k.handle(w, r)
	})
	if _, err := f.Put(t.Context(), onlyK, payloadOf("hello", f.Wire())); !errors.Is(err, sender.ErrExists) || sender.WasStored(err) || k.etag != "another" {
		t.Errorf("%v, and %q is there", err, k.etag)
	}
}

func TestUploadIsNotBegunWhereAnObjectIs(t *testing.T) {
	k := &keeper{etag: "another"}
	f := newFake(t, Options{}, k.handle)
	if _, err := f.Begin(t.Context(), onlyK); !errors.Is(err, sender.ErrExists) {
		t.Errorf("%v, want ErrExists", err)
	}
	if n := len(f.requests()); n != 1 {
		t.Errorf("%d requests, want one question", n)
	}
	if _, err := f.Begin(t.Context(), &sender.Object{Key: "k"}); err != nil || len(f.requests()) != 1 {
		t.Errorf("%v: who may replace the object need not ask", err)
	}
}

// Who may write and not read learns it at the end.
func TestUploadIsBegunWhereNobodyMayAsk(t *testing.T) {
	k := new(keeper)
	f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
		if r.method == http.MethodHead {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		k.handle(w, r)
	})
	if _, err := f.Begin(t.Context(), onlyK); err != nil {
		t.Error(err)
	}
}

func TestCompleteIsConditionalEachTime(t *testing.T) {
	for _, only := range []bool{true, false} {
		f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
			xmlError(w, http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented.")
		})
		f.uploads.Store(anUpload, hasher.CRC64NVME)
		_, _ = f.Complete(t.Context(), anUpload, &sender.Object{Key: "k", OnlyNew: only}, sender.Completion{})
		all := f.requests()
		for _, r := range all {
			if got := r.header.Get("If-None-Match"); (got == "*") != only {
				t.Errorf("only new %t: %q", only, got)
			}
		}
		if len(all) != 2 {
			t.Errorf("%d requests, want two", len(all))
		}
	}
}

func TestConflictOfConditionsPasses(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
		xmlError(w, http.StatusConflict, codeConditionalConflict, "A conflicting operation is under way")
	})
	_, err := f.Put(t.Context(), onlyK, payloadOf("hello", f.Wire()))
	if sender.KindOf(err) != sender.TryAgain || errors.Is(err, sender.ErrExists) {
		t.Errorf("%v, want one that is tried again", err)
	}
}

func TestCallbackIsRefused(t *testing.T) {
	f := newFake(t, Options{}, nil)
	if err := f.Check(&sender.Object{Key: "k", Callback: "{}"}); err == nil {
		t.Error("an S3 store promises to call back")
	}
}
