package aiops

import (
	"context"
	"encoding/json"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var orchestrationTools = []tool.Tool{
	tool.Read("list_event_orchestrations", "List event orchestrations", "The event orchestrations, with how many services each routes to.", listOrchestrations),
	tool.Read("get_event_orchestration", "Get event orchestration", "One event orchestration and its integrations, without their keys.", getOrchestration),
	tool.Read("get_event_orchestration_router", "Get event orchestration router", "The rules that pick a service for an event, in order; with the version that an update can expect.", getRouter),
	tool.Read("get_event_orchestration_service", "Get event orchestration service", "The event rules of a service: what happens to events once routed there.", getServiceRules),
	tool.Read("get_event_orchestration_global", "Get event orchestration global", "The rules that every event of an orchestration goes through before the router.", getGlobal),
}

// orchestration is an event orchestration as PagerDuty knows it.
type orchestration struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Description  string     `json:"description,omitzero"`
	Team         *tool.Ref  `json:"team,omitzero"`
	Routes       int        `json:"routes"`
	UpdatedAt    time.Time  `json:"updated_at,omitzero"`
	Version      string     `json:"version,omitzero"`
	Integrations []tool.Ref `json:"integrations,omitempty"`
}

func showOrchestration(o pdapi.Orchestration) orchestration {
	shown := orchestration{ID: o.ID, Name: o.Name, Description: o.Description, Routes: o.Routes, UpdatedAt: o.UpdatedAt.Time}
	if o.Team != nil {
		shown.Team = &tool.Ref{ID: o.Team.ID, Summary: o.Team.Summary}
	}
	return shown
}

// nameTeams adds the names of the orchestrations' teams, of which PagerDuty tells only
// the ids.
func nameTeams(ctx context.Context, pd pdapi.Reader, shown ...orchestration) {
	var ids []tool.TeamID
	for _, o := range shown {
		if o.Team != nil && o.Team.Summary == "" {
			ids = append(ids, tool.TeamID(o.Team.ID))
		}
	}
	for _, named := range tool.Summaries(ctx, pd, ids) {
		for _, o := range shown {
			if o.Team != nil && o.Team.ID == named.ID {
				o.Team.Summary = named.Summary
			}
		}
	}
}

type listOrchestrationsInput struct {
	SortBy string `json:"sort_by,omitzero" enum:"name:asc,name:desc,routes:asc,routes:desc,created_at:asc,created_at:desc"`
	tool.Paging
}

func listOrchestrations(ctx context.Context, call tool.Reading, in listOrchestrationsInput) (tool.List[orchestration], error) {
	found, err := tool.Collect("orchestrations", in.Paging, call.PD.Orchestrations(ctx, in.SortBy, in.Window()), showOrchestration)
	nameTeams(ctx, call.PD, found.Items...)
	return found, err
}

type orchestrationInput struct {
	ID tool.OrchestrationID `json:"orchestration_id" alias:"event_orchestration_id"`
}

func getOrchestration(ctx context.Context, call tool.Reading, in orchestrationInput) (orchestration, error) {
	found, err := call.PD.Orchestration(ctx, string(in.ID))
	shown := showOrchestration(found)
	shown.Version = found.Version
	for _, i := range found.Integrations {
		shown.Integrations = append(shown.Integrations, tool.Ref{ID: i.ID, Summary: i.Label})
	}
	nameTeams(ctx, call.PD, shown)
	return shown, err
}

// part is embedded in the inputs of tools that show rules, of which there may be
// hundreds.
type part struct {
	Limit  int `json:"limit" doc:"How many rules" default:"100" min:"1" max:"1000"`
	Offset int `json:"offset,omitzero" doc:"How many to skip" min:"0"`
}

// rules is a path as tools show it, or a part of it.
type rules struct {
	Version  string          `json:"version,omitzero"`
	Updated  string          `json:"updated_at,omitzero"`
	Total    int             `json:"total_rules"`
	Sets     []ruleSet       `json:"sets"`
	CatchAll json.RawMessage `json:"catch_all,omitempty"`
	// Services are those that the shown rules route to, with their names.
	Services []tool.Ref `json:"services,omitempty"`
	More     bool       `json:"more,omitzero"`
	Next     int        `json:"next_offset,omitzero"`
}

type ruleSet struct {
	ID    string            `json:"id"`
	Rules []json.RawMessage `json:"rules"`
}

// maxRules bounds the rules in one answer, in bytes: about 8,000 tokens.
const maxRules = 24_000

// show shows the rules that p asks for, as far as they fit. Every set is named,
// also one none of whose rules are shown: rules refer to sets.
func (p part) show(path pdapi.OrchestrationPath) rules {
	shown := rules{Version: path.Version(), Updated: path.UpdatedAt(), CatchAll: path.CatchAll()}
	n, size := 0, 0
	for _, set := range path.Sets() {
		made := ruleSet{ID: set.ID, Rules: []json.RawMessage{}}
		for _, rule := range set.Rules {
			inPart := shown.Total >= p.Offset && n < p.Limit && !shown.More
			switch {
			case inPart && (n == 0 || size+len(rule) <= maxRules):
				made.Rules = append(made.Rules, rule)
				n++
				size += len(rule)
			case shown.Total >= p.Offset && !shown.More:
				shown.More, shown.Next = true, shown.Total
			}
			shown.Total++
		}
		shown.Sets = append(shown.Sets, made)
	}
	return shown
}

// routes are the services that shown rules of a router route to.
func (r rules) routes() []tool.ServiceID {
	all := []json.RawMessage{r.CatchAll}
	for _, set := range r.Sets {
		all = append(all, set.Rules...)
	}
	var ids []tool.ServiceID
	for _, raw := range all {
		var routing struct {
			Actions struct {
				RouteTo string `json:"route_to"`
			} `json:"actions"`
		}
		if json.Unmarshal(raw, &routing) == nil && routing.Actions.RouteTo != "unrouted" {
			ids = append(ids, tool.ServiceID(routing.Actions.RouteTo))
		}
	}
	return ids
}

type rulesInput struct {
	orchestrationInput
	part
}

func getRouter(ctx context.Context, call tool.Reading, in rulesInput) (rules, error) {
	path, err := call.PD.Router(ctx, string(in.ID))
	shown := in.show(path)
	shown.Services = tool.Summaries(ctx, call.PD, shown.routes())
	if shown.More || in.Offset > 0 {
		call.Note("These are not all rules. Sending these alone to update_event_orchestration_router would delete the others.")
	}
	return shown, err
}

func getGlobal(ctx context.Context, call tool.Reading, in rulesInput) (rules, error) {
	path, err := call.PD.GlobalRules(ctx, string(in.ID))
	return in.show(path), err
}

type serviceRulesInput struct {
	Service tool.ServiceID `json:"service_id"`
	part
}

func getServiceRules(ctx context.Context, call tool.Reading, in serviceRulesInput) (rules, error) {
	path, err := call.PD.ServiceRules(ctx, string(in.Service))
	return in.show(path), err
}
