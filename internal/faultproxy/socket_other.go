//go:build !linux

package faultproxy

import "net"

// narrow does nothing on this system: a stall or a rate is only felt later.
func narrow(*net.TCPListener) error { return nil }

// unacknowledged is not known on this system. Over a loopback the bytes are there at once unless the other side's
// buffers are full.
func unacknowledged(*net.TCPConn) int { return 0 }
