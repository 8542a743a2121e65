package oncall

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/pcl"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// obstacle is something that keeps people from being paged, or changes who is.
type obstacle struct {
	says  string
	stops bool // nobody is paged at all
}

// disabled is what it means that a service is disabled.
func disabled(s pdapi.Service) []obstacle {
	if s.Status != "disabled" {
		return nil
	}
	return []obstacle{{"The service is disabled: it takes no events and makes no incidents.", true}}
}

// soon is how far ahead maintenance is told of.
const soon = 24 * time.Hour

// maintained is what the maintenance windows of a service mean at a moment.
func maintained(call *tool.Call, windows []pdapi.MaintenanceWindow, service string, at time.Time) []obstacle {
	var out []obstacle
	for _, w := range windows {
		if !slices.ContainsFunc(w.Services, func(r pdapi.Reference) bool { return r.ID == service }) {
			continue
		}
		about := ""
		if w.Description != "" {
			about = fmt.Sprintf(" (%q)", wording.Shorten(w.Description, 80))
		}
		switch {
		case !at.Before(w.Start.Time) && at.Before(w.End.Time):
			out = append(out, obstacle{fmt.Sprintf("In maintenance until %s%s: events make no incidents.", when.Clock(w.End.Time, call.Zone), about), true})
		case w.Start.After(at) && w.Start.Before(at.Add(soon)):
			out = append(out, obstacle{fmt.Sprintf("Maintenance from %s to %s%s: then events make no incidents.",
				when.Clock(w.Start.Time, call.Zone), when.Clock(w.End.Time, call.Zone), about), false})
		}
	}
	return out
}

// eventRule is a rule of a service's event orchestration, as far as it decides on
// whether somebody is paged.
type eventRule struct {
	ID         string `json:"id"`
	Label      string `json:"label"`
	Disabled   bool   `json:"disabled"`
	Conditions []*struct {
		Expression string `json:"expression"`
	} `json:"conditions"`
	Actions eventActions `json:"actions"`
}

type eventActions struct {
	Suppress bool   `json:"suppress"`
	Drop     bool   `json:"drop_event"`
	Suspend  int    `json:"suspend"` // seconds
	Policy   string `json:"escalation_policy"`
	RouteTo  string `json:"route_to"` // another set of rules
}

// does says what the actions do to paging, "" for nothing.
func (a eventActions) does() string {
	switch {
	case a.Drop:
		return "drops events"
	case a.Suppress:
		return "suppresses events, which then page nobody"
	case a.Suspend > 0:
		return fmt.Sprintf("holds events back for %s", time.Duration(a.Suspend)*time.Second)
	case a.Policy != "":
		return "gives events to another escalation policy, " + a.Policy
	}
	return ""
}

// fits reports whether a rule fits some event at a moment, and whether it fits every
// one. Conditions that can't be read may fit.
func (r eventRule) fits(at time.Time) (some, every bool) {
	if len(r.Conditions) == 0 || len(r.Conditions) == 1 && r.Conditions[0] == nil {
		return true, true // PagerDuty has several ways to write no conditions
	}
	for _, c := range r.Conditions { // one is enough
		if c == nil {
			continue
		}
		parsed, err := pcl.Parse(c.Expression)
		if err != nil {
			some = true
			continue
		}
		maybe, surely := parsed.Possible(at)
		some, every = some || maybe, every || surely
	}
	return some, every
}

func (r eventRule) when() string {
	var parts []string
	for _, c := range r.Conditions {
		if c != nil {
			parts = append(parts, c.Expression)
		}
	}
	return wording.Shorten(strings.Join(parts, " or "), 200)
}

// ruled is what a service's event rules do at a moment. The first rule that fits an
// event decides; one may lead to another set of rules.
func ruled(path pdapi.OrchestrationPath, at time.Time) []obstacle {
	sets := map[string][]eventRule{}
	first := "start"
	for i, s := range path.Sets() {
		if i == 0 {
			first = s.ID
		}
		for _, raw := range s.Rules {
			var r eventRule
			_ = json.Unmarshal(raw, &r) // what can't be read does nothing that is known
			sets[s.ID] = append(sets[s.ID], r)
		}
	}
	var out []obstacle
	certain := true // that the rules looked at get every event
	for set, seen := first, map[string]bool{}; ; {
		seen[set] = true
		next, decided := "", false
		for _, r := range sets[set] {
			some, every := r.fits(at)
			if r.Disabled || !some {
				continue
			}
			if does := r.Actions.does(); does != "" {
				stops := certain && every && (r.Actions.Suppress || r.Actions.Drop)
				says := fmt.Sprintf("The event rule %q %s", wording.Shorten(r.Label, 80), does)
				if every {
					says += ": all that come now."
				} else {
					says += ", where " + r.when() + "."
				}
				out = append(out, obstacle{says, stops})
			}
			if every {
				decided, next = true, r.Actions.RouteTo
				break
			}
			certain = false
		}
		switch {
		case decided && next != "" && !seen[next]:
			set = next
			continue
		case decided:
			return out
		}
		var rest struct {
			Actions eventActions `json:"actions"`
		}
		_ = json.Unmarshal(path.CatchAll(), &rest)
		if does := rest.Actions.does(); does != "" {
			out = append(out, obstacle{"For what no event rule fits: the service's catch-all " + does + ".", certain && (rest.Actions.Suppress || rest.Actions.Drop)})
		}
		return out
	}
}

// paused is what a service's pause of transient alerts means.
func paused(s pdapi.Service) []obstacle {
	if s.AutoPause == nil || !s.AutoPause.Enabled {
		return nil
	}
	return []obstacle{{fmt.Sprintf("Alerts that tend to resolve by themselves page nobody for their first %s.", time.Duration(s.AutoPause.Timeout)*time.Second), false}}
}
