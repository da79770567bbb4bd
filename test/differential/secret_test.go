package differential

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/ingest-dev/ingest/devstore/fault"
)

var secrets = []scenario{
	{name: "what it says at its most talkative, when access is denied", size: large, debug: true, want: []outcome{failed},
		rules: to(fault.Rule{Op: fault.SendPart, Skip: 4}, denied), says: printed},
	func() scenario {
		s := killedThen("who may read the checkpoint (umask 022)", scenario{checkpoint: true})
		s.wrap, s.says = []string{"sh", "-c", `umask 022; exec "$@"`, "sh"}, readable
		return s
	}(),
}

// printed looks for secrets in what the client said.
func printed(_ *cell, e ended) (string, bool) {
	var seen []string
	for _, s := range []struct{ name, value string }{{"secret key", secret}, {"security token", token}} {
		if bytes.Contains(e.said, []byte(s.value)) {
			seen = append(seen, s.name)
		}
	}
	if seen == nil {
		return "no secret", true
	}
	return "prints the " + strings.Join(seen, " and the "), false
}

// readable looks at the modes of what a killed client left.
func readable(c *cell, _ ended) (text string, ok bool) {
	text, ok = "there is none", true
	c.kept(func(_ string, data []byte, mode os.FileMode) {
		text, ok = fmt.Sprintf("mode %04o", mode.Perm()), mode.Perm()&0o077 == 0
	})
	return text, ok
}
