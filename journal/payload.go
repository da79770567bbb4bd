package journal

import "encoding/binary"

// kind is the type of a frame. The numbers are the format's and never change.
type kind uint8

const (
	kindBegun   kind = 1
	kindPart    kind = 2
	kindDropped kind = 3
	kindOutcome kind = 4
)

// The bits of an outcome's second byte. The two lowest are those of the status, whose third one came with version 2.
const (
	hasXXH3 = 1 << (2 + iota)
	hasChecksum
	hasVersion
	hasFailure
	statusHigh
	hasCallback
	statusBits = 3
)

// doneCompared is what a Done outcome with Compared has for a status.
const doneCompared = 6

// failureBounds are the bounds of a Failure's texts, in their order.
var failureBounds = [...]int{32, 128, 1024, 128, 256, 64}

func kindOf(r Record) kind {
	switch r.(type) {
	case Begun:
		return kindBegun
	case Part:
		return kindPart
	case Dropped:
		return kindDropped
	}
	return kindOutcome
}

// appendPayload encodes a record that check has passed.
func appendPayload(b []byte, r Record) []byte {
	switch r := r.(type) {
	case Begun:
		return appendBegun(b, &r)
	case Part:
		return appendPart(b, &r)
	case Dropped:
		return appendRow(b, r.Row)
	case Outcome:
		return appendOutcome(b, &r)
	}
	return b
}

func appendRow(b []byte, row int64) []byte { return binary.AppendUvarint(b, uint64(row)) }

func appendBegun(b []byte, r *Begun) []byte {
	b = appendRow(b, r.Row)
	b = binary.AppendUvarint(b, uint64(r.PartSize))
	b = binary.AppendUvarint(b, uint64(r.Source.Size))
	b = appendUint64(b, r.Source.Device)
	b = appendUint64(b, r.Source.Inode)
	b = appendUint64(b, uint64(r.Source.Modified))
	b = appendUint64(b, uint64(r.Source.Changed))
	b = appendUint64(b, uint64(r.Time))
	return appendText(b, r.UploadID)
}

func appendPart(b []byte, r *Part) []byte {
	b = appendRow(b, r.Row)
	b = binary.AppendUvarint(b, uint64(r.Number))
	b = binary.AppendUvarint(b, uint64(r.Size))
	b = appendUint64(b, r.XXH3)
	b = appendChecksum(b, r.Checksum)
	return appendETag(b, r.ETag)
}

func appendOutcome(b []byte, r *Outcome) []byte {
	bits, start := outcomeFlags(r), len(b)
	b = append(appendRow(b, r.Row), bits)
	b = binary.AppendVarint(b, r.Size)
	b = binary.AppendUvarint(b, uint64(r.Parts))
	b = binary.AppendUvarint(b, uint64(r.Attempts))
	if bits&hasXXH3 != 0 {
		b = appendUint64(b, r.XXH3)
	}
	if bits&hasChecksum != 0 {
		b = appendChecksum(b, r.Checksum)
	}
	b = appendETag(b, r.ETag)
	if bits&hasVersion != 0 {
		b = appendText(b, r.VersionID)
	}
	if bits&hasFailure != 0 {
		b = appendFailure(b, r.Failure)
	}
	if bits&hasCallback != 0 {
		room := maxPayload - (len(b) - start) - binary.MaxVarintLen16
		b = appendText(b, cut(r.Callback, min(room, MaxCallback)))
	}
	return b
}

func outcomeFlags(r *Outcome) byte {
	bits := statusFlags(r)
	if r.Callback != "" {
		bits |= hasCallback
	}
	if r.HasXXH3 {
		bits |= hasXXH3
	}
	if !r.Checksum.IsZero() {
		bits |= hasChecksum
	}
	if r.VersionID != "" {
		bits |= hasVersion
	}
	if r.Failure != nil {
		bits |= hasFailure
	}
	return bits
}

func statusFlags(r *Outcome) byte {
	status := byte(r.Status)
	if r.Compared {
		status = doneCompared
	}
	if status > statusBits {
		return status&statusBits | statusHigh
	}
	return status
}

// statusOf returns what statusFlags has put into bits.
func statusOf(bits byte) (status Status, compared bool) {
	status = Status(bits & statusBits)
	if bits&statusHigh != 0 {
		status += statusBits + 1
	}
	if status == doneCompared {
		return Done, true
	}
	return status, false
}

func appendFailure(b []byte, f *Failure) []byte {
	for i, s := range [...]string{f.Op, f.Code, f.Message, f.RequestID, f.HostID, f.EC} {
		b = appendText(b, cut(s, failureBounds[i]))
	}
	return b
}

// decodeRecord takes any record apart. It fails on whatever appendPayload does not write.
func decodeRecord(k kind, payload []byte) (Record, bool) {
	switch k {
	case kindBegun:
		r, ok := decodeBegun(payload)
		return r, ok
	case kindPart:
		r, ok := decodePart(payload)
		return r, ok
	case kindDropped:
		r, ok := decodeDropped(payload)
		return r, ok
	case kindOutcome:
		r, ok := decodeOutcome(payload, false)
		return r, ok
	}
	return nil, false
}

func decodeBegun(payload []byte) (r Begun, ok bool) {
	d := decoder{b: payload}
	r.Row = d.row()
	r.PartSize = d.size()
	r.Source.Size = d.size()
	r.Source.Device = d.uint64()
	r.Source.Inode = d.uint64()
	r.Source.Modified = int64(d.uint64())
	r.Source.Changed = int64(d.uint64())
	r.Time = int64(d.uint64())
	r.UploadID = d.text(MaxUploadID)
	return r, d.done() && r.Row > 0
}

func decodePart(payload []byte) (r Part, ok bool) {
	d := decoder{b: payload}
	d.part(&r)
	return r, d.done() && r.Row > 0 && r.Number > 0
}

// skimPart returns the row of a well-formed part.
func skimPart(payload []byte) (row int64, ok bool) {
	d := decoder{b: payload, skim: true}
	var r Part
	d.part(&r)
	return r.Row, d.done() && r.Row > 0 && r.Number > 0
}

func (d *decoder) part(r *Part) {
	r.Row = d.row()
	r.Number = int(d.uvarint(MaxPart))
	r.Size = d.size()
	r.XXH3 = d.uint64()
	r.Checksum = d.checksum()
	r.ETag = d.etag()
}

func decodeDropped(payload []byte) (r Dropped, ok bool) {
	d := decoder{b: payload}
	r.Row = d.row()
	return r, d.done() && r.Row > 0
}

// decodeOutcome takes an outcome apart; skimming leaves its texts and its failure empty.
func decodeOutcome(payload []byte, skim bool) (r Outcome, ok bool) {
	d := decoder{b: payload, skim: skim}
	r.Row = d.row()
	bits := d.byte()
	r.Status, r.Compared = statusOf(bits)
	r.Size = d.varint()
	r.Parts = int(d.uvarint(MaxPart))
	r.Attempts = int(d.uvarint(MaxPart))
	if r.HasXXH3 = bits&hasXXH3 != 0; r.HasXXH3 {
		r.XXH3 = d.uint64()
	}
	if bits&hasChecksum != 0 {
		r.Checksum = d.checksum()
	}
	r.ETag = d.etag()
	if bits&hasVersion != 0 {
		r.VersionID = d.text(MaxVersion)
	}
	if bits&hasFailure != 0 {
		r.Failure = d.failure()
	}
	if bits&hasCallback != 0 {
		r.Callback = d.text(MaxCallback)
	}
	return r, d.done() && r.Row > 0 && r.check() == nil
}

func (d *decoder) failure() *Failure {
	var t [len(failureBounds)]string
	for i, limit := range failureBounds {
		t[i] = d.text(limit)
	}
	if d.skim {
		return nil
	}
	return &Failure{Op: t[0], Code: t[1], Message: t[2], RequestID: t[3], HostID: t[4], EC: t[5]}
}

func (d *decoder) row() int64 { return int64(d.uvarint(MaxRow)) }

func (d *decoder) size() int64 { return int64(d.uvarint(1<<63 - 1)) }
