package dir

// syncFolder does nothing: Windows cannot flush a folder, and its file systems keep a journal of their names.
func (s *Store) syncFolder(string) error { return nil }
