// Package foreign has sentences that words of others get into: what a test of
// internal/architecture must find.
package foreign

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

type input struct {
	Text string `json:"text"`
	Mode string `json:"mode" enum:"a,b"`
}

type result struct {
	Title string `json:"title"`
	Note  string `json:"note"`
}

type decoded struct {
	Label string
}

func (in input) leaks(call *tool.Call, s pdapi.Service, i pdapi.Incident, raw []byte) (result, error) {
	call.Note("the service %s", s.Name) // leaks
	name := wording.Shorten(s.Name, 80)
	call.Note("the service " + name) // leaks
	about, _ := describe(i)
	call.Note("about %s", about)                               // leaks
	names := []string{s.Name}                                  // a list
	call.Note("%d: %s", len(names), strings.Join(names, ", ")) // leaks
	byName := map[string]string{}                              // keys of a map
	byName[i.Title] = i.ID                                     // are words, too
	for title, id := range byName {                            // each with its id
		call.Note("%s", title) // leaks
		call.Note("%s", id)
	}
	var d decoded
	if json.Unmarshal(raw, &d) == nil {
		call.Note("%s", d.Label) // leaks
	}
	shown := result{Title: i.Title, Note: i.Title} // leaks
	call.Note("%s", shown.Title)                   // leaks
	say(call, s.Description)                       // leaks
	if in.Text == in.Mode {
		return shown, tool.Wrong("text: %s", in.Text) // leaks
	}
	if err := errors.New(i.Title); err != nil { // leaks
		return shown, &tool.Partial{Done: "the service " + s.Name, Err: err} // leaks
	}
	return shown, fmt.Errorf("mode %s of %v", in.Mode, []any{in.Text}) // leaks
}

func (in input) keeps(call *tool.Call, s pdapi.Service, raw []byte) error {
	call.Note("the service %s (%s)", wording.Quote(s.Name), s.ID)
	_, number := describe(pdapi.Incident{})
	call.Note("%s: %s, %d", number, wording.QuoteAll([]string{s.Name}), len(s.Name))
	say(call, wording.Quote(s.Name))
	return tool.Wrong("mode: %s, %s", in.Mode, wording.Show(json.RawMessage(raw)))
}

// describe returns words of others, and some that are not.
func describe(i pdapi.Incident) (about, number string) {
	return "the incident " + i.Title, fmt.Sprintf("#%d", i.Number)
}

// say hands on what it is handed.
func say(call *tool.Call, what string) { call.Note("%s is there", what) }
