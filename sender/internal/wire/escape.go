package wire

const upperHex = "0123456789ABCDEF"

// unreserved are the characters that RFC 3986, section 2.3, keeps as they are.
var unreserved = func() (t [256]bool) {
	for c := range 256 {
		t[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '-' || c == '.' || c == '_' || c == '~'
	}
	return t
}()

// AppendEscaped appends s to dst, percent-encoded as RFC 3986 says: all but A-Z a-z 0-9 - . _ ~ becomes %XX, in
// upper case. With keepSlash "/" stays too. It is the encoding that both stores sign.
func AppendEscaped(dst []byte, s string, keepSlash bool) []byte {
	for i := range len(s) {
		if c := s[i]; unreserved[c] || keepSlash && c == '/' {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}
