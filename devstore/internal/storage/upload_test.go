package storage

import (
	"errors"
	"testing"
)

func TestPartThatComesTooLateIsRefusedAndLeavesNothing(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, u *Upload){
		"aborted":   func(t *testing.T, u *Upload) { check(t, u.Abort()) },
		"completed": func(t *testing.T, u *Upload) { _, err := u.Complete(everything, nil); check(t, err) },
	} {
		t.Run(name, func(t *testing.T) {
			b := fresh(t)
			u := upload(t, b, "k", large('a'))
			late := stage(t, b, large('l'), true)
			end(t, u)
			if _, err := u.PutPart(1, late); !errors.Is(err, ErrNoSuchUpload) {
				t.Errorf("part: %v", err)
			}
			late.Discard()
			if err := u.Abort(); !errors.Is(err, ErrNoSuchUpload) {
				t.Errorf("abort: %v", err)
			}
			if _, err := u.Complete(everything, nil); !errors.Is(err, ErrNoSuchUpload) {
				t.Errorf("complete: %v", err)
			}
			if want := map[string]int{"aborted": 0, "completed": 1}[name]; files(t, b, dataDir) != want || files(t, b, uploadsDir) != 0 {
				t.Errorf("%d content files, %d files of uploads", files(t, b, dataDir), files(t, b, uploadsDir))
			}
		})
	}
}

func TestPartThatIsSentAgainReplacesTheFirst(t *testing.T) {
	b := fresh(t)
	u := upload(t, b, "k", large('a'))
	_, err := u.PutPart(1, stage(t, b, large('b'), true))
	check(t, err)
	if n := files(t, b, dataDir); n != 1 {
		t.Errorf("%d content files", n)
	}
	_, err = u.Complete(everything, nil)
	check(t, err)
	if got := get(t, b, "k"); got[0] != 'b' {
		t.Errorf("k begins with %q", got[:1])
	}
}
