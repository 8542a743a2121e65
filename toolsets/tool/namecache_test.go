package tool

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// inBytes is what a cache keeps, counted anew.
func (c *nameCache) inBytes() int {
	n := 0
	for key, f := range c.searches {
		n += len(key.text)
		for _, found := range f.found {
			n += len(found.ID) + len(found.Name) + len(found.Email) + len(found.About)
		}
	}
	for id, known := range c.ids {
		n += len(id) + len(known.name)
	}
	return n
}

// TestNameCacheIsBounded holds that no use of a session makes it keep more than a few
// megabytes.
func TestNameCacheIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	name := strings.Repeat("x", wording.MaxName)
	found := make([]kind.Candidate, 100)
	for i := range found {
		found[i] = kind.Candidate{ID: fmt.Sprint("P", i), Name: name, Email: name, About: name}
	}
	for what, use := range map[string]func(c *nameCache, i int){
		"searches for long names": func(c *nameCache, i int) {
			c.keep(c.now(), &kind.Service, fmt.Sprint(name, i), foundBefore{found, true, now})
		},
		"searches that find nothing": func(c *nameCache, i int) {
			c.keep(c.now(), &kind.Service, fmt.Sprint(strings.Repeat(name, 50), i), foundBefore{nil, true, now})
		},
		"ids": func(c *nameCache, i int) { c.keepID(&kind.Service, fmt.Sprintf("%026d", i), "") },
		"ids of answers": func(c *nameCache, i int) {
			c.learn(List[shownRecord]{Name: "services", Items: []shownRecord{{ID: fmt.Sprintf("%030d", i)}}})
		},
		"and after writes": func(c *nameCache, i int) { c.keepID(&kind.Service, fmt.Sprintf("%026d", i), ""); c.forget() },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			rounds := 100_000
			if what != "ids" && what != "ids of answers" {
				rounds = 2000
			}
			c := &nameCache{}
			most := 0
			for i := range rounds {
				use(c, i)
				if i%(rounds/50) == 0 {
					most = max(most, c.inBytes())
				}
			}
			if most > maxNameMemory || c.size > maxNameMemory {
				t.Errorf("it keeps up to %d bytes, and counts %d", most, c.size)
			}
			if most == 0 {
				t.Error("it keeps nothing")
			}
		})
	}
}

// TestNameCacheEpochs holds that what was asked before a change is not kept after it,
// though ids are.
func TestNameCacheEpochs(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := &nameCache{}
	before := c.now()
	c.keep(before, &kind.Service, "a", foundBefore{whole: true, at: now})
	c.keepID(&kind.Service, "PABC123", "")
	c.forget()
	c.keep(before, &kind.Service, "b", foundBefore{whole: true, at: now})
	for _, text := range []string{"a", "b"} {
		if _, ok := c.search(&kind.Service, text, now); ok {
			t.Errorf("the search for %q is still known", text)
		}
	}
	if !c.hasID(&kind.Service, "PABC123") {
		t.Error("the id is forgotten")
	}
	c.keep(c.now(), &kind.Service, "c", foundBefore{whole: true, at: now})
	if _, ok := c.search(&kind.Service, "c", now.Add(nameMemory-1)); !ok {
		t.Error("a new search is not known")
	}
	if _, ok := c.search(&kind.Service, "c", now.Add(nameMemory)); ok {
		t.Error("an old search is known")
	}
	if _, ok := c.search(&kind.User, "c", now); ok {
		t.Error("a search for services is taken for one for users")
	}
}

// shownRecord is a result as tools have them.
type shownRecord struct {
	ID    string          `json:"id"`
	Owner *shownRecord    `json:"service,omitzero"`
	At    time.Time       `json:"at,omitzero"`
	Any   any             `json:"any,omitzero"`
	Text  string          `json:"text,omitzero"`
	Raw   json.RawMessage `json:"raw,omitzero"`
}

// TestLearnedIDs holds which parts of a result are taken for ids.
func TestLearnedIDs(t *testing.T) {
	t.Parallel()
	c := &nameCache{}
	c.learn(List[shownRecord]{Name: "services", Items: []shownRecord{
		{ID: "PABC123", Owner: &shownRecord{ID: "PABC124"}, At: time.Now(), Any: []shownRecord{{ID: "PABC125"}}},
		{Text: `"id":"PEVIL01"`, Raw: json.RawMessage(`{"id":"PEVIL02"}`), Any: map[string]any{"id": "PEVIL03"}},
		{Any: []json.RawMessage{json.RawMessage(`{"id":"PEVIL04"}`)}, ID: strings.Repeat("P", 37)},
	}})
	c.learn(nil)
	for id, want := range map[string]bool{
		"PABC123": true, "PABC124": true, "PABC125": false, // of what, nobody knows
		"PEVIL01": false, "PEVIL02": false, "PEVIL03": false, "PEVIL04": false, "": false, strings.Repeat("P", 37): false,
	} {
		if c.hasID(&kind.Service, id) != want {
			t.Errorf("%q is known: %v, want %v", id, !want, want)
		}
		if c.hasID(&kind.Team, id) {
			t.Errorf("the service %q is taken for a team", id)
		}
	}
}
