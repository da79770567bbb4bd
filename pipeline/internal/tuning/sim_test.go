package tuning

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"time"
)

// world is a store and the way to it, in virtual time. A request waits for an answer, takes processor time and shares a
// link.
type world struct {
	latency   float64 // seconds
	link      float64 // bytes a second of all connections; 0: no limit
	each      float64 // bytes a second of one connection; 0: no limit
	cpu       float64 // processor seconds a request
	cpuByte   float64 // and a byte
	crowd     float64 // by how much each request in flight makes that more, as a share
	jitter    float64 // of the latency, as a share: the deviation of its logarithm
	gusts     float64 // of everybody's speed, twenty times a second: the same
	weather   float64 // of everybody's speed, from second to second: the deviation of its logarithm
	sizes     func(*rand.Rand) int64
	perSecond float64 // requests a second, beyond which they are turned away; 0: no limit
}

const processors = 2

// station serves all who are there at once. Its clock goes by the service that each of them has had.
type station struct {
	speed func(n int) float64 // of each, with n there
	clock float64
	jobs  jobs
}

type job struct {
	until float64 // on the station's clock
	r     *request
}

type jobs []job

func (j jobs) Len() int           { return len(j) }
func (j jobs) Less(a, b int) bool { return j[a].until < j[b].until }
func (j jobs) Swap(a, b int)      { j[a], j[b] = j[b], j[a] }
func (j *jobs) Push(x any)        { *j = append(*j, x.(job)) }
func (j *jobs) Pop() any          { last := (*j)[len(*j)-1]; *j = (*j)[:len(*j)-1]; return last }

func (s *station) add(r *request, work float64) { heap.Push(&s.jobs, job{s.clock + work, r}) }

// left is how long it takes until somebody is done.
func (s *station) left() float64 {
	if len(s.jobs) == 0 {
		return math.Inf(1)
	}
	return max(0, s.jobs[0].until-s.clock) / s.speed(len(s.jobs))
}

func (s *station) advance(d float64) {
	if len(s.jobs) > 0 {
		s.clock += d * s.speed(len(s.jobs))
	}
}

type request struct {
	ticket Ticket
	size   int64
	stage  int
	turned bool
}

// sim runs a world: latency, then the processors, then the link.
type sim struct {
	world
	*rand.Rand
	now       float64
	wait      station // its clock is the time
	cpus, net station
	speed     float64 // of the weather now
	day       float64 // and in this second
	moment    int
	second    int
	flying    int
	throttled int64
	asked     float64 // in this second
	work      float64 // done
	meter     *Meter
	sky       *rand.Rand // the same for all who start with a seed
}

func newSim(w world, seed uint64) *sim {
	s := &sim{world: w, Rand: rand.New(rand.NewPCG(seed, 7)), speed: 1, day: 1, meter: new(Meter),
		sky: rand.New(rand.NewPCG(seed, 8))}
	s.wait.speed = func(int) float64 { return 1 }
	s.cpus.speed = func(n int) float64 { return s.speed * min(1, processors/float64(n)) / (1 + s.crowd*float64(s.flying)) }
	s.net.speed = func(n int) float64 {
		speed := math.Inf(1)
		if s.each > 0 {
			speed = s.each
		}
		if s.world.link > 0 {
			speed = min(speed, s.world.link/float64(n))
		}
		return s.speed * min(speed, 1e12)
	}
	return s
}

func (s *sim) at() time.Duration { return time.Duration(s.now * float64(time.Second)) }

func (s *sim) begin() {
	r := &request{ticket: s.meter.Begin(s.at()), size: s.sizes(s.Rand)}
	s.flying++
	s.asked++
	r.turned = s.perSecond > 0 && s.asked > s.perSecond
	s.wait.add(r, s.latency*math.Exp(s.jitter*s.NormFloat64()))
}

// goOn takes a request to its next station.
func (s *sim) goOn(r *request) {
	r.stage++
	switch {
	case r.stage == 1 && !r.turned:
		s.cpus.add(r, s.cpu+s.cpuByte*float64(r.size))
	case r.stage == 2:
		s.net.add(r, float64(r.size))
	default:
		s.end(r)
	}
}

func (s *sim) end(r *request) {
	s.flying--
	if r.turned {
		s.throttled++
		s.meter.End(r.ticket, s.at(), -1)
		return
	}
	s.meter.End(r.ticket, s.at(), r.size)
	s.work += float64(r.size) + worthy
}

// worthy is what a request is worth besides its bytes, to whoever judges.
const worthy = 512 << 10

const tick = 0.02

// run goes on until a moment, with as many in flight as limit says, which is asked every tick.
func (s *sim) run(until float64, limit func() int) {
	next, most := s.now, 0
	for s.now < until {
		if s.now >= next {
			next, most = s.now+tick, limit()
		}
		s.blow()
		for s.flying < most {
			s.begin()
		}
		s.step(next - s.now)
	}
}

// blow changes the weather.
func (s *sim) blow() {
	if int(s.now) > s.second {
		s.second, s.asked = int(s.now), 0
		s.day = math.Exp(s.weather * s.sky.NormFloat64())
	}
	if int(20*s.now) > s.moment {
		s.moment = int(20 * s.now)
		s.speed = s.day * math.Exp(s.gusts*s.sky.NormFloat64())
	}
}

// step goes to the next thing that happens, or so far.
func (s *sim) step(most float64) {
	stations := []*station{&s.wait, &s.cpus, &s.net}
	d, which := most, -1
	for i, st := range stations {
		if left := st.left(); left <= d {
			d, which = left, i
		}
	}
	s.now += d
	for _, st := range stations {
		st.advance(d)
	}
	if which < 0 {
		return
	}
	first := heap.Pop(&stations[which].jobs).(job)
	stations[which].clock = max(stations[which].clock, first.until)
	s.goOn(first.r)
}

// progress is the work done, and what went over the link of requests that are not.
func (s *sim) progress() float64 {
	work := s.work
	for _, j := range s.net.jobs {
		work += max(0, float64(j.r.size)-(j.until-s.net.clock))
	}
	return work
}
