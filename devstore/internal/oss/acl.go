package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// policy is the answer to who may do what. The emulator keeps it and gives it back; every request needs a
// signature whatever it says.
type policy struct {
	XMLName xml.Name `xml:"AccessControlPolicy"`
	Owner   account
	Grant   string `xml:"AccessControlList>Grant"`
}

func validACL(acl string) bool {
	switch acl {
	case "", "private", "public-read", "public-read-write":
		return true
	}
	return false
}

func validObjectACL(acl string) bool { return acl == "default" || validACL(acl) }

func acl(kept, usual string) string {
	if kept == "" {
		return usual
	}
	return kept
}

func (d *Dialect) getBucketACL(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, policy{Owner: theOwner(), Grant: acl(b.Info().ACL, "private")})
}

func (d *Dialect) putBucketACL(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	acl := r.Header.Get("x-oss-acl")
	if acl == "" || !validACL(acl) {
		return argument("x-oss-acl", acl)
	}
	if err := b.SetACL(acl); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (d *Dialect) getObjectACL(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.stat(r)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, policy{Owner: theOwner(), Grant: acl(o.Meta.ACL, "default")})
}

func (d *Dialect) putObjectACL(w http.ResponseWriter, r *wire.Request) error {
	acl := r.Header.Get("x-oss-object-acl")
	if acl == "" || !validObjectACL(acl) {
		return argument("x-oss-object-acl", acl)
	}
	return d.update(w, r, http.StatusOK, func(m *storage.Meta) { m.ACL = acl })
}

// update changes what goes along with the object that r is for.
func (d *Dialect) update(w http.ResponseWriter, r *wire.Request, status int, change func(*storage.Meta)) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	if err := b.Update(r.Key, change); err != nil {
		return missing(err, r)
	}
	w.WriteHeader(status)
	return nil
}
