package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// startListener: hear FILE starts an application server that is told of objects, says what it was told, and writes FILE
// as the callback that tells it.
func startListener(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hear file")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told, _ := io.ReadAll(r.Body) // what is cut off shows in the answer
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(told)
	}))
	ts.Defer(server.Close)
	text := `{"callbackUrl":"` + server.URL + `","callbackBody":"{\"key\":${object},\"run\":${x:run}}","callbackBodyType":"application/json"}`
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
