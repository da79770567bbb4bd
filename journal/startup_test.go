package journal

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// startup is a journal that has to be repaired and compacted when it is opened, and what it says.
func startup(rng *rand.Rand) ([]byte, []Record) {
	records := slices.Concat(uselessRecords(), someRecords(rng, 60))
	b, offsets := image(records)
	return slices.Concat(b, b[offsets[len(records)-9]:], []byte("torn")), records
}

// TestOtherProcessStarts is the other process of the test below: it opens the same damaged journal again and again.
func TestOtherProcessStarts(t *testing.T) {
	path := os.Getenv("JOURNAL_TEST_STARTUP")
	if path == "" {
		t.Skip("is run by another test")
	}
	b, _ := startup(rand.New(rand.NewPCG(1, 1)))
	for {
		must(t, os.WriteFile(path+".fresh", b, 0o600))
		must(t, os.Rename(path+".fresh", path))
		fmt.Println("opens")
		j, _ := open(t, path, Options{})
		must(t, j.Close())
	}
}

func TestKilledWhileItStartsNothingIsLost(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	b, records := startup(rng)
	repaired := 0
	for range 12 {
		dir := t.TempDir()
		path := filepath.Join(dir, "j")
		cmd, _ := otherProcess(t, "TestOtherProcessStarts", "JOURNAL_TEST_STARTUP", path)
		time.Sleep(time.Duration(rng.IntN(20_000)) * time.Microsecond)
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		info, err := os.Stat(path)
		must(t, err)
		if info.Size() > int64(len(b)) {
			t.Fatalf("it grew from %d to %d bytes", len(b), info.Size())
		}
		if info.Size() < int64(len(b)) {
			repaired++
		}
		_ = os.Remove(path + ".fresh")
		j, state := open(t, path, Options{})
		requireState(t, state, records)
		must(t, j.Remove())
		_ = os.Remove(path + ".corrupt")
		requireFiles(t, dir)
	}
	t.Logf("12 kills, %d of them after the repair", repaired)
}
