package differential

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// book holds the results until all are there.
type book struct {
	clients   []client
	scenarios []scenario

	mu      sync.Mutex
	results map[[2]string]result
}

func (b *book) enter(s scenario, c client, r result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.results == nil {
		b.results = map[[2]string]result{}
	}
	b.results[[2]string{s.name, c.name}] = r
}

// String is the cell of the table.
func (r *result) String() string {
	if r.skipped != "" {
		return r.skipped
	}
	words := []string{r.story()}
	if r.how != "" {
		words = append(words, r.how)
	}
	if r.remark != "" {
		words = append(words, r.remark)
	}
	if again := r.sent - 1; again >= 0.005 && r.last() == finished {
		words = append(words, fmt.Sprintf("%.0f %% sent again", again*100))
	}
	if r.left > 0 {
		words = append(words, fmt.Sprintf("%d left open", r.left))
	}
	if !r.struck {
		words = append(words, "not struck")
	}
	return strings.Join(words, "; ")
}

// story is the outcomes in their order.
func (r *result) story() string {
	outcomes := r.outcomes
	if outcomes[0] == killed && len(outcomes) > 1 {
		outcomes = outcomes[1:] // that is the scenario
	}
	var words []string
	for len(outcomes) > 0 {
		n := 1
		for n < len(outcomes) && outcomes[n] == outcomes[0] {
			n++
		}
		words = append(words, times(outcomes[0], n))
		outcomes = outcomes[n:]
	}
	return strings.Join(words, ", then ")
}

// times is an outcome that came n times in a row. What is lost, or wrong, or does not end is in bold.
func times(o outcome, n int) string {
	word := string(o)
	switch o {
	case lied, spoiled, hung, crashed:
		word = "**" + word + "**"
	}
	if n > 1 {
		word += fmt.Sprintf(" ×%d", n)
	}
	return word
}

// publish prints the table, and writes it to where INGEST_DIFFERENTIAL says.
func (b *book) publish(t *testing.T) {
	t.Helper()
	text := b.markdown()
	t.Log("\n" + text)
	if path := os.Getenv("INGEST_DIFFERENTIAL"); path != "" {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
}

func (b *book) markdown() string {
	var out strings.Builder
	fmt.Fprintf(&out, "Made on %s with %s on %s/%s.\n\n%s", time.Now().UTC().Format(time.DateOnly), runtime.Version(),
		runtime.GOOS, runtime.GOARCH, preface())
	b.legend(&out)
	b.rows(&out)
	fmt.Fprint(&out, "\n", notes)
	return out.String()
}

func (b *book) legend(out *strings.Builder) {
	fmt.Fprint(out, "| client | version | used as |\n|---|---|---|\n")
	for _, c := range b.clients {
		fmt.Fprintf(out, "| %s | %s | %s |\n", c.name, c.version, c.setting)
	}
	fmt.Fprintln(out)
}

func (b *book) rows(out *strings.Builder) {
	for i, s := range b.scenarios {
		if i == 0 || s.group != b.scenarios[i-1].group {
			b.heading(out, s.group)
		}
		fmt.Fprintf(out, "| %s |", s.name)
		for _, c := range b.clients {
			r, there := b.results[[2]string{s.name, c.name}]
			text := "—"
			if there {
				text = r.String()
			}
			fmt.Fprintf(out, " %s |", text)
		}
		fmt.Fprintln(out)
	}
}

func (b *book) heading(out *strings.Builder, group string) {
	fmt.Fprintf(out, "\n**%s**\n\n| what goes wrong |", group)
	for _, c := range b.clients {
		fmt.Fprintf(out, " %s |", c.name)
	}
	fmt.Fprint(out, "\n|---|"+strings.Repeat("---|", len(b.clients))+"\n")
}
