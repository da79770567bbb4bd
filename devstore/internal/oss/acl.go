package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// policy is the answer to who may do what. The emulator keeps it and gives it back; every request needs a
// signature whatever it says.
type policy struct {
	XMLName xml.Name `xml:"AccessControlPolicy"`
	Owner   dialect.Account
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
	b, err := d.Bucket(r)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, policy{Owner: dialect.Owner(), Grant: acl(b.Info().ACL, "private")})
}

func (d *Dialect) putBucketACL(w http.ResponseWriter, r *wire.Request) error {
	return d.PutBucketACL(w, r, func(r *wire.Request) (string, error) {
		acl := r.Header.Get("x-oss-acl")
		if acl == "" || !validACL(acl) {
			return "", refusals.Argument("x-oss-acl", acl)
		}
		return acl, nil
	})
}

func (d *Dialect) getObjectACL(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.Stat(r)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, policy{Owner: dialect.Owner(), Grant: acl(o.Meta.ACL, "default")})
}

func (d *Dialect) putObjectACL(w http.ResponseWriter, r *wire.Request) error {
	return d.PutObjectACL(w, r, func(r *wire.Request) (string, error) {
		acl := r.Header.Get("x-oss-object-acl")
		if acl == "" || !validObjectACL(acl) {
			return "", refusals.Argument("x-oss-object-acl", acl)
		}
		return acl, nil
	})
}
