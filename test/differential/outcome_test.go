package differential

import (
	"bytes"
	"encoding/json"
	"slices"
)

// outcome is what came of a run. The store decides, not the words.
type outcome string

const (
	finished outcome = "finished"    // it says so, and the object is whole
	failed   outcome = "failed"      // it says so, and the object is absent, or the older one
	lied     outcome = "lied"        // it says that all is well, and the object is missing or wrong
	spoiled  outcome = "spoiled"     // it failed, and a wrong object is in the place of the older one
	alarmed  outcome = "false alarm" // it says that it failed, and the object is whole
	unproven outcome = "not proven"  // it says that the object is stored but cannot be proven, and the object is whole
	hung     outcome = "hung"        // it did not end in time
	crashed  outcome = "crashed"     // it died of a fault of its own
	killed   outcome = "killed"      // it was killed on purpose
)

// judge looks at how a run ended, and into the store.
func (c *cell) judge(e ended) outcome {
	c.Helper()
	object := c.object()
	whole := slices.ContainsFunc(c.valid, func(v []byte) bool { return bytes.Equal(v, object) })
	untouched := object == nil || bytes.Equal(object, older)
	switch {
	case e.code == 0 && whole:
		return finished
	case e.code == 0:
		return lied
	case !whole && !untouched:
		return spoiled
	case e.hung:
		return hung
	case e.crashed:
		return crashed
	case e.killed:
		return killed
	case whole && e.unproven():
		return unproven
	case whole:
		return alarmed
	}
	return failed
}

// unproven reports whether it is ingest that says so.
func (e ended) unproven() bool {
	var summary struct{ Failed, Unverified int }
	return json.Unmarshal(e.stdout, &summary) == nil && summary.Unverified == 1 && summary.Failed == 0
}

// wrongness names what is wrong with the object, for those that lied and those that spoiled it.
func (c *cell) wrongness() string {
	switch object := c.object(); {
	case object == nil:
		return "there is no object"
	case bytes.Equal(object, older):
		return "the older object is still there"
	case mixed(object):
		return "the object mixes two versions of the file"
	case slices.ContainsFunc(c.valid, func(v []byte) bool { return len(v) == len(object) }):
		return "the object has other bytes"
	}
	return "the object has another size"
}
