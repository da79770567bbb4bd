package storage

import "time"

// Lock keeps an object from being overwritten and deleted. A nil Lock does not.
type Lock struct {
	Mode  string    `json:"mode,omitempty"` // as S3 calls it, "" for no retention
	Until time.Time `json:"until,omitzero"` // the end of the retention
	Hold  bool      `json:"hold,omitempty"` // a legal hold, which has no end
}

func (l *Lock) holds(now time.Time) bool {
	return l != nil && (l.Hold || l.Mode != "" && now.Before(l.Until))
}

// free returns ErrRetained if an entry's object must stay as it is. There may be none.
func (b *Bucket) free(e *entry) error {
	if e != nil && e.lock.holds(b.now()) {
		return ErrRetained
	}
	return nil
}
