package sendertest

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// MemoryOptions is what kind of store a Memory is.
type MemoryOptions struct {
	// Wire is the checksum that the store says and compares. Default: CRC-64/ECMA, as OSS.
	Wire hasher.Algorithm

	// NoChecksum makes a store that says no checksum at all, only ETags.
	NoChecksum bool

	// Limits default to those of OSS, with parts of any size.
	Limits sender.Limits

	// Callback is called with each new object that asks for it, under the store's lock. If it is nil the store knows
	// no callbacks, and its Check refuses them.
	Callback func(o *sender.Object) *sender.Callback

	// Replaces makes a store that knows nothing of OnlyNew.
	Replaces bool
}

func (o MemoryOptions) withDefaults() MemoryOptions {
	if o.Wire == hasher.None && !o.NoChecksum {
		o.Wire = hasher.CRC64ECMA
	}
	if o.Limits == (sender.Limits{}) {
		o.Limits = sender.Limits{MaxPart: 5 << 30, MaxParts: 10_000, MaxPut: 5 << 30, MaxObject: 10_000 * 5 << 30}
	}
	return o
}

// Memory is a store in memory. Its ETags are MD5s, those of objects made of parts like S3's. Modified is by the
// time of the test, to the second.
type Memory struct {
	options MemoryOptions

	mu      sync.Mutex
	objects map[string]stored
	uploads map[string]*pending
	begun   int // uploads so far
}

// stored is an object. Its bytes are never changed.
type stored struct {
	data []byte
	info sender.Info
	kind string // content type
}

// pending is an open upload.
type pending struct {
	sender.OpenUpload
	object sender.Object
	parts  map[int]stored
}

// NewMemory returns an empty store that speaks CRC-64/ECMA.
func NewMemory() *Memory { return NewMemoryWith(MemoryOptions{}) }

// NewMemoryWith returns an empty store.
func NewMemoryWith(o MemoryOptions) *Memory {
	return &Memory{options: o.withDefaults(), objects: map[string]stored{}, uploads: map[string]*pending{}}
}

// Read returns the bytes of an object. They must not be changed.
func (m *Memory) Read(key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[key]
	if !ok {
		return nil, sender.ErrNotFound
	}
	return o.data, nil
}

// ContentType returns an object's content type.
func (m *Memory) ContentType(key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.objects[key].kind, nil
}

// Keys returns the keys of all objects, sorted.
func (m *Memory) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.objects))
}

// OpenUploads returns how many uploads are open.
func (m *Memory) OpenUploads() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.uploads)
}

// Spoil changes one bit of an object at rest, and what the store says of it: the store keeps other bytes than it
// was sent, and is honest about it. It reports whether there was a bit to change.
func (m *Memory) Spoil(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[key]
	if !ok || len(o.data) == 0 {
		return false
	}
	o.data = slices.Clone(o.data)
	o.data[len(o.data)/2] ^= 1
	o.info.Checksum = m.sum(o.data)
	m.objects[key] = o
	return true
}

// Limits returns the limits of the options.
func (m *Memory) Limits() sender.Limits { return m.options.Limits }

// Wire returns the algorithm of the options.
func (m *Memory) Wire() hasher.Algorithm { return m.options.Wire }

// Check refuses what OSS would: empty keys, keys of more than 1,023 bytes or other than UTF-8, and large objects.
func (m *Memory) Check(o *sender.Object) error {
	switch limit := m.options.Limits.MaxObject; {
	case o.Key == "":
		return fmt.Errorf("key: is empty")
	case len(o.Key) > 1023:
		return fmt.Errorf("key: has %d bytes, more than 1023", len(o.Key))
	case !utf8.ValidString(o.Key):
		return fmt.Errorf("key: %q is not UTF-8", o.Key)
	case limit > 0 && o.Size > limit:
		return fmt.Errorf("size: %d bytes is more than %d", o.Size, limit)
	case o.Callback != "" && m.options.Callback == nil:
		return fmt.Errorf("callback: this store makes none")
	}
	return nil
}

// Put stores an object.
func (m *Memory) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	about := sender.Error{Op: "put object", Key: o.Key}
	if err := m.refuse(ctx, about, p, m.options.Limits.MaxPut); err != nil {
		return sender.Receipt{}, err
	}
	s := m.keep(p.Data)
	s.describe(o)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.obstacle(about, o); err != nil {
		return sender.Receipt{}, err
	}
	m.objects[o.Key] = s
	return m.told(o, receiptOf(s)), nil
}

// Begin opens an upload.
func (m *Memory) Begin(ctx context.Context, o *sender.Object) (sender.Upload, error) {
	if ctx.Err() != nil {
		return sender.Upload{}, fail(sender.Error{Op: "begin upload", Key: o.Key, Kind: sender.TryAgain}, ctx.Err())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.obstacle(sender.Error{Op: "begin upload"}, o); err != nil {
		return sender.Upload{}, err
	}
	m.begun++
	u := &pending{object: *o, parts: map[int]stored{}}
	u.object.Metadata = maps.Clone(o.Metadata)
	u.Key, u.ID, u.Begun = o.Key, fmt.Sprintf("upload-%d", m.begun), time.Now()
	m.uploads[u.ID] = u
	return u.Upload, nil
}

// SendPart stores a part.
func (m *Memory) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	about := sender.Error{Op: "send part", Key: u.Key, Part: p.Number}
	if err := m.refuse(ctx, about, p.Payload, m.options.Limits.MaxPart); err != nil {
		return sender.Receipt{}, err
	}
	s := m.keep(p.Data)
	m.mu.Lock()
	defer m.mu.Unlock()
	up, err := m.open(about, u)
	if err != nil {
		return sender.Receipt{}, err
	}
	up.parts[p.Number] = s
	return receiptOf(s), nil
}

// Parts yields the parts as they are when it is called.
func (m *Memory) Parts(ctx context.Context, u sender.Upload) iter.Seq2[sender.StoredPart, error] {
	return func(yield func(sender.StoredPart, error) bool) {
		parts, err := m.list(ctx, u)
		if err != nil {
			yield(sender.StoredPart{}, err)
			return
		}
		for _, p := range parts {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func (m *Memory) list(ctx context.Context, u sender.Upload) ([]sender.StoredPart, error) {
	about := sender.Error{Op: "list parts", Key: u.Key}
	if ctx.Err() != nil {
		about.Kind = sender.TryAgain
		return nil, fail(about, ctx.Err())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	up, err := m.open(about, u)
	if err != nil {
		return nil, err
	}
	var parts []sender.StoredPart
	for _, n := range slices.Sorted(maps.Keys(up.parts)) {
		p := up.parts[n]
		parts = append(parts, sender.StoredPart{Number: n, Size: p.info.Size, ETag: p.info.ETag, Checksum: p.info.Checksum})
	}
	return parts, nil
}

// Complete makes an object of parts.
func (m *Memory) Complete(ctx context.Context, u sender.Upload, o *sender.Object, c sender.Completion) (sender.Receipt, error) {
	about := sender.Error{Op: "complete upload", Key: u.Key}
	if ctx.Err() != nil {
		about.Kind = sender.TryAgain
		return sender.Receipt{}, fail(about, ctx.Err())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	up, err := m.open(about, u)
	if err != nil {
		return sender.Receipt{}, err
	}
	s, err := m.assemble(about, up, c.Parts)
	if err != nil {
		return sender.Receipt{}, err
	}
	if err := m.obstacle(about, o); err != nil {
		return sender.Receipt{}, err
	}
	s.describe(&up.object)
	m.objects[u.Key] = s
	delete(m.uploads, u.ID)
	return m.told(o, receiptOf(s)), nil
}

// assemble makes the object that the parts are.
func (m *Memory) assemble(about sender.Error, up *pending, parts []sender.StoredPart) (stored, error) {
	var data, digests []byte
	last := 0
	for i, p := range parts {
		s, ok := up.parts[p.Number]
		if !ok || s.info.ETag != p.ETag || p.Number <= last {
			about.Part, about.Code = p.Number, "InvalidPart"
			return stored{}, fail(about, sender.ErrInvalidPart)
		}
		if i < len(parts)-1 && s.info.Size < m.options.Limits.MinPart {
			about.Part, about.Code = p.Number, "EntityTooSmall"
			return stored{}, &about
		}
		last = p.Number
		digest, _ := hex.DecodeString(s.info.ETag)
		data, digests = append(data, s.data...), append(digests, digest...)
	}
	if len(parts) == 0 {
		return stored{}, fail(about, sender.ErrInvalidPart)
	}
	whole := m.keep(data)
	whole.info.ETag = fmt.Sprintf("%x-%d", md5.Sum(digests), len(parts))
	return whole, nil
}

// Abort drops an upload.
func (m *Memory) Abort(ctx context.Context, u sender.Upload) error {
	if ctx.Err() != nil {
		return fail(sender.Error{Op: "abort upload", Key: u.Key, Kind: sender.TryAgain}, ctx.Err())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.uploads, u.ID)
	return nil
}

// Head says what is held.
func (m *Memory) Head(ctx context.Context, key string) (sender.Info, error) {
	about := sender.Error{Op: "head object", Key: key}
	if ctx.Err() != nil {
		about.Kind = sender.TryAgain
		return sender.Info{}, fail(about, ctx.Err())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[key]
	if !ok {
		return sender.Info{}, fail(about, sender.ErrNotFound)
	}
	o.info.Metadata = maps.Clone(o.info.Metadata)
	if !sender.WantsChecksum(ctx) {
		o.info.Checksum, o.info.ETag = hasher.Checksum{}, ""
	}
	return o.info, nil
}

// open returns an open upload. The lock is held.
func (m *Memory) open(about sender.Error, u sender.Upload) (*pending, error) {
	up, ok := m.uploads[u.ID]
	if !ok || up.Key != u.Key {
		about.Code = "NoSuchUpload"
		return nil, fail(about, sender.ErrNoSuchUpload)
	}
	return up, nil
}

// refuse returns why a payload is not taken, or nil.
func (m *Memory) refuse(ctx context.Context, about sender.Error, p sender.Payload, limit int64) error {
	about.Kind = sender.TryAgain
	if ctx.Err() != nil {
		return fail(about, ctx.Err())
	}
	if claimed := p.Sums.Get(m.options.Wire); !claimed.IsZero() && claimed != m.sum(p.Data) {
		about.Code = "BadDigest"
		return fail(about, sender.ErrCorrupt)
	}
	if limit > 0 && int64(len(p.Data)) > limit {
		about.Kind, about.Code = sender.GiveUp, "EntityTooLarge"
		return &about
	}
	return nil
}

// keep copies data into what is stored.
func (m *Memory) keep(data []byte) stored {
	return stored{data: slices.Clone(data), info: sender.Info{
		Size:     int64(len(data)),
		ETag:     fmt.Sprintf("%x", md5.Sum(data)),
		Checksum: m.sum(data),
		Modified: time.Now().Truncate(time.Second),
	}}
}

// sum returns the checksum that the store says of data.
func (m *Memory) sum(data []byte) hasher.Checksum {
	return hasher.Sum(data, hasher.SetOf(m.options.Wire)).Get(m.options.Wire)
}

// describe takes over what goes with an object.
func (s *stored) describe(o *sender.Object) {
	s.info.Metadata = maps.Clone(o.Metadata)
	s.kind = o.ContentType
}

func receiptOf(s stored) sender.Receipt {
	return sender.Receipt{ETag: s.info.ETag, Checksum: s.info.Checksum}
}

func fail(about sender.Error, err error) error {
	about.Err = err
	return &about
}
