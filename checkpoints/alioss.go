package checkpoints

import (
	"cmp"
	"slices"
)

// parseAliOSS reads the checkpoint that multipartUpload of ali-oss hands to its progress function, kept as JSON, as
// its README has it. It names no bucket; its file is one object for a browser, and then no path.
func parseAliOSS(m members) (*Checkpoint, error) {
	c := &Checkpoint{Tool: AliOSS, Size: -1}
	_ = m.read("file", &c.Source)
	var done []struct {
		Number int
		ETag   string
	}
	err := m.all(map[string]any{
		"name": &c.Key, "fileSize": &c.Size, "partSize": &c.PartSize, "uploadId": &c.UploadID, "doneParts": &done,
	})
	if err != nil {
		return nil, err
	}
	for _, d := range done {
		if d.Number < 1 || d.Number > maxParts || c.PartSize <= 0 || c.PartSize > maxPart {
			return nil, damaged("part %d of %d bytes", d.Number, c.PartSize)
		}
		off := int64(d.Number-1) * c.PartSize
		c.Parts = append(c.Parts, Part{Number: d.Number, Offset: off, Size: min(c.PartSize, c.Size-off), ETag: quoteless(d.ETag)})
	}
	slices.SortFunc(c.Parts, func(a, b Part) int { return cmp.Compare(a.Number, b.Number) }) // they are noted as they end
	return c, nil
}
