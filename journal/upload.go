package journal

import "encoding/binary"

// foldAt bounds the unread parts of one upload. Most uploads are closed before they have so many, and their
// parts are never made into anything.
const foldAt = 64 << 10

// openUpload is an upload during the replay. Parts are kept as they were read until someone wants them.
type openUpload struct {
	begun Begun
	parts map[int]Part
	raw   []byte // part payloads, each behind its length
	bytes int64  // of the frames that this upload is made of
	epoch int    // of the replay when it began; see replay.epoch
}

// add keeps a part's payload, which is well-formed.
func (u *openUpload) add(payload []byte) {
	u.raw = binary.AppendUvarint(u.raw, uint64(len(payload)))
	u.raw = append(u.raw, payload...)
	if len(u.raw) >= foldAt {
		u.fold()
	}
}

// fold turns the raw parts into parts, the last one of a number counting.
func (u *openUpload) fold() {
	if u.parts == nil {
		u.parts = make(map[int]Part)
	}
	for b := u.raw; len(b) > 0; {
		n, k := binary.Uvarint(b)
		p, _ := decodePart(b[k : k+int(n)])
		u.parts[p.Number] = p
		b = b[k+int(n):]
	}
	u.raw = u.raw[:0]
}

// upload returns what the caller of Open gets to see. Parts of an upload in doubt are left out.
func (u *openUpload) upload(doubted bool) *Upload {
	if doubted {
		return &Upload{Begun: u.begun, Parts: make(map[int]Part)}
	}
	u.fold()
	return &Upload{Begun: u.begun, Parts: u.parts}
}
