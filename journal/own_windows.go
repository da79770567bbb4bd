package journal

import "os"

// own does nothing: on Windows nobody removes the lock's file while it is open, and locked bytes of the journal could
// not be read by others.
func own(*os.File) (bool, error) { return true, nil }
