package wire

import (
	"errors"
	"strings"
	"testing"
)

// A document type may declare nothing that the decoder would expand. That it is there is enough.
func TestDocumentWithATypeIsRefused(t *testing.T) {
	for _, body := range []string{"<!DOCTYPE Page><Page/>", "<Page/><!DOCTYPE Page>", "<Page><!ENTITY a 'b'></Page>"} {
		if err := DecodeXML([]byte(body), new(page)); !errors.Is(err, ErrXML) {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

// The error of a hostile document is printed and logged.
func TestErrorOfADocumentIsShort(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for _, body := range []string{"<" + long + "></y>", "<" + long + "/>"} {
		if err := DecodeXML([]byte(body), new(page)); err == nil || len(err.Error()) > 300 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
}
