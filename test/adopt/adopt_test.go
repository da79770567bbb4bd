package adopt

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// clients are those that run here. The others' checkpoints are written as they would be.
var clients = map[string]func(*stand) left{
	"aliyun-oss-go-sdk": goV1, "alibabacloud-oss-go-sdk-v2": goV2, "ali-oss": aliOSS,
	"aliyun-oss-java-sdk": asJava, "aliyun-oss-cpp-sdk": asCPP, "aliyun-oss-csharp-sdk": asCSharp,
}

// trial is a file that is, or is not, what it was when its client was interrupted, of which parts 1 to 3 are sent.
type trial struct {
	change func(data []byte) []byte
	sent   []int // by the program
	whole  bool  // it goes in one request instead
}

var trials = map[string]trial{
	"unchanged": {func(data []byte) []byte { return data }, []int{4, 5, 6, 7}, false},
	"changed in a part that was sent": {func(data []byte) []byte {
		data[2*partSize-1] ^= 1
		return data
	}, []int{2, 4, 5, 6, 7}, false},
	"grown":                   {func(data []byte) []byte { return append(data, data...) }, []int{4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, false},
	"cut behind what is sent": {func(data []byte) []byte { return data[:4*partSize+5] }, []int{4, 5}, false},
	"cut in what is sent":     {func(data []byte) []byte { return data[:2*partSize+5] }, []int{3}, false},
	"cut before what is sent": {func(data []byte) []byte { return data[:partSize+5] }, nil, true},
	"another":                 {func(data []byte) []byte { slices.Reverse(data); return data }, nil, true},
}

func TestInterruptedUploadOfAnyClientIsFinishedAndNeverGlued(t *testing.T) {
	for client, interrupt := range clients {
		for name, trial := range trials {
			t.Run(client+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := newStand(t)
				l := interrupt(s)
				s.change(trial.change)
				said := s.ingest(0, append([]string{"adopt", l.checkpoint}, l.flags...)...)
				got := s.taken()
				if !slices.Equal(got, trial.sent) || (s.puts == 1) != trial.whole {
					t.Errorf("it has sent the parts %v and %d objects, want %v\n%s", got, s.puts, trial.sent, said)
				}
				s.arrived()
				s.open(0)
				if _, err := os.Stat(l.checkpoint); err != nil {
					t.Errorf("the client's checkpoint is gone: %v", err)
				}
			})
		}
	}
}

// The same command first says what it would do, and deletes the checkpoint in the end when it is asked to.
func TestDryRunChangesNothingAndCheckpointIsRemovedOnDemand(t *testing.T) {
	s := newStand(t)
	l := goV1(s)
	args := append([]string{"adopt", l.checkpoint}, l.flags...)
	said := s.ingest(0, append(args, "--dry-run")...)
	if !strings.Contains(said, "3 of 7 parts are in the store and proven") || len(s.taken()) > 0 {
		t.Error(said)
	}
	s.ingest(0, append(args, "--remove-checkpoint")...)
	s.arrived()
	s.open(0)
	if left, err := os.ReadDir(l.checkpoint); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.dir, "*.journal*")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// A checkpoint that is named after another bucket is not sent into this one.
func TestCheckpointOfAnotherBucketIsRefused(t *testing.T) {
	s := newStand(t)
	l := goV1(s)
	files, err := os.ReadDir(l.checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	said := s.ingest(2, "adopt", filepath.Join(l.checkpoint, files[0].Name()), "--to", "oss://other")
	if !strings.Contains(said, "its name says that it is not of oss://other/") {
		t.Error(said)
	}
}

// The checkpoint is lost: the upload is found on the store. A second one, of another file, is left alone.
func TestUploadWithoutCheckpointIsFoundOnTheStore(t *testing.T) {
	for name, c := range map[string]struct {
		change int // byte of the file
		want   []int
	}{"unchanged": {-1, []int{4, 5, 6, 7}}, "changed": {partSize, []int{2, 4, 5, 6, 7}}} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			goV2(s)
			if c.change >= 0 {
				s.change(func(data []byte) []byte { data[c.change] ^= 1; return data })
			}
			other := s.begun(slices.Repeat([]byte("x"), 3*partSize), 1, 2, 3)
			s.taken()
			said := s.ingest(0, "put", s.file, "oss://"+bucket+"/"+key, "--part-size", "128KiB", "--adopt-uploads")
			if got := s.taken(); !slices.Equal(got, c.want) {
				t.Errorf("it has sent the parts %v, want %v\n%s", got, c.want, said)
			}
			if !strings.Contains(said, other) {
				t.Errorf("the other upload is not told of: %s", said)
			}
			if err := s.bucket().AbortMultipartUpload(s.upload(other)); err != nil {
				t.Errorf("the other upload is gone: %v", err)
			}
			s.arrived()
			s.open(0)
		})
	}
}
