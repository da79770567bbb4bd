package s3

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// endpoint is what a fake store makes of checksums: those in echoes are compared and stated, those in refuses are
// refused with that status, and the others are ignored.
type endpoint struct {
	echoes  []hasher.Algorithm
	refuses map[hasher.Algorithm]int
	etag    func(body []byte) string // default: the MD5
}

func (e *endpoint) handle(w http.ResponseWriter, r *seen) {
	for a, status := range e.refuses {
		if r.has(a) && status == http.StatusNotImplemented {
			xmlError(w, status, "NotImplemented", "A header you provided implies functionality that is not implemented.")
			return
		}
		if r.has(a) {
			xmlError(w, status, "InvalidArgument", "Unsupported header: checksum")
			return
		}
	}
	switch {
	case r.method == http.MethodPost && r.query == "uploads=":
		_, _ = w.Write([]byte("<InitiateMultipartUploadResult><UploadId>U1</UploadId></InitiateMultipartUploadResult>"))
	case r.method == http.MethodPut:
		e.stored(w, r)
	}
}

func (e *endpoint) stored(w http.ResponseWriter, r *seen) {
	etag := sumOfText(hasher.MD5, string(r.body)).Hex()
	if e.etag != nil {
		etag = e.etag(r.body)
	}
	w.Header().Set("ETag", `"`+etag+`"`)
	for _, a := range e.echoes {
		if d, ok := dialectOf(a); ok && r.has(a) {
			w.Header().Set(d.header, encode(sumOfText(a, string(r.body))))
		}
	}
}

// has reports whether the request carries a checksum, or begins an upload with it.
func (r *seen) has(a hasher.Algorithm) bool {
	if a == hasher.MD5 {
		return r.header.Get("Content-MD5") != ""
	}
	d, _ := dialectOf(a)
	return r.header.Get(d.header) != "" || r.header.Get("X-Amz-Checksum-Algorithm") == d.name
}

// carried returns the checksums that requests carried, one word each.
func carried(all []seen) string {
	var words []string
	for _, r := range all {
		word := "none"
		for _, a := range []hasher.Algorithm{hasher.CRC64NVME, hasher.CRC32C, hasher.MD5} {
			if r.has(a) {
				word = a.String()
			}
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestChecksumNotSettledByAnswers(t *testing.T) {
	const nvme, c32, md5 = hasher.CRC64NVME, hasher.CRC32C, hasher.MD5
	tests := map[string]struct {
		endpoint endpoint
		checksum Checksum
		want     string // requests of the first Put
		wire     hasher.Algorithm
		unproven bool
	}{
		"echoes all":                {endpoint{echoes: []hasher.Algorithm{nvme, c32}}, Auto, "crc64nvme", nvme, false},
		"ignores crc64nvme":         {endpoint{echoes: []hasher.Algorithm{c32}}, Auto, "crc64nvme crc32c", c32, false},
		"ignores all":               {endpoint{}, Auto, "crc64nvme crc32c md5", md5, false},
		"ignores all, opaque ETags": {endpoint{etag: func([]byte) string { return "opaque" }}, Auto, "crc64nvme crc32c md5", md5, true},
		"refuses crc64nvme, 400": {endpoint{echoes: []hasher.Algorithm{c32}, refuses: map[hasher.Algorithm]int{nvme: 400}},
			Auto, "crc64nvme crc32c", c32, false},
		"refuses both, 501": {endpoint{refuses: map[hasher.Algorithm]int{nvme: 501, c32: 501}},
			Auto, "crc64nvme crc32c md5", md5, false},
		"explicit crc64nvme is ignored": {endpoint{}, CRC64NVME, "crc64nvme", nvme, true},
		"explicit crc32c":               {endpoint{echoes: []hasher.Algorithm{c32}}, CRC32C, "crc32c", c32, false},
		"explicit md5":                  {endpoint{echoes: []hasher.Algorithm{nvme}}, MD5, "md5", md5, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, Options{Checksum: test.checksum}, test.endpoint.handle)
			r, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("hello", f.Wire()))
			if err != nil {
				t.Fatal(err)
			}
			if got := carried(f.requests()); got != test.want {
				t.Errorf("requests carried %q, want %q", got, test.want)
			}
			if f.Wire() != test.wire {
				t.Errorf("Wire is %v, want %v", f.Wire(), test.wire)
			}
			if want := sumOfText(test.wire, "hello"); test.unproven != r.Checksum.IsZero() || !test.unproven && r.Checksum != want {
				t.Errorf("the receipt states %v, want %v, unproven %v", r.Checksum, want, test.unproven)
			}
			if _, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("hello", f.Wire())); err != nil {
				t.Fatal(err)
			}
			if got, want := carried(f.requests()), test.wire.String(); got != want {
				t.Errorf("the second Put carried %q, want %q: the choice was not kept", got, want)
			}
		})
	}
}

func TestExplicitChecksumDroppedWhenRefused(t *testing.T) {
	e := endpoint{refuses: map[hasher.Algorithm]int{hasher.CRC64NVME: 501}}
	f := newFake(t, Options{Checksum: CRC64NVME}, e.handle)
	_, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("hello"))
	if !refusesChecksum(err) {
		t.Errorf("Put: %v, want the endpoint's refusal", err)
	}
	if got := carried(f.requests()); got != "crc64nvme" {
		t.Errorf("requests carried %q", got)
	}
}

func TestExplicitChecksumOfPartsDroppedWhenIgnored(t *testing.T) {
	f := newFake(t, Options{Checksum: CRC64NVME}, new(endpoint).handle)
	f.uploads.Store(anUpload, hasher.CRC64NVME)
	r, err := f.SendPart(t.Context(), anUpload, sender.Part{Number: 1, Payload: payloadOf("hello")})
	if err != nil || !r.Checksum.IsZero() {
		t.Errorf("%+v, %v, want a receipt that proves nothing", r, err)
	}
	if got := carried(f.requests()); got != "crc64nvme" {
		t.Errorf("requests carried %q", got)
	}
}

// An endpoint that refuses for another reason must not cost the run its checksum.
func TestUnrelatedRefusalLowersChecksum(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
		xmlError(w, http.StatusNotImplemented, "NotImplemented", "tagging")
	})
	if _, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("x")); err == nil {
		t.Fatal("Put succeeded")
	}
	if f.Wire() != hasher.CRC64NVME {
		t.Errorf("Wire is %v, want crc64nvme", f.Wire())
	}
}

// It may pass: the same checksum is tried again, by whoever tries again.
func TestPassingRefusalLowersChecksum(t *testing.T) {
	e := endpoint{echoes: []hasher.Algorithm{hasher.CRC64NVME, hasher.CRC32C}}
	calls := 0
	f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
		if calls++; calls == 1 {
			xmlError(w, http.StatusServiceUnavailable, "SlowDown", "")
			return
		}
		e.handle(w, r)
	})
	_, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("x"))
	if got := carried(f.requests()); sender.KindOf(err) != sender.TryAgain || got != "crc64nvme" {
		t.Errorf("requests carried %q: %v", got, err)
	}
}

func TestEchoOfOtherBytesAccepted(t *testing.T) {
	handlers := map[Checksum]http.HandlerFunc{
		CRC64NVME: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amz-Checksum-Crc64nvme", encode(sumOfText(hasher.CRC64NVME, "other")))
			w.Header().Set("ETag", `"x"`)
		},
		MD5: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"`+sumOfText(hasher.MD5, "other").Hex()+`"`)
		},
	}
	for c, handle := range handlers {
		f := newFake(t, Options{Checksum: c}, func(w http.ResponseWriter, _ *seen) { handle(w, nil) })
		_, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("hello"))
		if !errors.Is(err, sender.ErrCorrupt) || sender.KindOf(err) != sender.TryAgain {
			t.Errorf("%v: Put: %v, want ErrCorrupt and to try again", c, err)
		}
	}
}

func TestEncryptedETagTakenForMD5(t *testing.T) {
	for _, header := range []string{"X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Customer-Algorithm"} {
		f := newFake(t, Options{Checksum: MD5}, func(w http.ResponseWriter, _ *seen) {
			w.Header().Set(header, "aws:kms")
			w.Header().Set("ETag", `"`+sumOfText(hasher.MD5, "opaque").Hex()+`"`)
		})
		r, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("hello"))
		if err != nil || !r.Checksum.IsZero() {
			t.Errorf("%s: %+v, %v, want a receipt without checksum", header, r, err)
		}
	}
}

func TestPartsOfUploadBegunWithAnotherChecksum(t *testing.T) {
	e := endpoint{}
	f := newFake(t, Options{}, e.handle)
	u, err := f.Begin(t.Context(), &sender.Object{Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	for number := range 2 {
		r, err := f.SendPart(t.Context(), u, sender.Part{Number: number + 1, Payload: payloadOf("hello", f.Wire())})
		if err != nil || r.Checksum != sumOfText(hasher.MD5, "hello") {
			t.Fatalf("SendPart: %+v, %v", r, err)
		}
	}
	if got, want := carried(f.requests()), "crc64nvme crc64nvme md5 md5"; got != want {
		t.Errorf("requests carried %q, want %q", got, want)
	}
	if f.Wire() != hasher.CRC32C {
		t.Errorf("Wire is %v, want the next one, crc32c", f.Wire())
	}
}

func TestConcurrentStepsDownTooFar(t *testing.T) {
	e := endpoint{echoes: []hasher.Algorithm{hasher.CRC32C}}
	f := newFake(t, Options{}, e.handle)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("hello", f.Wire())); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if f.Wire() != hasher.CRC32C {
		t.Errorf("Wire is %v, want crc32c", f.Wire())
	}
}

func TestBytesChangedBeforeTheChecksumWasTaken(t *testing.T) {
	f := newFake(t, Options{Checksum: MD5}, (&endpoint{}).handle)
	p := payloadOf("hello", hasher.XXH3)
	p.Data[0] = 'j'
	_, err := f.Put(t.Context(), &sender.Object{Key: "k"}, p)
	if !errors.Is(err, sender.ErrCorrupt) || len(f.requests()) > 0 {
		t.Errorf("Put: %v, want ErrCorrupt and nothing sent", err)
	}
}

func TestPayloadSignedOnlyWhenWanted(t *testing.T) {
	for _, refusal := range [][2]string{
		{"XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."},
		{"InvalidRequest", "Missing required header for this request: x-amz-content-sha256"},
		{"InvalidArgument", "UNSIGNED-PAYLOAD is not allowed over http"},
	} {
		e := endpoint{echoes: []hasher.Algorithm{hasher.CRC64NVME}}
		f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
			if r.header.Get("X-Amz-Content-Sha256") != sumOfText(hasher.SHA256, string(r.body)).Hex() {
				xmlError(w, http.StatusBadRequest, refusal[0], refusal[1])
				return
			}
			e.handle(w, r)
		})
		for range 2 {
			if _, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("hello")); err != nil {
				t.Errorf("%s: %v", refusal[0], err)
			}
		}
		var sent []string
		for _, r := range f.requests() {
			sent = append(sent, r.header.Get("X-Amz-Content-Sha256")[:8])
		}
		if !slices.Equal(sent, []string{"UNSIGNED", "2cf24dba", "2cf24dba"}) {
			t.Errorf("%s: payload hashes %v", refusal[0], sent)
		}
	}
}

// An endpoint that states no checksum of a part, and takes none but the upload's own, has stored the part all the
// same: it is sent once more to learn that, and the others once.
func TestPartsOfAMuteUploadSentTwice(t *testing.T) {
	e := endpoint{refuses: map[hasher.Algorithm]int{hasher.MD5: http.StatusBadRequest}}
	f := newFake(t, Options{}, e.handle)
	u, err := f.Begin(t.Context(), &sender.Object{Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	for number := range 3 {
		r, err := f.SendPart(t.Context(), u, sender.Part{Number: number + 1, Payload: payloadOf("hello", f.Wire())})
		if err != nil || r.ETag == "" || !r.Checksum.IsZero() {
			t.Fatalf("SendPart: %+v, %v", r, err)
		}
	}
	if got, want := carried(f.requests()), "crc64nvme crc64nvme md5 crc64nvme crc64nvme"; got != want {
		t.Errorf("requests carried %q, want %q", got, want)
	}
}
