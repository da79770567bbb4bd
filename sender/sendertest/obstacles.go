package sendertest

import "github.com/ingest-dev/ingest/sender"

// obstacle returns why an object must not be stored where it is to be new, or nil. The lock is held.
func (m *Memory) obstacle(about sender.Error, o *sender.Object) error {
	if _, there := m.objects[o.Key]; !there || !o.OnlyNew || m.options.Replaces {
		return nil
	}
	about.Key, about.Code = o.Key, "FileAlreadyExists"
	return fail(about, sender.ErrExists)
}

// told adds to a receipt what became of the object's callback. The lock is held.
func (m *Memory) told(o *sender.Object, r sender.Receipt) sender.Receipt {
	if o.Callback != "" && m.options.Callback != nil {
		r.Callback = m.options.Callback(o)
	}
	return r
}
