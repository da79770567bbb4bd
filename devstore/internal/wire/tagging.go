package wire

import (
	"encoding/xml"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
)

// Tagging is the XML of an object's tags, the same in both dialects but for the name space.
type Tagging struct {
	XMLName xml.Name
	Tags    []tagXML `xml:"TagSet>Tag"`
}

type tagXML struct{ Key, Value string }

// TaggingOf returns the XML of tags, in a name space or none.
func TaggingOf(tags []storage.Tag, namespace string) Tagging {
	t := Tagging{XMLName: xml.Name{Space: namespace, Local: "Tagging"}}
	for _, tag := range tags {
		t.Tags = append(t.Tags, tagXML(tag))
	}
	return t
}

// ReadTagging returns the tags of an XML body, or ErrXML or ErrTags.
func ReadTagging(body []byte) ([]storage.Tag, error) {
	var t Tagging
	if err := ParseXML(body, &t); err != nil {
		return nil, err
	}
	if t.XMLName.Local != "Tagging" {
		return nil, ErrXML
	}
	var tags []storage.Tag
	for _, tag := range t.Tags {
		tags = append(tags, storage.Tag(tag))
	}
	return tags, CheckTags(tags)
}
