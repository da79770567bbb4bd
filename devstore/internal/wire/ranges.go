package wire

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Range is a part of an object: Length bytes from Offset on.
type Range struct{ Offset, Length int64 }

// Outcome tells what a Range header comes to.
type Outcome uint8

// The outcomes. Clipped is a range that ends behind the object, or is a suffix longer than it: RFC 9110 cuts it.
const (
	Absent Outcome = iota
	Malformed
	Satisfied
	Clipped
	Unsatisfiable
)

// ParseRange returns the one range that a header asks of an object of that size. More than one is Malformed.
func ParseRange(header string, size int64) (Range, Outcome) {
	if header == "" {
		return Range{}, Absent
	}
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, cut := strings.Cut(spec, "-")
	if !ok || !cut || strings.Contains(spec, ",") {
		return Range{}, Malformed
	}
	if first == "" {
		return suffix(last, size)
	}
	from, err := strconv.ParseUint(first, 10, 63)
	if err != nil {
		return Range{}, Malformed
	}
	return between(int64(from), last, size)
}

func between(from int64, last string, size int64) (Range, Outcome) {
	to := size - 1
	if last != "" {
		n, err := strconv.ParseUint(last, 10, 63)
		if err != nil || int64(n) < from {
			return Range{}, Malformed
		}
		to = int64(n)
	}
	switch {
	case from >= size:
		return Range{}, Unsatisfiable
	case to >= size:
		return Range{Offset: from, Length: size - from}, Clipped
	}
	return Range{Offset: from, Length: to - from + 1}, Satisfied
}

func suffix(length string, size int64) (Range, Outcome) {
	n, err := strconv.ParseUint(length, 10, 63)
	switch {
	case err != nil:
		return Range{}, Malformed
	case n == 0 || size == 0:
		return Range{}, Unsatisfiable
	case int64(n) > size:
		return Range{Length: size}, Clipped
	}
	return Range{Offset: size - int64(n), Length: int64(n)}, Satisfied
}

// Whole returns the range that is all of an object.
func Whole(size int64) Range { return Range{Length: size} }

// SetLength writes the headers of an answer that has the range of an object of that size, and returns its status.
func SetLength(h http.Header, rng Range, size int64, partial bool) int {
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(rng.Length, 10))
	if !partial {
		return http.StatusOK
	}
	h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", rng.Offset, rng.Offset+rng.Length-1, size))
	return http.StatusPartialContent
}
