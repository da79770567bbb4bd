// Package tuning finds how many requests a run should have in flight, while it runs. It is a state machine without
// clocks: what it decides follows from when requests began and ended.
//
//	requests -> [Meter] -> goodput, doubt -> [climber] -> rung -> limit in force
//	                          an epoch                               |
//	              ^--------------------------------------------------+
//
// The limit stands on a ladder of rungs, each about 1.4 times the one below. An epoch at one rung gives its goodput and
// the doubt about it. At first the climber rushes: it doubles the limit as long as that gains a fifth. From then on it
// tries the neighbours of its base, each between two epochs at the base, so that what changes meanwhile for everybody
// cancels out; what it has learned of a rung fades with time, and is asked for again once it might be wrong.
//
// The laws, held by simulations:
//
//   - Of settings that are as good as the best, to within a hundredth and the doubt, the one with the least in flight
//     is taken: more of them cost memory, processor time and the store's patience.
//   - Nothing is believed that is not more than the noise, which is learned from epochs at the base.
//   - A store that turns requests away has fewer in flight at once, and none beyond that for a while.
package tuning
