package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

func hexMAC(key []byte, text string) string { return hex.EncodeToString(mac(sha256.New, key, text)) }

// encoder writes aws-chunked bodies, as the S3 API reference specifies them.
type encoder struct {
	key   []byte
	scope scope
	stamp string
	last  string // empty: nothing is signed
	body  bytes.Buffer
}

func (e *encoder) chunk(data string) {
	extension := ""
	if e.last != "" {
		e.last = hexMAC(e.key, strings.Join([]string{"AWS4-HMAC-SHA256-PAYLOAD", e.stamp, e.scope.String(), e.last, emptySum, hexSum(data)}, "\n"))
		extension = ";chunk-signature=" + e.last
	}
	fmt.Fprintf(&e.body, "%x%s\r\n", len(data), extension)
	if data != "" {
		e.body.WriteString(data + "\r\n")
	}
}

func (e *encoder) trailer(name, value string) {
	e.body.WriteString(name + ":" + value + "\r\n")
	if e.last != "" {
		text := strings.Join([]string{"AWS4-HMAC-SHA256-TRAILER", e.stamp, e.scope.String(), e.last, hexSum(name + ":" + value + "\n")}, "\n")
		e.body.WriteString("x-amz-trailer-signature:" + hexMAC(e.key, text) + "\r\n")
	}
}

// upload returns a verdict on a request with such a body, and an encoder for it.
func upload(t testing.TB, said, trailer string, length int) (Verdict, *encoder) {
	r := httptest.NewRequest(http.MethodPut, "http://h/b/k", http.NoBody)
	r.Header.Set("X-Amz-Decoded-Content-Length", strconv.Itoa(length))
	if trailer != "" {
		r.Header.Set("X-Amz-Trailer", trailer)
	}
	s := scope{"20130524", "us-east-1", "s3", "aws4_request"}
	e := &encoder{key: sigV4.key(awsSecret, s), scope: s, stamp: "20130524T000000Z", last: strings.Repeat("0", 64)}
	a := &attempt{r: r, now: awsNow, dialect: S3}
	v := a.granted(awsID, "us-east-1", false)
	if d := a.payload(&v, said, chain{attempt: a, key: e.key, stamp: e.stamp, scope: s, last: e.last}); d != nil {
		t.Fatal(d)
	}
	if said == unsignedTrailer {
		e.last = ""
	}
	return v, e
}

const sumName, sumValue = "x-amz-checksum-crc32c", "sOO8/Q=="

// modes are the kinds of chunked body.
var modes = []struct{ said, trailer string }{
	{streamingSigned, ""}, {streamingTrailer, sumName}, {unsignedTrailer, sumName},
}

func encoded(t testing.TB, said, trailer, data string, size int) (Verdict, []byte) {
	v, e := upload(t, said, trailer, len(data))
	for rest := data; rest != ""; {
		n := min(size, len(rest))
		e.chunk(rest[:n])
		rest = rest[n:]
	}
	e.chunk("")
	if trailer != "" {
		e.trailer(sumName, sumValue)
	}
	e.body.WriteString("\r\n")
	return v, e.body.Bytes()
}

func TestChunkedBodyDecodes(t *testing.T) {
	for _, m := range modes {
		for _, data := range []string{"", "x", strings.Repeat("0123456789", 7000)} {
			for _, size := range []int{1 << 10, 1 << 16} {
				v, body := encoded(t, m.said, m.trailer, data, size)
				got, err := io.ReadAll(v.Body(iotest.HalfReader(bytes.NewReader(body))))
				if err != nil || string(got) != data {
					t.Errorf("%s, %d bytes by %d: got %d bytes, %v", m.said, len(data), size, len(got), err)
				}
				if v.DecodedLength != int64(len(data)) || v.Trailer().Get(m.trailer) != map[bool]string{true: sumValue}[m.trailer != ""] {
					t.Errorf("%s: length %d, trailer %v", m.said, v.DecodedLength, v.Trailer())
				}
			}
		}
	}
}

func TestChunkedBodyThatIsCutIsRefused(t *testing.T) {
	for _, m := range modes {
		_, body := encoded(t, m.said, m.trailer, "0123456789", 4)
		for n := range bytes.LastIndex(body, []byte("\r\n0")) + 3 {
			v, _ := upload(t, m.said, m.trailer, 10)
			if _, err := io.ReadAll(v.Body(bytes.NewReader(body[:n]))); err == nil {
				t.Fatalf("%s: cut after %d of %d bytes, and taken", m.said, n, len(body))
			}
		}
	}
}

// Any changed byte is noticed, unless it changes nothing of what is said, as a letter's case in a size does not.
func TestChunkedBodyThatIsChangedIsRefused(t *testing.T) {
	for _, m := range modes[:2] {
		_, body := encoded(t, m.said, m.trailer, "0123456789abcdef", 11)
		for i := range body {
			for _, bit := range []byte{0x01, 0x20, 0x80} {
				v, _ := upload(t, m.said, m.trailer, 16)
				changed := bytes.Clone(body)
				changed[i] ^= bit
				got, err := io.ReadAll(v.Body(bytes.NewReader(changed)))
				same := string(got) == "0123456789abcdef" && (m.trailer == "" || v.Trailer().Get(sumName) == sumValue)
				if err == nil && !same {
					t.Fatalf("%s: byte %d changed to %q, and taken", m.said, i, changed[i])
				}
			}
		}
	}
}

func TestChunkedBodyRefusals(t *testing.T) {
	chunk := "4\r\nabcd\r\n"
	for _, c := range []struct {
		name, body, code string
	}{
		{"empty", "", "IncompleteBody"},
		{"no size", "\r\n", "InvalidRequest"},
		{"negative size", "-4\r\nabcd\r\n", "InvalidRequest"},
		{"size beyond 63 bits", "ffffffffffffffff\r\n", "InvalidRequest"},
		{"endless line", strings.Repeat("0", lineLimit+1), "InvalidRequest"},
		{"more than stated", "5\r\nabcde\r\n0\r\n\r\n", "IncompleteBody"},
		{"less than stated", "3\r\nabc\r\n0\r\n\r\n", "IncompleteBody"},
		{"no line end", "4\r\nabcdXX0\r\n\r\n", "InvalidRequest"},
		{"no last chunk", chunk, "IncompleteBody"},
		{"no trailer", chunk + "0\r\n\r\n", "MalformedTrailerError"},
		{"another trailer", chunk + "0\r\nx-amz-checksum-sha1:AAAA\r\n\r\n", "MalformedTrailerError"},
		{"trailer twice", chunk + "0\r\n" + sumName + ":1\r\n" + sumName + ":2\r\n\r\n", "MalformedTrailerError"},
		{"trailer without colon", chunk + "0\r\n" + sumName + "\r\n\r\n", "MalformedTrailerError"},
		{"endless trailer", chunk + "0\r\n" + sumName + ":" + strings.Repeat("x", lineLimit), "MalformedTrailerError"},
		{"signature in unsigned trailer", chunk + "0\r\n" + sumName + ":1\r\n" + trailerSignature + ":00\r\n\r\n", "MalformedTrailerError"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, _ := upload(t, unsignedTrailer, sumName, 4)
			body := v.Body(strings.NewReader(c.body))
			_, err := io.ReadAll(body)
			d, ok := errors.AsType[*Denied](err)
			if !ok || d.Code != c.code || d.Dialect != S3 {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			if _, again := body.Read(make([]byte, 1)); again == nil {
				t.Error("the refusal was forgotten")
			}
		})
	}
}

func TestUnsignedChunkInASignedBodyIsRefused(t *testing.T) {
	v, _ := upload(t, streamingSigned, "", 4)
	_, err := io.ReadAll(v.Body(strings.NewReader("4\r\nabcd\r\n0\r\n\r\n")))
	if d, ok := errors.AsType[*Denied](err); !ok || d.Code != "InvalidRequest" {
		t.Fatalf("got %v", err)
	}
}

func TestTransportErrorPassesThrough(t *testing.T) {
	broken := errors.New("connection reset")
	for _, said := range []string{streamingSigned, emptySum} {
		v, _ := upload(t, said, "", 4)
		if _, err := io.ReadAll(v.Body(iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("%s: got %v", said, err)
		}
	}
}

func TestPayloadHashIsCompared(t *testing.T) {
	v, _ := upload(t, hexSum("abc"), "", 0)
	if got, err := io.ReadAll(v.Body(strings.NewReader("abc"))); err != nil || string(got) != "abc" {
		t.Errorf("right hash: %q, %v", got, err)
	}
	v, _ = upload(t, hexSum("abc"), "", 0)
	_, err := io.ReadAll(v.Body(strings.NewReader("abd")))
	if d, ok := errors.AsType[*Denied](err); !ok || d.Code != "XAmzContentSHA256Mismatch" || d.Status != 400 {
		t.Errorf("wrong hash: %v", err)
	}
}

func TestStatementOfThePayloadIsChecked(t *testing.T) {
	for _, c := range []struct{ said, length, trailer, code string }{
		{"", "", "", "InvalidArgument"},
		{"abc", "", "", "InvalidArgument"},
		{"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "1", "", "InvalidArgument"},
		{streamingSigned, "", "", "MissingContentLength"},
		{streamingSigned, "-1", "", "MissingContentLength"},
		{unsignedTrailer, "1", "", "MalformedTrailerError"},
	} {
		r := httptest.NewRequest(http.MethodPut, "http://h/b/k", http.NoBody)
		r.Header.Set("X-Amz-Decoded-Content-Length", c.length)
		r.Header.Set("X-Amz-Trailer", c.trailer)
		d := (&attempt{r: r, dialect: S3}).payload(&Verdict{}, c.said, chain{})
		if d == nil || d.Code != c.code {
			t.Errorf("%q: got %v, want %s", c.said, d, c.code)
		}
	}
}

func FuzzChunkedBody(f *testing.F) {
	for i, m := range modes {
		_, body := encoded(f, m.said, m.trailer, "0123456789", 4)
		f.Add(body, byte(i))
	}
	f.Fuzz(func(t *testing.T, body []byte, mode byte) {
		m := modes[int(mode)%len(modes)]
		v, _ := upload(t, m.said, m.trailer, 10)
		got, err := io.ReadAll(v.Body(bytes.NewReader(body)))
		if len(got) > 10 || err == nil && len(got) != 10 {
			t.Fatalf("decoded %d bytes of 10, %v", len(got), err)
		}
		if err == nil && m.said != unsignedTrailer && string(got) != "0123456789" {
			t.Fatalf("took %q, which nobody signed", got)
		}
	})
}
