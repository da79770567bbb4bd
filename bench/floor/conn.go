//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
)

// conn is a connection to the store.
type conn struct {
	net.Conn
	to      string // address of the store
	prefix  string // of the objects' names
	gather  bool   // head and body by one system call
	answers *bufio.Reader
	head    []byte
}

func (c *conn) dial() (err error) {
	if c.Conn, err = net.Dial("tcp", c.to); err != nil {
		return err
	}
	c.answers = bufio.NewReader(c.Conn)
	return nil
}

// put sends one object, whose name ends with its checksum, and waits for its answer.
func (c *conn) put(sum uint64, body []byte) error {
	h := append(c.head[:0], "PUT "...)
	h = append(h, c.prefix...)
	h = strconv.AppendUint(h, sum, 16)
	h = append(h, " HTTP/1.1\r\nHost: null\r\nContent-Length: "...)
	h = strconv.AppendInt(h, int64(len(body)), 10)
	c.head = append(h, "\r\n\r\n"...)
	if err := c.write(body); err != nil {
		return err
	}
	return c.answer()
}

func (c *conn) write(body []byte) error {
	if c.gather {
		out := net.Buffers{c.head, body}
		_, err := out.WriteTo(c.Conn)
		return err
	}
	if _, err := c.Write(c.head); err != nil {
		return err
	}
	_, err := c.Write(body)
	return err
}

// answer reads an answer that has no body.
func (c *conn) answer() error {
	line, err := c.answers.ReadSlice('\n')
	if err == nil && !bytes.Contains(line, []byte(" 200 ")) {
		err = fmt.Errorf("the store answered %q", bytes.TrimSpace(line))
	}
	for err == nil && len(bytes.TrimSpace(line)) > 0 {
		line, err = c.answers.ReadSlice('\n')
	}
	return err
}
