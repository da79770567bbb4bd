package bench

// Work is what is sent: flows side by side, each over and over, so that each has its share of the bytes at any time.
type Work []Flow

// Flow is objects that follow each other, and start anew after the last.
type Flow struct {
	Items  []Item
	Weight float64 // its share, in relation to those of the others
}

// Item is an object to send.
type Item struct {
	Size int64
	Path string // of the file to read; empty: bytes are made
}

// Objects is the work of sending objects of one size.
func Objects(size int64) Work { return Work{{Items: []Item{{Size: size}}, Weight: 1}} }

// Files is the work of sending these files in their order.
func Files(items []Item) Work { return Work{{Items: items, Weight: 1}} }

// size returns the mean size of an item, over all flows with their shares of objects.
func (w Work) size() float64 {
	var bytes, objects float64
	for _, f := range w {
		var sum float64
		for _, i := range f.Items {
			sum += float64(i.Size)
		}
		mean := sum / float64(len(f.Items))
		share := f.Weight / (mean + perRequest)
		objects += share
		bytes += share * mean
	}
	return bytes / objects
}

// perRequest is what a request counts for in a flow's share, besides its bytes: with it objects without bytes take
// their turn as well.
const perRequest = 1
