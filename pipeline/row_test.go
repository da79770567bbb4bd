package pipeline

import (
	"reflect"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/manifests"
)

// own are the fields of a row that are no property of its object: where it stands, and its source.
var own = map[string]bool{"Number": true, "Line": true, "Source": true, "Path": true, "Size": true, "Checksum": true}

func TestAPropertyOfARowIsNotSent(t *testing.T) {
	var row manifests.Row
	fields := reflect.ValueOf(&row).Elem()
	for i := range fields.NumField() {
		fill(t, fields.Type().Field(i).Name, fields.Field(i))
	}
	object := reflect.ValueOf(*ObjectOf(&row))
	for i := range fields.NumField() {
		name := fields.Type().Field(i).Name
		if own[name] {
			continue
		}
		got := object.FieldByName(name)
		if !got.IsValid() || !reflect.DeepEqual(got.Interface(), fields.Field(i).Interface()) {
			t.Errorf("the object has not the row's %s", name)
		}
	}
}

// What another program began an upload with cannot be known: whoever states a property wants an upload of our own.
func TestAPropertyOfARowIsLostInAForeignUpload(t *testing.T) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[manifests.Row]()) {
		var row manifests.Row
		fill(t, field.Name, reflect.ValueOf(&row).Elem().FieldByIndex(field.Index))
		ofCompletion := field.Name == "Callback" || field.Name == "CallbackVars"
		if want := own[field.Name] || field.Name == "Key" || ofCompletion; plain(&row) != want {
			t.Errorf("a row that states its %s: plain %t, want %t", field.Name, !want, want)
		}
	}
}

// fill gives a field a value that no other has.
func fill(t *testing.T, name string, v reflect.Value) {
	t.Helper()
	switch v.Interface().(type) {
	case string:
		v.SetString(name)
	case int64:
		v.SetInt(int64(len(name)))
	case bool:
		v.SetBool(true)
	case map[string]string:
		v.Set(reflect.ValueOf(map[string]string{name: name}))
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(int64(name[0])+int64(len(name)), 0).UTC()))
	default:
		t.Fatalf("%s is of a type that this test does not know", name)
	}
}
