package null

import (
	"context"
	"net"
	"net/http"
)

// Server returns a server of s, to be used with a listener of [Listen].
func Server(s http.Handler) *http.Server {
	return &http.Server{Handler: s, ConnContext: func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}}
}

type connKey struct{}

// Listen listens on addr for connections whose bodies can be dropped in the kernel, where the system can do that.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return droppingListener(l), nil
}
