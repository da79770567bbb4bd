package oss

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/devstore/internal/callback"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

const callbackHeader = "x-oss-callback"

// callback returns the callback that r asks for in a header or, if it is presigned, in the query; nil if it asks for
// none.
func (d *Dialect) callback(r *wire.Request) (*callback.Callback, error) {
	config, variables := r.Header.Get(callbackHeader), r.Header.Get("x-oss-callback-var")
	if config == "" {
		config, variables = r.Query.Get("callback"), r.Query.Get("callback-var")
	}
	if config == "" {
		return nil, nil
	}
	cb, err := d.caller.Parse(config, variables)
	if e, ok := errors.AsType[*callback.Invalid](err); ok {
		refused := refusals.InvalidArgument.Saying(e.Message).With("ArgumentName", e.Argument).With("ArgumentValue", e.Value)
		refused.EC = e.EC
		return nil, refused
	}
	return cb, err
}

// tell makes a callback for an object that is stored, and answers with what comes back. It is made even if the client
// is gone, as that of OSS is.
func (d *Dialect) tell(w http.ResponseWriter, r *wire.Request, cb *callback.Callback, operation string, o storage.Object) error {
	answer, err := d.caller.Call(context.WithoutCancel(r.Context()), cb, event(r, operation, o))
	if e, ok := errors.AsType[*callback.Failure](err); ok {
		return refusal(http.StatusNonAuthoritativeInfo, "CallbackFailed", e.Message, e.EC)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", answer.ContentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(answer.Body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(answer.Body) // the client is gone; there is nobody to tell
	return nil
}

func event(r *wire.Request, operation string, o storage.Object) callback.Event {
	client, _, _ := net.SplitHostPort(r.RemoteAddr)
	e := callback.Event{
		Bucket: r.Bucket, Object: r.Key, ETag: o.ETag.OSS(), Size: o.Size, MimeType: contentType(o.Meta),
		CRC64: decimal(o.CRC64), ClientIP: client, RequestID: r.ID, Operation: operation,
	}
	e.MD5, _ = contentMD5(&o)
	return e
}

func contentType(m storage.Meta) string {
	if t := m.Headers["Content-Type"]; t != "" {
		return t
	}
	return wire.DefaultContentType
}
