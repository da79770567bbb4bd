package storage

import (
	"errors"
	"testing"
)

func TestChoice(t *testing.T) {
	have := []Part{{Number: 1, Size: 10}, {Number: 5, Size: 3}, {Number: 8, Size: 10}}
	refs := func(numbers ...int) (list []PartRef) {
		for _, n := range numbers {
			list = append(list, PartRef{Number: n})
		}
		return list
	}
	for name, x := range map[string]struct {
		refs []PartRef
		want error
	}{
		"all but a small one": {refs(1, 8), nil},
		"the last is small":   {refs(1, 5), nil},
		"small in the middle": {refs(1, 5, 8), ErrPartTooSmall},
		"twice":               {refs(1, 1), ErrPartOrder},
		"descending":          {refs(8, 1), ErrPartOrder},
		"absent":              {refs(1, 2), ErrInvalidPart},
		"behind the last":     {refs(1, 9), ErrInvalidPart},
		"before the first":    {refs(0), ErrInvalidPart},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Choose(have, x.refs, 10, func(Part, PartRef) bool { return true }); !errors.Is(err, x.want) {
				t.Errorf("%v, want %v", err, x.want)
			}
		})
	}
	if _, err := Choose(have, refs(1), 10, func(Part, PartRef) bool { return false }); !errors.Is(err, ErrInvalidPart) {
		t.Errorf("another ETag: %v", err)
	}
}
