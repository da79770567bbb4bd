package pipeline

import (
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// calling makes the lab's store one that calls back, and its rows ask for it.
func calling(t *testing.T, answer func(o *sender.Object) *sender.Callback) *lab {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{Callback: answer}))
	for name, n := range sizes {
		l.file(name, n, `"callback":{"callbackUrl":"http://example.com"}`, `"callback_vars":{"x:a":"b"}`)
	}
	return l
}

func TestAnswerToACallbackIsInTheReport(t *testing.T) {
	l := calling(t, func(o *sender.Object) *sender.Callback {
		return &sender.Callback{Answer: []byte(`{"key":"` + o.Key + `","a":"` + o.CallbackVars["x:a"] + `"}`)}
	})
	l.finish()
	for _, line := range l.report() {
		if line.Callback != `{"key":"`+line.Key+`","a":"b"}` {
			t.Errorf("%+v", line)
		}
	}
}

func TestFailedCallbackIsAStatusOfItsOwnAndSentOnce(t *testing.T) {
	l := calling(t, func(*sender.Object) *sender.Callback {
		return &sender.Callback{Err: &sender.Error{Op: "call back", Code: "CallbackFailed", Message: "no route", RequestID: "r"}}
	})
	for i := range 2 {
		p, err := l.run()
		if err != nil || p.CallbackFailed != 2 || p.Done+p.Failed != 0 || p.SentParts != []int64{12, 0}[i] {
			t.Fatalf("run %d: %+v, %v", i, p, err)
		}
	}
	for _, line := range l.report() {
		if line.Status != "callback_failed" || line.Error == nil || line.Error.Code != "CallbackFailed" || line.CRC64ECMA == "" || line.ETag == "" {
			t.Errorf("%+v %+v", line, line.Error)
		}
		l.same(line.Source, line.Key)
	}
}

func TestLostAnswerIsNoProofOfACallback(t *testing.T) {
	l := calling(t, func(*sender.Object) *sender.Callback { return &sender.Callback{Answer: []byte("{}")} })
	l.faults.On(sendertest.Put, sendertest.Fault{Lose: true}, 1).On(sendertest.Complete, sendertest.Fault{Lose: true}, 1)
	p, err := l.run()
	if err != nil || p.CallbackFailed != 2 || l.faults.Calls(sendertest.Put)+l.faults.Calls(sendertest.Complete) != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, line := range l.report() {
		if line.Error == nil || line.Error.Code != sender.CodeUnheard {
			t.Errorf("%+v %+v", line, line.Error)
		}
	}
}

// That nobody was told is the less of the two: an object that is not proven stays unverified, and says both.
func TestFailedCallbackDoesNotProveAnObject(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true, Callback: func(*sender.Object) *sender.Callback {
		return &sender.Callback{Err: &sender.Error{Code: "CallbackFailed"}}
	}}))
	l.file("f", 100, `"callback":"{}"`)
	if p, err := l.run(); err != nil || p.Unverified != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	if line := l.report()[0]; line.Status != "unverified" || line.Error == nil {
		t.Errorf("%+v", line)
	}
}
