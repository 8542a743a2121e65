package tool

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Names is a kind of names in an account that complete what people type.
type Names int

// The kinds of names. Incidents are those that are open, the newest first: by number
// and title, or by number alone.
const (
	NoNames Names = iota
	OpenIncidents
	OpenIncidentNumbers
	Services
	Teams
	Schedules
)

const (
	// MaxCompletions is how many names complete what was typed.
	MaxCompletions = 50
	// completionTime is how long a person who types can wait.
	completionTime = 3 * time.Second
	// completionsFor is how long names are remembered: clients ask at every key.
	completionsFor = 30 * time.Second
	// maxCompletionLists bounds the lists of names that are remembered.
	maxCompletionLists = 100
)

// completionMemory is the names that a session has listed.
type completionMemory struct {
	mu    sync.Mutex
	lists map[string]nameList
}

// nameList is names, and whether they are all there are.
type nameList struct {
	names []completion
	whole bool
	at    time.Time
}

// completion is a name, and the text that people may type for it.
type completion struct{ value, text string }

// Complete lists names for what a person has typed of one: those that begin with it,
// then those that have it elsewhere, at most [MaxCompletions]. More is set if there are
// more. An account is asked once in a while, not at every key.
func (s *Session) Complete(ctx context.Context, what Names, typed string) (values []string, more bool, err error) {
	if what == NoNames {
		return nil, false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	list, err := s.listNames(ctx, what, "")
	if key := strings.TrimSpace(typed); err == nil && !list.whole && key != "" && what.searched() {
		list, err = s.listNames(ctx, what, wording.SearchText(wording.Shorten(wording.Clean(key), maxPromptArgument)))
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
	values = append(first, rest...)
	if len(values) > MaxCompletions {
		return values[:MaxCompletions], true, nil
	}
	return values, !list.whole, nil
}

// searched reports whether PagerDuty searches such names by text.
func (n Names) searched() bool { return n != OpenIncidents && n != OpenIncidentNumbers }

// listNames lists the names that have a text in them, or all, as far as one page goes.
func (s *Session) listNames(ctx context.Context, what Names, text string) (nameList, error) {
	key := fmt.Sprint(what, " ", text)
	now := s.now()
	s.completions.mu.Lock()
	known, ok := s.completions.lists[key]
	s.completions.mu.Unlock()
	if ok && now.Sub(known.at) < completionsFor {
		return known, nil
	}
	list, err := what.list(ctx, s.Client.Reader, text)
	if err != nil {
		return nameList{}, err
	}
	list.at = now
	s.completions.mu.Lock()
	defer s.completions.mu.Unlock()
	if s.completions.lists == nil || len(s.completions.lists) >= maxCompletionLists {
		s.completions.lists = map[string]nameList{}
	}
	s.completions.lists[key] = list
	return list, nil
}

func (n Names) list(ctx context.Context, pd pdapi.Reader, text string) (nameList, error) {
	of := map[Names]*kind.Kind{Services: &kind.Service, Teams: &kind.Team, Schedules: &kind.Schedule}[n]
	if of == nil {
		return n.openIncidents(ctx, pd)
	}
	found, whole, err := of.Search(ctx, pd, text, pdapi.MaxPageSize)
	list := nameList{whole: whole}
	for _, c := range found {
		name := wording.Clean(c.Name)
		list.names = append(list.names, completion{name, name})
	}
	return list, err
}

// openIncidents lists the newest open incidents.
func (n Names) openIncidents(ctx context.Context, pd pdapi.Reader) (nameList, error) {
	filter := pdapi.IncidentFilter{Statuses: []string{"triggered", "acknowledged"}, AllDates: true, SortBy: "created_at:desc"}
	list := nameList{whole: true}
	for page, err := range pd.Incidents(ctx, filter, pdapi.Window{Limit: pdapi.MaxPageSize}) {
		if err != nil {
			return nameList{}, err
		}
		for _, i := range page.Items {
			number := strconv.Itoa(i.Number)
			text := number + ": " + wording.Shorten(wording.Clean(i.Title), 100)
			if n == OpenIncidentNumbers {
				list.names = append(list.names, completion{number, text})
			} else {
				list.names = append(list.names, completion{text, text})
			}
		}
		list.whole = !page.More
	}
	return list, nil
}

// meant is what a person who filled in a completed name means by it: of an incident's
// number and title, the number.
func (n Names) meant(value string) string {
	number, _, ok := strings.Cut(value, ": ")
	if n == OpenIncidents && ok && number != "" && strings.Trim(number, "0123456789") == "" {
		return number
	}
	return value
}
