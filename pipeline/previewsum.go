package pipeline

import "github.com/ingest-dev/ingest/journal"

// add counts a row that would be sent.
func (p *Preview) add(plan Plan, size int64, known *journal.Upload) {
	parts, bytes := missing(plan, size, known)
	p.Parts += parts
	p.Bytes += bytes
	p.Requests += parts
	if plan.Action == Put {
		p.Put++
		return
	}
	p.Multi++
	p.Requests += 2 // the upload's begin, or its listing, and its end
	if plan.Action != Begin {
		p.CarryOn++
	}
}

// merge adds what was counted of other rows.
func (p *Preview) merge(q Preview) {
	p.Put += q.Put
	p.Multi += q.Multi
	p.CarryOn += q.CarryOn
	p.Bytes += q.Bytes
	p.Parts += q.Parts
	p.Requests += q.Requests
}

// missing is what is to be sent of a file if the store agrees with the journal.
func missing(plan Plan, size int64, known *journal.Upload) (parts, bytes int64) {
	parts, bytes = int64(plan.Parts), size
	if plan.Action != CarryOn {
		return parts, bytes
	}
	for _, p := range known.Parts {
		parts--
		bytes -= p.Size
	}
	return parts, bytes
}
