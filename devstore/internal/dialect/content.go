package dialect

import (
	"crypto/md5"
	"encoding/base64"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Take stages the content of r, and holds it to its length, its Content-MD5, and what verify has to say of it.
func (c *Common) Take(r *wire.Request, b *storage.Bucket, o storage.StageOptions, verify func(*storage.Staged) error) (*storage.Staged, error) {
	sum, err := c.contentMD5(r)
	if err != nil {
		return nil, err
	}
	o.Damage = r.Damage
	s, err := b.Stage(r.Content, o)
	if err != nil {
		return nil, err
	}
	if err = c.compare(r, s, sum); err == nil {
		err = verify(s)
	}
	if err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

func (c *Common) compare(r *wire.Request, s *storage.Staged, sum []byte) error {
	if r.Size >= 0 && s.Size != r.Size {
		return c.Refusals.IncompleteBody
	}
	if sum != nil && storage.MD5(sum) != s.MD5 {
		return c.Refusals.digest(c.Refusals.WrongDigest, r)
	}
	return nil
}

// contentMD5 returns what Content-MD5 states, nil if there is none.
func (c *Common) contentMD5(r *wire.Request) ([]byte, error) {
	text := r.Header.Get("Content-MD5")
	if text == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sum) != md5.Size {
		return nil, c.Refusals.digest(c.Refusals.InvalidDigest, r)
	}
	return sum, nil
}

// ReadBody reads the XML of a request, and compares it with its Content-MD5.
func (c *Common) ReadBody(r *wire.Request) ([]byte, error) {
	want, err := c.contentMD5(r)
	if err != nil {
		return nil, err
	}
	body, err := wire.ReadBody(r.Content)
	if err != nil {
		return nil, err
	}
	if want != nil && md5.Sum(body) != [md5.Size]byte(want) {
		return nil, c.Refusals.digest(c.Refusals.WrongDigest, r)
	}
	return body, nil
}
