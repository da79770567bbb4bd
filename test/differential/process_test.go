package differential

import (
	"fmt"
	"os"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// killedThen is a client that is killed when four parts are stored, and run again after something else.
func killedThen(name string, s scenario) scenario {
	s.name, s.size, s.rules, s.during, s.kills = "killed after four parts; "+name, large, leisurely, afterParts(4, kill), true
	return s
}

var process = []scenario{
	killedThen("run again", scenario{}),
	killedThen("a bit of the checkpoint flips; run again", scenario{checkpoint: true, between: rewriteCheckpoint(func(data []byte) []byte {
		data[len(data)/2] ^= 1
		return data
	})}),
	killedThen("the checkpoint is cut in half; run again", scenario{checkpoint: true, between: rewriteCheckpoint(func(data []byte) []byte {
		return data[:len(data)/2]
	})}),
	killedThen("the upload is aborted (a lifecycle rule); run again", scenario{between: func(c *cell) {
		if err := c.abortUploads(c.Context()); err != nil {
			c.Fatal(err)
		}
	}}),
	killedThen("run again, and the list of parts lacks one", scenario{checkpoint: true, later: listed(fault.LostPart)}),
	killedThen("run again, and the list of parts has one of other bytes", scenario{checkpoint: true, later: listed(fault.ForeignPart)}),
	killedThen("run again, and the list of parts has a wrong size", scenario{checkpoint: true, later: listed(fault.WrongSize)}),
	{name: "two processes with the same checkpoint", size: large, rules: leisurely, twin: true, checkpoint: true},
	{name: "the disk is full from the start", size: large, rules: leisurely, checkpoint: true, wrap: fullDisk(0), want: []outcome{finished, failed}},
	// The last parts may be in flight already when the journal fails: then the object is there, and only not remembered.
	{name: "the disk is full after 512 bytes of the checkpoint", size: large, rules: leisurely, checkpoint: true, wrap: fullDisk(1),
		want: []outcome{finished, failed, alarmed}},
}

// fullDisk lets no file grow past so many blocks of 512 bytes: writes fail with EFBIG, as with ENOSPC on a full disk.
func fullDisk(blocks int) []string {
	return []string{"sh", "-c", fmt.Sprintf(`trap "" XFSZ; ulimit -f %d; exec "$@"`, blocks), "sh"}
}

func listed(l fault.Lie) func(*cell) []fault.Rule {
	return always(fault.Rule{Op: fault.ListParts, Times: 1, Fault: fault.Fault{Lie: l}})
}

func rewriteCheckpoint(change func([]byte) []byte) func(c *cell) {
	return func(c *cell) {
		c.kept(func(path string, data []byte, mode os.FileMode) {
			if err := os.WriteFile(path, change(data), mode.Perm()); err != nil {
				c.Fatal(err)
			}
		})
	}
}
