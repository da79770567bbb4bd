package fault

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var reset = Fault{Lose: true}

// struck returns which of n requests are struck, from 1.
func struck(s *Script, n int, op Op, key string, part int) (at []int) {
	for i := range n {
		if _, ok := s.Next(op, key, part); ok {
			at = append(at, i+1)
		}
	}
	return at
}

func TestRuleStrikesAsOftenAsItSays(t *testing.T) {
	for _, x := range []struct {
		rule Rule
		want []int
	}{
		{Rule{}, []int{1, 2, 3, 4, 5, 6, 7, 8}},
		{Rule{Times: 2}, []int{1, 2}},
		{Rule{Skip: 3}, []int{4, 5, 6, 7, 8}},
		{Rule{Skip: 3, Times: 1}, []int{4}},
		{Rule{Every: 3}, []int{3, 6}},
		{Rule{Every: 1, Times: 2}, []int{1, 2}},
		{Rule{Skip: 1, Every: 3, Times: 2}, []int{4, 7}},
		{Rule{Chance: 1}, []int{1, 2, 3, 4, 5, 6, 7, 8}},
	} {
		x.rule.Fault = reset
		s := NewScript(0, x.rule)
		if got := struck(s, 8, PutObject, "k", 0); !slices.Equal(got, x.want) {
			t.Errorf("%+v struck %v, want %v", x.rule, got, x.want)
		}
		if got := s.Struck(); got[0] != int64(len(x.want)) {
			t.Errorf("%+v says that it struck %v, want %d", x.rule, got, len(x.want))
		}
	}
}

func TestRuleLetsThroughWhatItDoesNotName(t *testing.T) {
	for _, x := range []struct {
		rule Rule
		op   Op
		key  string
		part int
		want bool
	}{
		{Rule{Op: SendPart}, SendPart, "k", 1, true},
		{Rule{Op: SendPart}, PutObject, "k", 0, false},
		{Rule{Key: "a/*"}, PutObject, "a/b", 0, true},
		{Rule{Key: "a/*"}, PutObject, "a/b/c", 0, false},
		{Rule{Key: "b"}, PutObject, "a/b", 0, false},
		{Rule{Key: "*"}, ListUploads, "", 0, true},
		{Rule{Key: "k"}, ListUploads, "", 0, false},
		{Rule{Part: 2}, SendPart, "k", 2, true},
		{Rule{Part: 2}, SendPart, "k", 1, false},
		{Rule{Part: 2}, PutObject, "k", 0, false},
	} {
		x.rule.Fault = reset
		if _, got := NewScript(0, x.rule).Next(x.op, x.key, x.part); got != x.want {
			t.Errorf("%+v, %s %q %d: struck is %v", x.rule, x.op, x.key, x.part, got)
		}
	}
}

func TestFaultThatCannotHappenDoesNotStrike(t *testing.T) {
	for _, x := range []struct {
		fault Fault
		can   []Op
	}{
		{Fault{Flip: true}, []Op{PutObject, SendPart}},
		{Fault{Hide: true, Delay: 1}, []Op{PutObject, SendPart}},
		{Fault{Lie: ErrorIn200}, []Op{CompleteUpload}},
		{Fault{Lie: LostPart}, []Op{ListParts}},
		{Fault{Lie: WrongSize}, []Op{ListParts, HeadObject}},
		{Fault{Lie: EmptyAnswer}, every},
		{Fault{Lie: WrongETag, Flip: true}, []Op{PutObject, SendPart}},
		{Fault{Lose: true}, every},
	} {
		s := NewScript(0, Rule{Fault: x.fault})
		for _, op := range every {
			if _, got := s.Next(op, "k", 0); got != slices.Contains(x.can, op) {
				t.Errorf("%+v, %s: struck is %v", x.fault, op, got)
			}
		}
	}
}

func TestFirstRuleThatStrikesDecides(t *testing.T) {
	s := NewScript(0,
		Rule{Skip: 1, Times: 1, Fault: Fault{CutBody: 1}},
		Rule{Key: "spared"},
		Rule{Times: 3, Fault: Fault{CutBody: 2}},
		Rule{Skip: 1, Every: 2, Fault: Fault{CutBody: 3}})
	var got []int64
	for range 6 {
		f, _ := s.Next(PutObject, "k", 0)
		got = append(got, f.CutBody)
	}
	if want := []int64{2, 1, 2, 2, 3, 0}; !slices.Equal(got, want) {
		t.Errorf("rules %v, want %v", got, want)
	}
	if f, ok := s.Next(PutObject, "spared", 0); f != (Fault{}) || !ok {
		t.Errorf("the spared key got %+v, %v", f, ok)
	}
	if got, want := s.Struck(), []int64{1, 1, 3, 1}; !slices.Equal(got, want) {
		t.Errorf("struck %v, want %v", got, want)
	}
}

func TestChanceIsThatOfTheSeedWhateverOtherRulesThereAre(t *testing.T) {
	half := Rule{Chance: 0.5, Fault: reset}
	one := struck(NewScript(7, half), 1000, PutObject, "k", 0)
	if again := struck(NewScript(7, half), 1000, PutObject, "k", 0); !slices.Equal(one, again) {
		t.Error("the same seed strikes others")
	}
	if other := struck(NewScript(8, half), 1000, PutObject, "k", 0); slices.Equal(one, other) {
		t.Error("another seed strikes the same")
	}
	if len(one) < 400 || len(one) > 600 {
		t.Errorf("%d of 1000 were struck at a chance of one half", len(one))
	}
	s := NewScript(7, half, Rule{Fault: reset})
	s.Set(half, Rule{Chance: 0.1, Fault: reset})
	for range 1000 {
		s.Next(PutObject, "k", 0)
	}
	if got := s.Struck()[0]; got != int64(len(one)) {
		t.Errorf("with another rule behind it, it strikes %d instead of %d", got, len(one))
	}
}

func TestRuleEndsSoLongAfterItWasSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rule := Rule{For: time.Minute, Fault: reset}
		s := NewScript(0, rule)
		time.Sleep(time.Minute - time.Nanosecond)
		if _, ok := s.Next(Other, "", 0); !ok {
			t.Error("it ended too early")
		}
		time.Sleep(time.Nanosecond)
		if _, ok := s.Next(Other, "", 0); ok {
			t.Error("it did not end")
		}
		s.Set(rule)
		if _, ok := s.Next(Other, "", 0); !ok {
			t.Error("set again, it does not begin again")
		}
	})
}

func TestSetForgetsCountsButNotRequests(t *testing.T) {
	s := NewScript(0, Rule{Times: 1, Fault: reset})
	struck(s, 3, PutObject, "k", 0)
	s.Set(Rule{Times: 1, Fault: reset})
	if got := struck(s, 3, PutObject, "k", 0); !slices.Equal(got, []int{1}) {
		t.Errorf("struck %v", got)
	}
	s.Set()
	if got := struck(s, 3, SendPart, "k", 1); got != nil {
		t.Errorf("without rules, struck %v", got)
	}
	if got := fmt.Sprint(s.Requests()); got != "map[put-object:6 send-part:3]" {
		t.Errorf("requests %v", got)
	}
}

func TestZeroScriptHasNoRules(t *testing.T) {
	var s Script
	if _, ok := s.Next(PutObject, "k", 0); ok || len(s.Struck()) != 0 || s.Requests()[PutObject] != 1 {
		t.Errorf("%+v", s.State())
	}
}

func TestRulesThatAreChangedLaterStayAsTheyWereSet(t *testing.T) {
	answer := &Answer{Status: 503, Header: map[string]string{"Retry-After": "1"}}
	s := NewScript(0, Rule{Fault: Fault{Answer: answer}})
	answer.Status, answer.Header["Retry-After"] = 500, "2"
	s.State().Rules[0].Answer.Status = 501
	if f, _ := s.Next(Other, "", 0); f.Answer.Status != 503 || f.Answer.Header["Retry-After"] != "1" {
		t.Errorf("%+v", f.Answer)
	}
}

func TestCountsHoldWhenRequestsComeTogether(t *testing.T) {
	s := NewScript(0, Rule{Every: 4, Fault: reset}, Rule{Times: 10, Fault: reset})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			struck(s, 100, SendPart, "k", 1)
			s.Struck()
		})
	}
	wg.Wait()
	if got := s.State(); !slices.Equal(got.Struck, []int64{200, 10}) || got.Requests[SendPart] != 800 {
		t.Errorf("%+v", got)
	}
}
