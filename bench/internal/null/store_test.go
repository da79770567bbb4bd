package null_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/ingest-dev/ingest/bench/internal/null"
	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/s3"
	"github.com/ingest-dev/ingest/sender/sendertest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a null store and returns its URL.
func serve(t *testing.T, s *null.Store) string {
	t.Helper()
	l, err := null.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := null.Server(s)
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() {
		server.Close()
		serving.Wait()
	})
	return "http://" + l.Addr().String()
}

// stores are the null store through the eyes of the clients that know its dialects.
func stores(t *testing.T) map[string]sender.Store {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_CONFIG_FILE": "/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "OSS_ACCESS_KEY_ID": "nobody", "OSS_ACCESS_KEY_SECRET": "nothing",
	} {
		t.Setenv(name, value)
	}
	a, err := s3.New(t.Context(), s3.Options{Bucket: "null", Region: "us-east-1", Endpoint: serve(t, &null.Store{})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	b, err := oss.New(t.Context(), oss.Options{Bucket: "null", Region: "oss-local", Endpoint: serve(t, &null.Store{CRC64: true})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return map[string]sender.Store{"s3": a, "oss": b}
}

// A store whose answers prove nothing would let a client skip what it has to do with a proof.
func TestReceiptsProveWhatWasSent(t *testing.T) {
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int64{0, 1, 300_000, 3 << 20} { // dropped bodies keep the connection usable
				p := payload(s, size)
				r, err := s.Put(t.Context(), &sender.Object{Key: "k", Size: size}, p)
				if want := p.Sums.Get(s.Wire()); err != nil || r.Checksum != want {
					t.Errorf("put of %d bytes: %v, %v; want %v", size, r.Checksum, err, want)
				}
			}
			if got, want := upload(t, s); got != want {
				t.Errorf("the whole is %v, want %v", got, want)
			}
		})
	}
}

func payload(s sender.Store, size int64) sender.Payload {
	data := sendertest.Bytes(uint64(size), size)
	return sender.Payload{Data: data, Sums: hasher.Sum(data, hasher.SetOf(s.Wire()))}
}

// upload sends parts out of their order, one of them twice, and returns the checksum of the whole, theirs and ours.
func upload(t *testing.T, s sender.Store) (got, want hasher.Checksum) {
	t.Helper()
	o := &sender.Object{Key: "many", Size: 3_000_000}
	u, err := s.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	data := sendertest.Bytes(7, o.Size)
	parts := make([]sender.StoredPart, 3)
	for _, i := range []int64{2, 0, 0, 1} {
		d := data[i*1_000_000 : (i+1)*1_000_000]
		p := sender.Part{Number: int(i) + 1, Offset: i * 1_000_000, Payload: sender.Payload{Data: d, Sums: hasher.Sum(d, hasher.SetOf(s.Wire()))}}
		r, err := s.SendPart(t.Context(), u, p)
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = sender.StoredPart{Number: p.Number, Size: int64(len(d)), ETag: r.ETag, Checksum: r.Checksum}
	}
	whole := hasher.Sum(data, hasher.SetOf(s.Wire())).Get(s.Wire())
	r, err := s.Complete(t.Context(), u, o, sender.Completion{Parts: parts, Whole: whole})
	if err != nil {
		t.Fatal(err)
	}
	return r.Checksum, whole
}

// What is asked of a bucket before anything is sent must not stop a client.
func TestBucketThatLooksAbsentStopsClients(t *testing.T) {
	url := serve(t, &null.Store{})
	for _, path := range []string{"/", "/null", "/null?location", "/null?uploads", "/null?list-type=2", "/null?bucketInfo"} {
		r, err := get(t.Context(), url+path)
		if err != nil || r != http.StatusOK {
			t.Errorf("%s: %d, %v", path, r, err)
		}
	}
}

func get(ctx context.Context, url string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err
	}
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	a, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	return a.StatusCode, a.Body.Close()
}
