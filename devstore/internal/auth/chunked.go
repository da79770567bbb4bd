package auth

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strconv"
	"strings"
)

// chunks reads an aws-chunked body:
//
//	size-in-hex[;chunk-signature=hex] CRLF  bytes CRLF  …  0[;chunk-signature=hex] CRLF  [trailers] CRLF
//
// A chunk's signature covers its bytes and the signature before it. It is compared behind the chunk's last byte.
type chunks struct {
	attempt *attempt
	src     *bufio.Reader
	chain   *chain // nil if the chunks are not signed
	trailer *trailers

	sum       hash.Hash // of the chunk at hand
	signature string    // that the chunk at hand states
	left      int64     // bytes of it to come
	unread    int64     // bytes of the whole to come, as the request states
	err       error     // what ended it; sticks
}

// lineLimit bounds the line above a chunk, and the reader's memory: far above what any client writes.
const lineLimit = 16 << 10

func newChunks(a *attempt, r io.Reader, c *chain, t *trailers, length int64) *chunks {
	return &chunks{
		attempt: a, src: bufio.NewReaderSize(r, lineLimit), chain: c, trailer: t, sum: sha256.New(), unread: length,
	}
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.err == nil && c.left == 0 {
		c.err = c.begin()
	}
	if c.err != nil || len(p) == 0 {
		return 0, c.err
	}
	n, err := c.src.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	c.unread -= int64(n)
	if c.chain != nil {
		c.sum.Write(p[:n])
	}
	if err == nil && c.left == 0 {
		err = c.end()
	}
	c.err = c.cut(err)
	return n, c.err
}

// begin reads the line above a chunk. After the last chunk it returns io.EOF, or what is wrong with the whole.
func (c *chunks) begin() error {
	size, err := c.line()
	if err != nil {
		return c.cut(err)
	}
	c.left = size
	switch {
	case size > c.unread, size == 0 && c.unread > 0:
		return c.attempt.denied(s3ShortBody)
	case size > 0:
		return nil
	}
	if err := c.verify(); err != nil {
		return err
	}
	if err := c.trailer.read(c.src); err != nil {
		return c.cut(err)
	}
	return io.EOF
}

// line parses "size[;chunk-signature=hex]".
func (c *chunks) line() (int64, error) {
	line, err := c.src.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return 0, c.attempt.denied(s3BadChunk)
	}
	if err != nil {
		return 0, err
	}
	digits, extension, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), ";")
	size, err := strconv.ParseUint(digits, 16, 63)
	c.signature = strings.TrimPrefix(extension, "chunk-signature=")
	if err != nil || c.chain != nil && c.signature == extension {
		return 0, c.attempt.denied(s3BadChunk)
	}
	return int64(size), nil
}

// end reads what follows a chunk's bytes, and compares its signature.
func (c *chunks) end() error {
	var mark [2]byte
	if _, err := io.ReadFull(c.src, mark[:]); err != nil {
		return err
	}
	if mark != [2]byte{'\r', '\n'} {
		return c.attempt.denied(s3BadChunk)
	}
	return c.verify()
}

func (c *chunks) verify() error {
	if c.chain == nil {
		return nil
	}
	sum := hex.EncodeToString(c.sum.Sum(nil))
	c.sum.Reset()
	if d := c.chain.chunk(sum, c.signature); d != nil {
		return d
	}
	return nil
}

// cut makes an end that came too early what it is: the last chunk says where the end is, not the stream.
func (c *chunks) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return c.attempt.denied(s3ShortBody)
	}
	return err
}

// chain is a run of signatures in which each covers the one before it.
type chain struct {
	attempt *attempt
	key     []byte
	stamp   string
	scope   scope
	last    string // starts as the signature of the request
}

var emptySum = hexSum("")

// chunk verifies the signature of a chunk with that SHA-256.
func (c *chain) chunk(sum, signature string) *Denied {
	return c.link("AWS4-HMAC-SHA256-PAYLOAD", emptySum+"\n"+sum, signature)
}

// trailer verifies the signature of trailers with that SHA-256.
func (c *chain) trailer(sum, signature string) *Denied {
	return c.link("AWS4-HMAC-SHA256-TRAILER", sum, signature)
}

func (c *chain) link(algorithm, what, signature string) *Denied {
	text := strings.Join([]string{algorithm, c.stamp, c.scope.String(), c.last, what}, "\n")
	if !signedBy(c.key, text, signature) {
		return c.attempt.mismatch(text, signature)
	}
	c.last = signature
	return nil
}
