package pipeline

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
)

// Guess says how to find the content type of an object whose row states none. The zero value leaves it to the store.
type Guess uint8

// The ways to guess.
const (
	GuessNone    Guess = iota
	GuessName          // by what the key ends with, or else the source's name, in a table that is the same on every machine
	GuessContent       // where the name says nothing, by the first 512 bytes
)

var guesses = [...]string{GuessNone: "none", GuessName: "name", GuessContent: "content"}

// ParseGuess returns the way of that name: none, name or content.
func ParseGuess(name string) (Guess, error) {
	for g, known := range guesses {
		if known == name {
			return Guess(g), nil
		}
	}
	return GuessNone, fmt.Errorf("%q is no way to guess: want name, content or none", name)
}

// String returns the name that [ParseGuess] takes.
func (g Guess) String() string {
	if int(g) >= len(guesses) {
		return fmt.Sprintf("guess(%d)", uint8(g))
	}
	return guesses[g]
}

// byName gives an object that has no content type that of its name.
func (g Guess) byName(o *sender.Object, source string) {
	if g == GuessNone || o.ContentType != "" {
		return
	}
	if o.ContentType = typeOf(o.Key); o.ContentType == "" {
		o.ContentType = typeOf(source)
	}
}

// typeOf returns what a name's ending says of the content, or "".
func typeOf(name string) string {
	ending := path.Ext(name)
	if len(ending) < 2 || len(ending) > longestEnding {
		return ""
	}
	return typesByEnding[strings.ToLower(ending[1:])]
}

// sniffed is how many bytes [http.DetectContentType] looks at.
const sniffed = 512

// byContent gives an object that still has no content type that of its first bytes. Nothing is no text either.
func (g Guess) byContent(o *sender.Object, start []byte) {
	if g == GuessContent && o.ContentType == "" && len(start) > 0 {
		o.ContentType = http.DetectContentType(start[:min(sniffed, len(start))])
	}
}

// sniff reads the start of a file of several parts, whose content type has to be known before its first part is read.
func (r *Runner) sniff(ctx context.Context, f *file) error {
	if r.opts.Guess != GuessContent || f.object.ContentType != "" {
		return nil
	}
	chunk, err := r.load(ctx, f, 0, int(min(sniffed, f.object.Size)))
	if err != nil {
		return err
	}
	defer chunk.Release()
	err = reader.Guard(func() error {
		r.opts.Guess.byContent(&f.object, chunk.Bytes())
		return nil
	})
	return readError(ctx, f, err)
}
