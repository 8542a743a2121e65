package tool

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const (
	// MaxCompletions is how many names complete what was typed.
	MaxCompletions = 50
	// completionTime is how long a person who types can wait.
	completionTime = 3 * time.Second
)

// Complete lists names for what a person has typed of one: those that begin with it,
// then those that have it elsewhere, at most [MaxCompletions]. More is set if there are
// more. An account is asked once in a while, not at every key.
func (s *Session) Complete(ctx context.Context, what Names, typed string) (values []string, more bool, err error) {
	if what == NoNames {
		return nil, false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	list, err := s.completions.list(ctx, s.Client.Reader, s.now(), what, "")
	if key := strings.TrimSpace(typed); err == nil && !list.whole && key != "" && what.searched() {
		list, err = s.completions.list(ctx, s.Client.Reader, s.now(), what, wording.SearchText(wording.Shorten(wording.Clean(key), maxTyped)))
	}
	if err != nil {
		return nil, false, err
	}
	key := wording.LooseKey(typed)
	var first, rest []string
	for _, c := range list.names {
		text := wording.LooseKey(c.text)
		switch at := strings.Index(text, key); {
		case slices.Contains(first, c.value) || slices.Contains(rest, c.value):
		case at == 0:
			first = append(first, c.value)
		case at > 0:
			rest = append(rest, c.value)
		}
	}
	values = slices.Concat(first, rest)
	if len(values) > MaxCompletions {
		return values[:MaxCompletions], true, nil
	}
	return values, !list.whole, nil
}
