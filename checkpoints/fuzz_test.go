package checkpoints

import (
	"errors"
	"testing"
)

// Whatever is in a checkpoint, it is read within bounds, or refused by a reason.
func FuzzParse(f *testing.F) {
	for _, seed := range [][]byte{
		textV1(nil), textV2(nil), []byte(textCSharp), []byte(textOld), []byte(textAliOSS), file(f, "java.ucp"), file(f, "cpp.record"),
		[]byte("\xac\xed\x00\x05sr"), []byte(`{"opType":"ResumableUpload","md5Sum":""}`),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b)
		if err != nil {
			for _, reason := range []error{ErrUnknown, ErrNotUpload, ErrDamaged, ErrUneven} {
				if errors.Is(err, reason) {
					return
				}
			}
			t.Fatalf("no reason: %v", err)
		}
		last := 0
		for _, p := range c.Parts {
			if p.Number <= last || p.Number > maxParts || p.Size < 0 || p.Size > c.PartSize || p.Offset != int64(p.Number-1)*c.PartSize {
				t.Fatalf("part %+v of %+v", p, c)
			}
			last = p.Number
		}
		if c.UploadID == "" || len(c.UploadID) > maxUploadID || len(c.Key) > maxKey || c.PartSize <= 0 || c.Size < -1 {
			t.Fatalf("%+v", c)
		}
	})
}
