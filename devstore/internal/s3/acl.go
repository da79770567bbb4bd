package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// policy is the answer to who may do what: the owner, everything. A canned ACL is kept, and shown as the grant to
// everyone that it makes; every request needs a signature whatever it says.
type policy struct {
	XMLName xml.Name
	Owner   dialect.Account
	Grants  []grant `xml:"AccessControlList>Grant"`
}

type grant struct {
	Grantee    grantee
	Permission string
}

type grantee struct {
	Instance    string `xml:"xmlns:xsi,attr"`
	Type        string `xml:"xsi:type,attr"`
	ID          string `xml:"ID,omitempty"`
	DisplayName string `xml:"DisplayName,omitempty"`
	URI         string `xml:"URI,omitempty"`
}

const (
	instance = "http://www.w3.org/2001/XMLSchema-instance"
	everyone = "http://acs.amazonaws.com/groups/global/AllUsers"
)

func validACL(acl string) bool {
	switch acl {
	case "", "private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read",
		"bucket-owner-read", "bucket-owner-full-control":
		return true
	}
	return false
}

func writePolicy(w http.ResponseWriter, acl string) error {
	owner := dialect.Owner()
	p := policy{XMLName: root("AccessControlPolicy"), Owner: owner}
	p.Grants = append(p.Grants, grant{
		Grantee:    grantee{Instance: instance, Type: "CanonicalUser", ID: owner.ID, DisplayName: owner.DisplayName},
		Permission: "FULL_CONTROL",
	})
	for _, permission := range public(acl) {
		p.Grants = append(p.Grants, grant{
			Grantee: grantee{Instance: instance, Type: "Group", URI: everyone}, Permission: permission,
		})
	}
	return wire.WriteXML(w, http.StatusOK, p)
}

func public(acl string) []string {
	switch acl {
	case "public-read":
		return []string{"READ"}
	case "public-read-write":
		return []string{"READ", "WRITE"}
	}
	return nil
}

func (d *Dialect) getBucketACL(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.Bucket(r)
	if err != nil {
		return err
	}
	return writePolicy(w, b.Info().ACL)
}

func (d *Dialect) putBucketACL(w http.ResponseWriter, r *wire.Request) error {
	return d.PutBucketACL(w, r, canned)
}

// canned returns the ACL that the header names. One that is written out in the body is not done.
func canned(r *wire.Request) (string, error) {
	acl := r.Header.Get("x-amz-acl")
	if acl == "" {
		return "", wire.NotImplemented("An ACL in the body")
	}
	if !validACL(acl) {
		return "", refusals.Argument("x-amz-acl", acl)
	}
	return acl, nil
}

func (d *Dialect) getObjectACL(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.Stat(r)
	if err != nil {
		return err
	}
	return writePolicy(w, o.Meta.ACL)
}

func (d *Dialect) putObjectACL(w http.ResponseWriter, r *wire.Request) error {
	return d.PutObjectACL(w, r, canned)
}
