package sender_test

import (
	"context"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

// instant is a store that takes no time: what is left is the stack's own cost.
type instant struct{ sender.Store }

func (instant) Head(context.Context, string) (sender.Info, error) { return sender.Info{}, nil }

func (instant) SendPart(context.Context, sender.Upload, sender.Part) (sender.Receipt, error) {
	return sender.Receipt{}, nil
}

// What the stack costs a request while nothing is wrong. The law: less than signing it does.
func BenchmarkStack(b *testing.B) {
	s := sender.Stack(instant{}, sender.Options{})
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.Run("Head", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = s.Head(ctx, "key")
		}
	})
	b.Run("SendPart", func(b *testing.B) {
		p := sender.Part{Number: 1, Payload: sender.Payload{Data: make([]byte, 16)}}
		b.ReportAllocs()
		for b.Loop() {
			_, _ = s.SendPart(ctx, sender.Upload{}, p)
		}
	})
	b.Run("HeadOfMany", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_, _ = s.Head(ctx, "key")
			}
		})
	})
}
