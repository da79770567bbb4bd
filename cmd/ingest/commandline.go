package main

import (
	"os"
	"strings"
)

// commandLine is how to run the same again, quoted for a shell.
func commandLine() string {
	words := make([]string, len(os.Args))
	for i, w := range os.Args {
		words[i] = shellQuoted(w)
	}
	return strings.Join(words, " ")
}

func shellQuoted(w string) string {
	plain := w != "" && !strings.ContainsFunc(w, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,", r)
	})
	if plain {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}
