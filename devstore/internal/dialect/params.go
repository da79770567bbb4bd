package dialect

import "github.com/ingest-dev/ingest/devstore/internal/wire"

// Number returns the query parameter of that name as a number from least to most, and def where it is absent. It
// refuses what is no such number.
func (c *Common) Number(r *wire.Request, name string, def, least, most int) (int, error) {
	n, ok := r.Number(name, def, least, most)
	if !ok {
		return n, c.Refusals.Argument(name, r.Query.Get(name))
	}
	return n, nil
}

// Encoder returns the encoder that encoding-type asks for. It refuses one that there is not.
func (c *Common) Encoder(r *wire.Request) (wire.Encoder, error) {
	e, ok := r.Encoding(c.KeepSlash)
	if !ok {
		return e, c.Refusals.Argument("encoding-type", r.Query.Get("encoding-type"))
	}
	return e, nil
}
