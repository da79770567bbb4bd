package manifests

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Format is how a manifest is written down. The zero value, Auto, lets the name or the first byte tell.
type Format uint8

// The formats. FORMAT.md specifies each.
const (
	Auto  Format = iota // told by the name; failing that, a "{" in front means JSONL
	JSONL               // one JSON object a line: the full form
	CSV                 // a header row with the names of the fields, then one row a line
	List                // one source a line

	// single is the one row that Single makes. It has no name, because nobody may ask for it.
	single
)

var formatNames = [...]string{Auto: "auto", JSONL: "jsonl", CSV: "csv", List: "list", single: "single"}

var suffixes = map[string]Format{
	".jsonl": JSONL, ".ndjson": JSONL,
	".csv": CSV,
	".txt": List, ".list": List,
}

// ErrFormat is returned when a manifest's format is neither stated nor told by its name or its first byte, and
// when a stated format does not exist.
var ErrFormat = errors.New("state the format: jsonl, csv or list")

// String returns the name that ParseFormat takes, such as "jsonl".
func (f Format) String() string {
	if int(f) >= len(formatNames) {
		return fmt.Sprintf("format(%d)", uint8(f))
	}
	return formatNames[f]
}

// ParseFormat returns the format of that name: auto, jsonl, csv or list. It fails with [ErrFormat].
func ParseFormat(name string) (Format, error) {
	switch name {
	case "auto", "":
		return Auto, nil
	case "jsonl", "ndjson":
		return JSONL, nil
	case "csv":
		return CSV, nil
	case "list", "txt":
		return List, nil
	}
	return Auto, fmt.Errorf("unknown manifest format %q: %w", name, ErrFormat)
}

// formatOfName tells the format by the suffix of a file's name, below a suffix of compression.
func formatOfName(name string) Format {
	name = strings.ToLower(filepath.Base(name))
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	return suffixes[filepath.Ext(name)]
}
