package credentials

import (
	"errors"
	"fmt"
	"strings"
)

// What a shell would give a meaning to, outside of quotes and within double ones. A command that has any of them is
// refused, as it was written for a shell and would do something else without.
const (
	marks        = "|&;<>()$`\n"
	marksQuoted  = "$`"
	marksWindows = "|&<>\n"
)

var errNoCommand = errors.New("the command is empty")

// split takes a command line apart as a shell does: at blanks, but for what stands in single or double quotes or
// behind a backslash. On Windows a backslash is a part of a path.
func split(line string, windows bool) ([]string, error) {
	s := splitter{rest: []rune(line), windows: windows}
	for len(s.rest) > 0 {
		if err := s.step(); err != nil {
			return nil, err
		}
	}
	if s.quote != 0 {
		return nil, fmt.Errorf("the quote %c is not closed", s.quote)
	}
	s.end()
	if len(s.words) == 0 || s.words[0] == "" {
		return nil, errNoCommand
	}
	return s.words, nil
}

type splitter struct {
	rest    []rune
	windows bool
	quote   rune // that is open; 0: none
	begun   bool // a word is, though it may be empty
	word    strings.Builder
	words   []string
}

// step takes the next character.
func (s *splitter) step() error {
	r := s.rest[0]
	s.rest = s.rest[1:]
	switch {
	case s.quote == 0 && strings.ContainsRune(" \t\r", r):
		s.end()
		return nil
	case r == s.quote:
		s.quote = 0
	case s.quote == 0 && (r == '"' || r == '\''):
		s.quote = r
	case r == '\\' && s.escapes():
		return s.escape()
	case s.hasMeaning(r):
		return fmt.Errorf("it is run without a shell, and %q has a meaning there: put the command into a script", r)
	default:
		s.word.WriteRune(r)
	}
	s.begun = true
	return nil
}

// escapes reports whether a backslash is one here.
func (s *splitter) escapes() bool {
	switch {
	case s.quote == '\'':
		return false
	case s.windows:
		return s.quote == '"' && len(s.rest) > 0 && s.rest[0] == '"'
	case s.quote == '"':
		return len(s.rest) > 0 && strings.ContainsRune("\"\\$`", s.rest[0])
	}
	return true
}

func (s *splitter) escape() error {
	if len(s.rest) == 0 {
		return errors.New("it ends with a backslash")
	}
	s.word.WriteRune(s.rest[0])
	s.rest, s.begun = s.rest[1:], true
	return nil
}

func (s *splitter) hasMeaning(r rune) bool {
	switch {
	case s.quote == '\'':
		return false
	case s.windows:
		return s.quote == 0 && strings.ContainsRune(marksWindows, r)
	case s.quote == '"':
		return strings.ContainsRune(marksQuoted, r)
	}
	return strings.ContainsRune(marks, r)
}

func (s *splitter) end() {
	if s.begun {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.begun = false
}
