package oss

import (
	"net/http"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

func TestRemoveAsksForThisObjectAlone(t *testing.T) {
	s, f := start(t, func(_ int, w http.ResponseWriter, _ seen) { w.WriteHeader(http.StatusNoContent) })
	if err := s.Remove(t.Context(), object.Key); err != nil {
		t.Fatal(err)
	}
	r := f.requests()[0]
	if len(f.requests()) != 1 || r.method != "DELETE" || r.path != objectPath || r.query != "" || r.body != "" {
		t.Errorf("asked %+v", f.requests())
	}
}

func TestRemoveOfWhatIsNotThereSucceeds(t *testing.T) {
	s, _ := start(t, refuses(404, "NoSuchKey", ""))
	if err := s.Remove(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
}

func TestRemoveThatIsRefusedFails(t *testing.T) {
	for code, kind := range map[string]sender.Kind{"NoSuchBucket": sender.StopRun, "FileImmutable": sender.GiveUp} {
		s, _ := start(t, refuses(404, code, ""))
		if e := errorOf(t, s.Remove(t.Context(), "k")); e.Code != code || e.Kind != kind {
			t.Errorf("got %v", e)
		}
	}
}
