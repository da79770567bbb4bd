package fault

import (
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"sync"
	"time"
)

// Script is a list of rules and how often each has struck. All of its methods may be called concurrently. The zero
// value has no rules.
type Script struct {
	seed uint64

	mu       sync.Mutex
	set      time.Time
	rules    []*counted
	requests map[Op]int64
}

// counted is a rule at work.
type counted struct {
	Rule
	matched, struck int64
	random          *rand.Rand // of its own, so that other rules do not change what it draws
}

// NewScript returns a script with these rules. Their chances are drawn from the seed. It panics if a rule is not
// valid; see [Check].
func NewScript(seed uint64, rules ...Rule) *Script {
	s := &Script{seed: seed}
	s.Set(rules...)
	return s
}

// Set replaces all rules, and their counts. What the rules have for a time begins now, and what they draw begins
// anew. It panics if a rule is not valid; see [Check].
func (s *Script) Set(rules ...Rule) {
	if err := Check(rules...); err != nil {
		panic("fault: " + err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set = time.Now()
	s.rules = make([]*counted, len(rules))
	for i, r := range rules {
		s.rules[i] = &counted{Rule: r.clone(), random: rand.New(rand.NewPCG(s.seed, uint64(i)))}
	}
}

// clone returns a rule that shares nothing with r.
func (r Rule) clone() Rule {
	if r.Answer != nil {
		a := *r.Answer
		a.Header = maps.Clone(a.Header)
		r.Answer = &a
	}
	return r
}

// Struck returns how often each rule struck, in their order.
func (s *Script) Struck() []int64 { return s.State().Struck }

// Requests returns how many requests were seen since the start, by operation, struck or not. Set does not change it.
func (s *Script) Requests() map[Op]int64 { return s.State().Requests }

// State is a script at one instant.
type State struct {
	Rules    []Rule       `json:"rules"`
	Struck   []int64      `json:"struck"` // how often each rule struck
	Requests map[Op]int64 `json:"requests"`
}

// State returns the rules and the counts of one instant.
func (s *Script) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := State{Rules: make([]Rule, len(s.rules)), Struck: make([]int64, len(s.rules)), Requests: map[Op]int64{}}
	for i, r := range s.rules {
		now.Rules[i], now.Struck[i] = r.clone(), r.struck
	}
	maps.Copy(now.Requests, s.requests)
	return now
}

// Next counts a request and returns what goes wrong with it. ok tells whether a rule struck. The server asks it, once
// for each request; part is 0 for a request that has none. The Fault is not to be changed.
func (s *Script) Next(op Op, key string, part int) (f Fault, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests == nil {
		s.requests = map[Op]int64{}
	}
	s.requests[op]++
	age := time.Since(s.set)
	for _, r := range s.rules {
		if !r.matches(op, key, part, age) || !r.due() || ok {
			continue
		}
		r.struck++
		f, ok = r.Fault, true
	}
	return f, ok
}

func (r *counted) matches(op Op, key string, part int, age time.Duration) bool {
	if r.For > 0 && age >= r.For || r.Op != "" && r.Op != op || r.Part != 0 && r.Part != part {
		return false
	}
	if r.Key != "" {
		if fits, _ := path.Match(r.Key, key); !fits { // Check has seen the pattern
			return false
		}
	}
	return r.can(op)
}

// due counts a request that matches, and reports whether it is its turn to be struck. It draws for each request whose
// turn it would be, whatever becomes of it.
func (r *counted) due() bool {
	r.matched++
	n := r.matched - int64(r.Skip)
	switch {
	case n <= 0, r.Every > 0 && n%int64(r.Every) != 0:
		return false
	case r.Chance > 0 && r.random.Float64() >= r.Chance:
		return false
	}
	return r.Times == 0 || r.struck < int64(r.Times)
}

// can reports whether the fault can happen to an operation.
func (f *Fault) can(op Op) bool {
	body := op == PutObject || op == SendPart
	return (!f.Flip && !f.Hide || body) && (f.Lie == "" || slices.Contains(about[f.Lie], op))
}

// every operation.
var every = []Op{
	PutObject, BeginUpload, SendPart, ListParts, CompleteUpload, AbortUpload, ListUploads, HeadObject, GetObject, Other,
}

// about lists the operations that a lie can be told about.
var about = map[Lie][]Op{
	WrongETag: tagged, NoETag: tagged, WrongChecksum: tagged, NoChecksum: tagged,
	ErrorIn200:  {CompleteUpload},
	EmptyAnswer: every,
	Garbled:     {BeginUpload, ListParts, CompleteUpload, ListUploads},
	LostPart:    {ListParts},
	ForeignPart: {ListParts},
	WrongSize:   {ListParts, HeadObject},
}

// tagged are the operations whose answers have ETags and checksums.
var tagged = []Op{PutObject, SendPart, ListParts, CompleteUpload, HeadObject, GetObject}
