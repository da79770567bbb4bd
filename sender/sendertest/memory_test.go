package sendertest_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemory(t *testing.T) {
	for name, o := range map[string]sendertest.MemoryOptions{
		"CRC64ECMA":  {},
		"CRC64NVME":  {Wire: hasher.CRC64NVME},
		"MD5":        {Wire: hasher.MD5},
		"NoChecksum": {NoChecksum: true},
		"Small":      {Limits: sender.Limits{MinPart: 100, MaxPart: 1 << 20, MaxPut: 5 << 20, MaxObject: 8 << 20, MaxParts: 10000}},
	} {
		t.Run(name, func(t *testing.T) {
			sendertest.Run(t, func(*testing.T) sendertest.Subject {
				s := memory(sendertest.NewMemoryWith(o))
				s.ManyParts = name == "CRC64ECMA"
				return s
			})
		})
	}
}

func memory(m *sendertest.Memory) sendertest.Subject {
	return sendertest.Subject{
		Store:       m,
		Read:        m.Read,
		ContentType: m.ContentType,
		Prefix:      "suite/",
		NoChecksum:  m.Wire() == hasher.None,
	}
}

// A decorator that does nothing must not change what a store does.
func TestFaultsWithoutFaults(t *testing.T) {
	sendertest.Run(t, func(*testing.T) sendertest.Subject {
		m := sendertest.NewMemory()
		s := memory(m)
		s.Store = sendertest.NewFaults(m)
		return s
	})
}
