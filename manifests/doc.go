// Package manifests reads, checks and writes manifests: the lists that say which files go into a store, and under
// which keys.
//
// A manifest is text in one of three formats: JSON lines, CSV, or a plain list of paths; FORMAT.md specifies them,
// and examples/ holds some that run. All become the same [Row]:
//
//	file, stdin, pipe -> decompress -> lines -> decoder (one a format) -> resolve -> rules -> Row
//	                     gzip, zstd    1 MiB                              path, key  same for all
//
// A manifest is read twice. [Manifest.Check] reads it to its end before anything is sent, and says everything that
// is wrong with it at once; [Manifest.Rows] then streams the rows to whoever sends them. What can be read only once
// is copied into a temporary file first.
//
// The laws of the package: nothing is guessed (an unknown field, a name that stands twice, a line that is too long
// is a mistake, with its line and column); two rows never have the same key; nothing is held per row, but for the
// keys' hashes while Check runs, and those in bounded memory; a row that Check let pass cannot put a header of its
// own into a request.
//
// The package sends nothing and opens no source. It starts no goroutine.
package manifests
