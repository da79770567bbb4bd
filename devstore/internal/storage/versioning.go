package storage

// Versioning says whether a bucket keeps the versions of its objects. The emulator does not: it is kept, and shown, and
// the objects get ids.
type Versioning string

// The states. A bucket that was versioned once is never Unversioned again.
const (
	Unversioned Versioning = ""
	Enabled     Versioning = "Enabled"
	Suspended   Versioning = "Suspended"
)

// newVersion returns the id of an object that is written now.
func (v Versioning) newVersion() string {
	switch v {
	case Enabled:
		return newID()
	case Suspended:
		return "null"
	}
	return ""
}
