package tool

import (
	"context"
	"fmt"
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
	// maxTyped bounds what a person types of a name, in characters.
	maxTyped = 200
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

// searched reports whether PagerDuty searches such names by text.
func (n Names) searched() bool { return n != OpenIncidents && n != OpenIncidentNumbers }

// list lists the names that have a text in them, or all, as far as one page goes.
func (m *completionMemory) list(ctx context.Context, pd pdapi.Reader, now time.Time, what Names, text string) (nameList, error) {
	key := fmt.Sprint(what, " ", text)
	m.mu.Lock()
	known, ok := m.lists[key]
	m.mu.Unlock()
	if ok && now.Sub(known.at) < completionsFor {
		return known, nil
	}
	list, err := what.list(ctx, pd, text)
	if err != nil {
		return nameList{}, err
	}
	list.at = now
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lists == nil || len(m.lists) >= maxCompletionLists {
		m.lists = map[string]nameList{}
	}
	m.lists[key] = list
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
		name := oneLine(c.Name)
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
			text := number + ": " + wording.Shorten(oneLine(i.Title), 100)
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

// oneLine is a name as a person picks it.
func oneLine(name string) string { return strings.Join(strings.Fields(wording.Clean(name)), " ") }
