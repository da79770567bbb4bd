package fault

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestRuleThatIsNotValidIsRefusedByName(t *testing.T) {
	for want, r := range map[string]Rule{
		`unknown op "put"`:                   {Op: "put"},
		`unknown lie "wrong"`:                {Fault: Fault{Lie: "wrong"}},
		`key "[" is not a pattern`:           {Key: "["},
		"chance 1.5 is not from 0 to 1":      {Chance: 1.5},
		"chance -0.1 is not from 0 to 1":     {Chance: -0.1},
		"chance NaN is not from 0 to 1":      {Chance: math.NaN()},
		"part, skip, times, every and for":   {Skip: -1},
		"delay and trickle":                  {Fault: Fault{Delay: -1}},
		"cutBody and cutAnswer not below -1": {Fault: Fault{CutBody: -2}},
		"status 0 is not from 200 to 599":    {Fault: Fault{Answer: &Answer{}}},
		"status 600 is not from 200 to 599":  {Fault: Fault{Answer: &Answer{Status: 600}}},
		"an answer has a code or a body":     {Fault: Fault{Answer: &Answer{Status: 500, Code: "X", Body: "y"}}},
		"this cannot happen to list-parts":   {Op: ListParts, Fault: Fault{Flip: true}},
		"this cannot happen to put-object":   {Op: PutObject, Fault: Fault{Lie: LostPart}},
		"this cannot happen to any op":       {Fault: Fault{Lie: LostPart, Hide: true}},
	} {
		err := Check(Rule{}, r)
		if !errors.Is(err, ErrRule) || !strings.Contains(err.Error(), "rule 2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", r, err, want)
		}
	}
}

func TestSettingAWrongRulePanicsAndChangesNothing(t *testing.T) {
	s := NewScript(0, Rule{Key: "kept"})
	defer func() {
		if recover() == nil || s.State().Rules[0].Key != "kept" {
			t.Errorf("%+v", s.State())
		}
	}()
	s.Set(Rule{Op: "put"})
}

var full = Rule{
	Op: SendPart, Key: "a/*", Part: 3, Skip: 1, Times: 2, Every: 3, Chance: 0.5, For: 90 * time.Second,
	Fault: Fault{
		Delay: 1500 * time.Millisecond, Stall: true, CutBody: -1, Expire: true, Skew: -20 * time.Minute,
		Answer: &Answer{Status: 503, Code: "SlowDown", Message: "m", Header: map[string]string{"a": "b"}},
		Flip:   true, Hide: true, Lie: WrongETag, Lose: true, CutAnswer: 7, Trickle: 9,
	},
}

func TestJSONKeepsEveryField(t *testing.T) {
	for v := reflect.ValueOf(full); ; {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Fatalf("%s is not tried", v.Type().Field(i).Name)
			}
		}
		if v.Type() == reflect.TypeFor[Fault]() {
			break
		}
		v = v.FieldByName("Fault")
	}
	text, err := json.Marshal([]Rule{full, {}})
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(text)
	if err != nil || !reflect.DeepEqual(back, []Rule{full, {}}) {
		t.Errorf("%s came back as %+v, %v", text, back, err)
	}
	for _, want := range []string{`"for":"1m30s"`, `"delay":"1.5s"`, `"skew":"-20m0s"`, `{}]`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
}

func TestDurationsMayBeTextsOrNanoseconds(t *testing.T) {
	got, err := Parse([]byte(`[{"delay": "5s"}, {"delay": 5000000000}]`))
	if err != nil || got[0].Delay != 5*time.Second || got[1].Delay != 5*time.Second {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRulesThatCannotBeReadAreRefused(t *testing.T) {
	for _, text := range []string{
		``, `{}`, `"x"`, `[{"time": 1}]`, `[{"answer": {"state": 1}}]`, `[{"delay": "soon"}]`, `[{"delay": true}]`,
		`[{"times": "1"}]`, `[{"lie": "no"}]`, `[] []`, `[] x`, `[`, `[{"times": 1e99}]`,
	} {
		if rules, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s was read as %+v", text, rules)
		}
	}
}

func TestExamplesOfThePackageCommentAreRules(t *testing.T) {
	for _, text := range []string{
		`{"every": 10, "for": "5m", "answer": {"status": 503, "code": "SlowDown"}}`,
		`{"op": "complete-upload", "times": 1, "lose": true}`,
		`{"op": "send-part", "chance": 0.001, "hide": true}`,
	} {
		if _, err := Parse([]byte("[" + text + "]")); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := json.Marshal([]Rule{full})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`[{"delay": 1}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		rules, err := Parse(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(rules)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(again)
		if err != nil || len(rules) != len(back) {
			t.Fatalf("%s became %s: %v", text, again, err)
		}
		NewScript(0, rules...).Next(SendPart, "k", 1)
	})
}
