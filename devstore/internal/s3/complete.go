package s3

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type completion struct {
	XMLName xml.Name         `xml:"CompleteMultipartUpload"`
	Parts   []completionPart `xml:"Part"`
}

type completionPart struct {
	PartNumber int
	ETag       string
	checksums
}

type completed struct {
	XMLName  xml.Name
	Location string
	Bucket   string
	Key      string
	ETag     string
	checksums
	ChecksumType string `xml:",omitempty"`
}

func (d *Dialect) completeUpload(w http.ResponseWriter, r *wire.Request) error {
	wanted, err := d.readCompletion(r)
	if err != nil {
		return err
	}
	b, err := d.Bucket(r)
	if err != nil {
		return err
	}
	g, err := guard(r, b)
	if err != nil {
		return err
	}
	u, err := d.Upload(r)
	if err != nil {
		return named(err, r)
	}
	if err := checkCompletionKey(r, u); err != nil {
		return err
	}
	f := finish{r: r, u: u, wanted: wanted}
	o, err := u.Complete(f.choose, g)
	if err != nil {
		return refusals.Missing(named(err, r), r)
	}
	dialect.SetVersion(w.Header(), prefix, &o)
	setEncryption(w.Header(), r, o.Meta.Encryption)
	answer := completed{
		XMLName: root("CompleteMultipartUploadResult"), Location: "http://" + r.Host + r.URL.EscapedPath(),
		Bucket: r.Bucket, Key: r.Key, ETag: quoted(o.ETag.S3()), ChecksumType: string(o.Checksum.Kind),
	}
	if o.Checksum.Algorithm != "" {
		answer.checksums = elements(o.Checksum.Algorithm, checksumText(o.Checksum, len(o.PartSizes)))
	}
	return wire.WriteXML(w, http.StatusOK, answer)
}

func (d *Dialect) readCompletion(r *wire.Request) (completion, error) {
	var wanted completion
	body, err := d.ReadBody(r)
	if err == nil {
		err = wire.ParseXML(body, &wanted)
	}
	if err == nil && (len(wanted.Parts) == 0 || len(wanted.Parts) > storage.MaxParts) {
		err = refusals.MalformedXML
	}
	return wanted, err
}

// finish is what one completion goes by.
type finish struct {
	r      *wire.Request
	u      *storage.Upload
	wanted completion
}

// choose returns the parts that the client lists, if they and their checksums are those that are there.
func (f finish) choose(have []storage.Part) (storage.Choice, error) {
	refs := make([]storage.PartRef, len(f.wanted.Parts))
	for i, p := range f.wanted.Parts {
		refs[i] = dialect.PartRef(p.PartNumber, p.ETag)
	}
	parts, err := storage.Choose(have, refs, partLeast, dialect.SameETag)
	if err != nil {
		return storage.Choice{}, err
	}
	for i, p := range parts {
		if err := f.checkPart(p, f.wanted.Parts[i].checksums); err != nil {
			return storage.Choice{}, err
		}
	}
	sum, err := f.whole(parts)
	return storage.Choice{Parts: parts, Checksum: sum, Meta: f.u.Meta}, err
}

// checkPart compares the checksums that the client lists for a part with those that were taken. For a composite
// checksum it has to list them.
func (f finish) checkPart(p storage.Part, listed checksums) error {
	for _, a := range checksum.All {
		value := *listed.field(a)
		if sum := p.Sums[a]; value != "" && (sum == nil || checksum.Encode(sum) != value) {
			return fmt.Errorf("checksum of part %d: %w", p.Number, storage.ErrInvalidPart)
		}
	}
	if f.u.Chosen && f.u.Kind == checksum.Composite && *listed.field(f.u.Algorithm) == "" {
		return invalidRequest.Saying(fmt.Sprintf("The upload was created using a %s checksum. The complete request must include the checksum for each part. It was missing for part %d in the request.",
			strings.ToLower(string(f.u.Algorithm)), p.Number))
	}
	return nil
}

// whole joins the checksums of the parts, and compares the result with what the client states of the object. It is
// the zero Checksum where a part has none: it came through the other dialect.
func (f finish) whole(parts []storage.Part) (storage.Checksum, error) {
	if err := f.checkSize(parts); err != nil {
		return storage.Checksum{}, err
	}
	sums := make([]checksum.Part, len(parts))
	for i, p := range parts {
		if sums[i] = (checksum.Part{Sum: p.Stored().Sums[f.u.Algorithm], Size: p.Size}); sums[i].Sum == nil {
			return storage.Checksum{}, f.checkWhole(storage.Checksum{}, len(parts))
		}
	}
	sum, err := checksum.Join(f.u.Algorithm, f.u.Kind, sums)
	if err != nil {
		return storage.Checksum{}, err
	}
	c := storage.Checksum{Algorithm: f.u.Algorithm, Kind: f.u.Kind, Sum: sum}
	return c, f.checkWhole(c, len(parts))
}

func (f finish) checkWhole(have storage.Checksum, parts int) error {
	if kind := f.r.Header.Get("x-amz-checksum-type"); kind != "" && kind != string(f.u.Kind) {
		return invalidRequest.Saying(fmt.Sprintf("The upload was created using the %s checksum mode. The complete request must use the same checksum mode.", f.u.Kind))
	}
	c, err := readClaim(f.r)
	switch {
	case err != nil:
		return err
	case c.algorithm == "":
		return nil
	case c.algorithm != have.Algorithm:
		return wrongChecksum(c.algorithm)
	}
	if text := checksumText(have, parts); c.header != text && c.header != checksum.Encode(have.Sum) {
		return wrongChecksum(c.algorithm)
	}
	return nil
}

// checkSize compares the size of the object with what the client says it is.
func (f finish) checkSize(parts []storage.Part) error {
	text := f.r.Header.Get("x-amz-mp-object-size")
	if text == "" {
		return nil
	}
	var size int64
	for _, p := range parts {
		size += p.Size
	}
	if text != strconv.FormatInt(size, 10) {
		return invalidRequest.Saying("The provided 'x-amz-mp-object-size' header does not match what was computed.")
	}
	return nil
}
