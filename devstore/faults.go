package devstore

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/devstore/internal/auth"
	"github.com/ingest-dev/ingest/devstore/internal/rehearsal"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// rehearse answers a request as the script will have it.
func (s *Server) rehearse(w http.ResponseWriter, r *http.Request) {
	op, f, struck := s.strike(r)
	if !struck {
		s.answer(w, r)
		drain(w, r)
		return
	}
	held := &rehearsal.Held{ResponseWriter: w}
	s.suffer(held, r, op, f)
	if !held.Taken {
		drain(w, r)
	}
}

// strike asks the script about a request.
func (s *Server) strike(r *http.Request) (op fault.Op, f fault.Fault, struck bool) {
	request := s.request(r)
	address := s.meant(r)
	request.Bucket, request.Key = address.Bucket, address.Key
	op = s.speaks(r).Operation(request)
	part, _ := request.Number("partNumber", 0, 1, storage.MaxParts)
	f, struck = s.options.Faults.Next(op, address.Key, part)
	return op, f, struck
}

// meant returns the address of a request that may not be let in: of more than one, that which is signed.
func (s *Server) meant(r *http.Request) wire.Address {
	addresses := s.addresses(r)
	if len(addresses) > 1 {
		if a, _, denied := s.verify(r, addresses, s.options.now()); denied == nil {
			return a
		}
	}
	if len(addresses) == 0 {
		return wire.Address{}
	}
	return addresses[0]
}

// suffer has a request go wrong: what its fault says happens in the order of its fields.
func (s *Server) suffer(w http.ResponseWriter, r *http.Request, op fault.Op, f fault.Fault) {
	rehearsal.Pause(r.Context(), f.Delay, s.quit)
	switch {
	case f.Stall:
		rehearsal.Stall(r.Context(), w, s.quit)
		return
	case f.CutBody != 0:
		rehearsal.CutAfter(r.Body, f.CutBody)
		rehearsal.Reset(w)
		return
	}
	w, end := s.spoiled(w, r, f)
	defer end()
	if f.Skew != 0 {
		w.Header().Set("Date", s.options.now().Add(f.Skew).UTC().Format(http.TimeFormat))
	}
	switch {
	case f.Answer != nil:
		rehearsal.Drain(r)
		s.answerInstead(w, r, f.Answer)
	case f.Expire:
		rehearsal.Drain(r)
		s.speaks(r).Fail(w, s.request(r), expired(auth.DialectOf(r), s.options.now()))
	default:
		s.carryOut(w, r, op, f)
	}
}

// spoiled returns a writer through which the answer goes wrong on its way. Call end behind it.
func (s *Server) spoiled(w http.ResponseWriter, r *http.Request, f fault.Fault) (_ http.ResponseWriter, end func()) {
	if f.Lose {
		return new(rehearsal.Lost), func() { rehearsal.Reset(w) }
	}
	end = func() {}
	if f.Trickle > 0 {
		slow := rehearsal.NewTrickle(w, r, f.Trickle, s.quit)
		w, end = slow, slow.Close
	}
	if f.CutAnswer != 0 {
		w = rehearsal.NewCut(w, f.CutAnswer)
	}
	return w, end
}

// answerInstead gives an answer that is not the store's.
func (s *Server) answerInstead(w http.ResponseWriter, r *http.Request, a *fault.Answer) {
	w = rehearsal.WithHeader(w, a.Header)
	if a.Code == "" {
		w.WriteHeader(a.Status)
		_, _ = w.Write([]byte(a.Body)) // the client is gone; there is nobody to tell
		return
	}
	message := cmp.Or(a.Message, http.StatusText(a.Status))
	s.speaks(r).Fail(w, s.request(r), &wire.Error{Status: a.Status, Code: a.Code, Message: message})
}

// errorIn200 is how a completion fails whose status was sent before its outcome was known.
var errorIn200 = &wire.Error{
	Status: http.StatusOK, Code: "InternalError", Message: "We encountered an internal error. Please try again.",
}

// carryOut answers as Server.answer does, but for what the fault changes in the clock, the content and the answer.
func (s *Server) carryOut(w http.ResponseWriter, r *http.Request, op fault.Op, f fault.Fault) {
	flips := f.Flip && !chunked(r)
	if flips {
		r.Body = rehearsal.FlipBody(r.Body)
	}
	speaks := s.speaks(r)
	request, err := s.admit(r, s.options.now().Add(f.Skew))
	if err == nil && f.Lie == fault.ErrorIn200 {
		err = errorIn200
	}
	if err != nil {
		speaks.Fail(w, request, err)
		return
	}
	if f.Flip && !flips {
		request.Content = rehearsal.Flip(request.Content)
	}
	request.Damage = f.Hide
	liar := rehearsal.NewLiar(w, f.Lie, op)
	defer liar.Close()
	speaks.Serve(liar, request)
}

// chunked reports whether the body is aws-chunked. A bit that changes in its framing would be no damage to the
// content; so there it is one of what was decoded, which the chunks' signatures do not see, and a checksum does.
func chunked(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("x-amz-content-sha256"), "STREAMING-")
}
