package differential

import (
	"context"
	"time"

	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/internal/faultproxy"
)

var network = []scenario{
	{name: "a connection is reset in the middle of a part", size: large, rules: part(fault.Fault{CutBody: partSize / 2})},
	{name: "a connection is closed without an answer", size: large, plan: second(faultproxy.Fault{CloseDown: -1})},
	{name: "the network is down for 5 s", size: large, rules: leisurely, during: afterParts(4, func(ctx context.Context, c *cell) {
		c.proxy.Down(true)
		select {
		case <-time.After(5 * time.Second):
		case <-ctx.Done():
		}
		c.proxy.Down(false)
	})},
	{name: "a part stalls for ever", size: large, slow: true, rules: part(fault.Fault{Stall: true})},
	{name: "the answer to a part never comes, and its connection stays", size: large, slow: true, plan: second(faultproxy.Fault{StallDown: -1})},
	{name: "the answer to a part trickles, 1 byte a second", size: large, slow: true, rules: part(fault.Fault{Trickle: 1})},
	{name: "Complete stalls for ever", size: large, slow: true, patience: completePatience,
		rules: complete(fault.Fault{Stall: true})},
}

// completePatience is longer: a store may take minutes to put parts together, and ingest allows it ten.
const completePatience = 15 * time.Minute

// second strikes the second connection, which carries parts.
func second(f faultproxy.Fault) func(n int) faultproxy.Fault {
	return func(n int) faultproxy.Fault {
		if n == 2 {
			return f
		}
		return faultproxy.Fault{}
	}
}
