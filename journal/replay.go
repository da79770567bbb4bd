package journal

import (
	"errors"
	"io"
)

// keptBuffers bounds how many emptied buffers of closed uploads wait for the next ones.
const keptBuffers = 64

// replay makes a State out of the frames of a journal, in one pass. It needs a few bits per settled row and the
// open uploads, whatever the length of the journal.
type replay struct {
	state  *State
	open   map[int64]*openUpload
	spare  [][]byte
	damage Damage // Offset is -1 as long as there is none

	// epoch counts the places where frames are missing. What is missing may have dropped any upload that was
	// open then, or begun another in its place; so of an upload that began in an earlier epoch no part is
	// believed, read before or after. FORMAT.md has the reasoning.
	epoch int

	superseded counter // outcomes that are not the last of their row
	recount    bool    // one was superseded whose size counts: state.Bytes needs another pass
	last       uint64  // sequence number of the last frame
	end        int64   // offset in the file behind the last frame
	dead       int64   // bytes of frames that a compaction would leave out, about
}

// run replays all that o has, which begins at the given offset of the file.
func (p *replay) run(o *orderedReader, offset int64) error {
	p.state, p.open = NewState(), make(map[int64]*openUpload)
	p.damage.Offset, p.end = -1, offset
	for {
		r, err := o.next()
		if errors.Is(err, io.EOF) {
			p.finish(r.unreadable)
			return nil
		}
		if err != nil {
			return err
		}
		p.step(r)
	}
}

func (p *replay) step(r reading) {
	if r.unreadable > 0 || r.missing > 0 || r.repeated {
		p.note(r)
	}
	p.end = r.offset + r.size()
	if r.repeated {
		return
	}
	p.last = r.sequence
	if !p.apply(r.frame) {
		p.undecoded(r)
		return
	}
	if p.damage.Offset >= 0 {
		p.damage.FramesKept++
	}
}

// note counts what is wrong before a frame, or with its place in the order.
func (p *replay) note(r reading) {
	d := &p.damage
	p.mark(r.offset - r.unreadable)
	d.Bytes += r.unreadable
	d.Missing += r.missing
	if r.repeated {
		d.Repeated++
	}
	if r.missing > 0 {
		p.epoch++
	}
}

// undecoded counts a frame that is whole and holds no record. Whatever it was to say is missing.
func (p *replay) undecoded(r reading) {
	p.mark(r.offset)
	p.damage.Undecoded++
	p.epoch++
}

// mark notes where the first damage begins.
func (p *replay) mark(offset int64) {
	if p.damage.Offset < 0 {
		p.damage.Offset = offset
	}
}

// apply takes one record in. It reports false if the frame holds none.
func (p *replay) apply(f frame) bool {
	switch f.kind {
	case kindPart:
		return p.part(f)
	case kindOutcome:
		return p.outcome(f)
	case kindBegun:
		return p.begun(f)
	}
	r, ok := decodeDropped(f.payload)
	if ok {
		p.close(r.Row)
		p.dead += f.size()
	}
	return ok
}

func (p *replay) begun(f frame) bool {
	r, ok := decodeBegun(f.payload)
	if !ok {
		return false
	}
	p.close(r.Row)
	u := &openUpload{begun: r, bytes: f.size(), epoch: p.epoch}
	if n := len(p.spare); n > 0 {
		u.raw, p.spare = p.spare[n-1], p.spare[:n-1]
	}
	p.open[r.Row] = u
	return true
}

func (p *replay) part(f frame) bool {
	row, ok := skimPart(f.payload)
	if !ok {
		return false
	}
	u := p.open[row]
	if u == nil {
		p.dead += f.size()
		return true
	}
	u.bytes += f.size()
	u.add(f.payload)
	return true
}

func (p *replay) outcome(f frame) bool {
	r, ok := decodeOutcome(f.payload, true)
	if !ok {
		return false
	}
	again, counted := p.state.settle(&r)
	if again {
		p.superseded.add(uint32(r.Row))
		p.dead += f.size() // the earlier frame's size is not known any more; this one's is a fair guess
	}
	p.recount = p.recount || counted
	if r.Status != Failed {
		p.close(r.Row)
	}
	return true
}

// close forgets the row's upload, if it has one.
func (p *replay) close(row int64) {
	u := p.open[row]
	if u == nil {
		return
	}
	delete(p.open, row)
	p.dead += u.bytes
	if len(p.spare) < keptBuffers && cap(u.raw) > 0 {
		p.spare = append(p.spare, u.raw[:0])
	}
}

// finish hands the open uploads over to the state, and what is at the end to its account.
func (p *replay) finish(torn int64) {
	p.state.Torn = torn
	for row, u := range p.open {
		doubted := u.epoch != p.epoch
		if doubted {
			p.damage.Doubted++
		}
		p.state.Uploads[row] = u.upload(doubted)
	}
	p.open, p.spare = nil, nil
	if p.damage.Offset >= 0 {
		p.state.Damage = &p.damage
	}
}

// settled calls f for every outcome that is the last of its row, in the order of the journal. It stops at the
// first error.
func settled(o *orderedReader, superseded *counter, f func(frame, *Outcome) error) error {
	left := superseded.clone()
	for {
		r, err := o.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if r.kind != kindOutcome || r.repeated {
			continue
		}
		out, ok := decodeOutcome(r.payload, true)
		if !ok || left.take(uint32(out.Row)) {
			continue
		}
		if err := f(r.frame, &out); err != nil {
			return err
		}
	}
}
