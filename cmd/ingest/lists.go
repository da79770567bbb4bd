package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// list is a flag's values between commas, or of the flag repeated. The default counts until one is given.
type list[V any] struct {
	values []V
	given  bool
	kind   string
	parse  func(string) (V, error)
	print  func(V) string
}

func (l *list[V]) String() string {
	var texts []string
	for _, v := range l.values {
		texts = append(texts, l.print(v))
	}
	return strings.Join(texts, ",")
}

func (l *list[V]) Set(text string) error {
	if !l.given {
		l.values = nil
	}
	l.given = true
	for word := range strings.SplitSeq(text, ",") {
		v, err := l.parse(strings.TrimSpace(word))
		if err != nil {
			return err
		}
		l.values = append(l.values, v)
	}
	return nil
}

func (l *list[V]) Type() string { return l.kind }

var (
	_ pflag.Value = (*list[int])(nil)
	_ pflag.Value = (*list[int64])(nil)
)

// sizes is a list of sizes in bytes, of which 0 is one too.
func sizes(defaults ...int64) *list[int64] {
	return &list[int64]{values: defaults, kind: "SIZES", print: func(n int64) string { return plainBytes(n) },
		parse: func(text string) (int64, error) {
			if text == "0" {
				return 0, nil
			}
			var b byteSize
			err := b.Set(text)
			return int64(b), err
		}}
}

// counts is a list of numbers of parts in flight; auto is fallback.
func counts(fallback int) *list[int] {
	return &list[int]{values: []int{fallback}, kind: "NUMBERS", print: func(n int) string { return fmt.Sprint(n) },
		parse: func(text string) (int, error) {
			var n autoCount
			if err := n.Set(text); err != nil || n != 0 {
				return int(n), err
			}
			return fallback, nil
		}}
}

// plainBytes is a size as flags take it, exactly: 16MiB, 1000B.
func plainBytes(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for n != 0 && n%1024 == 0 && i < len(units)-1 {
		n /= 1024
		i++
	}
	return fmt.Sprintf("%d%s", n, units[i])
}
