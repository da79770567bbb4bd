package rehearsal

import "net/http"

// WithHeader returns a writer to w whose answer has these headers, whatever else is set. An empty value removes one.
func WithHeader(w http.ResponseWriter, header map[string]string) http.ResponseWriter {
	return &overruled{ResponseWriter: w, header: header}
}

type overruled struct {
	http.ResponseWriter
	header map[string]string
}

func (o *overruled) WriteHeader(status int) {
	for name, value := range o.header {
		o.Header().Del(name)
		if value != "" {
			o.Header().Set(name, value)
		}
	}
	o.ResponseWriter.WriteHeader(status)
}
