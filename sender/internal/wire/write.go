package wire

import "net"

// send writes a head and a body, in one system call while that is possible.
func (l *link) send(head, body []byte) error {
	if l.Conn == net.Conn(l.below) {
		return l.writev(head, body)
	}
	return guarded(func() error { return l.write(head, body) })
}

// writev sends from the caller's memory.
func (l *link) writev(head, body []byte) error {
	first, rest := l.cut(body)
	err := l.count(l.below.writev(head, first))
	if err != nil {
		return err
	}
	return l.pieces(rest, l.below)
}

// write sends what TLS copies anyway: a short body with its head in one record.
func (l *link) write(head, body []byte) error {
	if len(body) <= inline {
		l.last.Store(true)
		l.out = append(append(l.out[:0], head...), body...)
		return l.count(l.Conn.Write(l.out))
	}
	if err := l.count(l.Conn.Write(head)); err != nil {
		return err
	}
	return l.pieces(body, l.Conn)
}

func (l *link) pieces(body []byte, to net.Conn) error {
	for len(body) > 0 {
		var piece []byte
		piece, body = l.cut(body)
		if err := l.count(to.Write(piece)); err != nil {
			return err
		}
	}
	return nil
}

// cut returns what is written next, and what is left for later.
func (l *link) cut(body []byte) (piece, rest []byte) {
	n := min(len(body), chunk)
	l.last.Store(n == len(body))
	return body[:n], body[n:]
}

func (l *link) count(n int, err error) error {
	if n > 0 {
		l.wrote.Store(true)
	}
	return err
}
