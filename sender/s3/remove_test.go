package s3

import (
	"errors"
	"net/http"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

func TestRemoveAsksForThisObjectAlone(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) { w.WriteHeader(http.StatusNoContent) })
	if err := f.Remove(t.Context(), "dir/a b"); err != nil {
		t.Fatal(err)
	}
	asked := f.requests()
	if len(asked) != 1 || asked[0].method != "DELETE" || asked[0].path != "/bucket/dir/a%20b" || asked[0].query != "" {
		t.Errorf("asked %+v", asked)
	}
}

func TestRemoveOfWhatIsNotThereSucceeds(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) { xmlError(w, 404, "NoSuchKey", "m") })
	if err := f.Remove(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
}

func TestRemoveThatIsRefusedFails(t *testing.T) {
	for code, kind := range map[string]sender.Kind{"NoSuchBucket": sender.StopRun, "AccessDenied": sender.GiveUp} {
		f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) { xmlError(w, 403, code, "m") })
		e, ok := errors.AsType[*sender.Error](f.Remove(t.Context(), "k"))
		if !ok || e.Code != code || e.Kind != kind || e.Op == "" || e.Key != "k" {
			t.Errorf("%s: got %v", code, e)
		}
	}
}
