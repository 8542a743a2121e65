package aiops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var routerTools = []tool.Tool{
	tool.Update("update_event_orchestration_router", "Update event orchestration router",
		"Replaces a router's rules; answers what was added, removed, changed and moved. To add one rule use append_event_orchestration_router_rule.", updateRouter),
	tool.Create("append_event_orchestration_router_rule", "Append event orchestration router rule",
		"Adds a rule at the end of a router, and leaves all else as it is.", appendRule),
}

type updateRouterInput struct {
	orchestrationInput
	Rules    []tool.Open[shownRule] `json:"rules" pages:"true" min:"0" doc:"All, in order, as get_event_orchestration_router shows them"`
	CatchAll tool.ServiceID         `json:"catch_all_route_to,omitzero" pages:"true" also:"unrouted" doc:"A service, or unrouted; left as it is by default"`
	Version  string                 `json:"expected_version,omitzero" doc:"Refuse if the router has another"`
	// DeleteMissing is needed for rules to disappear, with the version: a model
	// that read a part of the rules, or sends none, would else delete the others.
	DeleteMissing bool `json:"delete_missing,omitzero" doc:"Delete rules not sent; needs expected_version"`
}

// Risk says that the rules that are there go.
func (in updateRouterInput) Risk() string {
	return "it replaces all rules of a router, by which events find their services"
}

// shownRule is what the schema says of a rule; rules may have more.
type shownRule struct {
	ID         string `json:"id,omitzero" doc:"Not of a new rule"`
	Label      string `json:"label,omitzero"`
	Conditions []struct {
		Expression string `json:"expression"`
	} `json:"conditions,omitzero"`
	Actions struct {
		RouteTo string `json:"route_to,omitzero" doc:"Service id"`
	} `json:"actions"`
	Disabled bool `json:"disabled,omitzero"`
}

// updated is the result of update_event_orchestration_router.
type updated struct {
	Version string `json:"version,omitzero"`
	Rules   int    `json:"rules"`
	difference
	CatchAll json.RawMessage       `json:"catch_all,omitempty"`
	Warnings []pdapi.RouterWarning `json:"warnings,omitempty"`
	Note     string                `json:"note"`
}

func updateRouter(ctx context.Context, call tool.Writing, in updateRouterInput) (updated, error) {
	there, err := call.PD.Router(ctx, string(in.ID))
	if err != nil {
		return updated{}, err
	}
	sent := make([]json.RawMessage, len(in.Rules))
	for i, r := range in.Rules {
		sent[i] = withoutNoID(json.RawMessage(r))
	}
	check := func(there pdapi.OrchestrationPath) error {
		if in.Version != "" && in.Version != there.Version() {
			return tool.Wrong("expected_version: the router has version %s, of %s, not %s: somebody changed it; get it anew and start from that",
				wording.Quote(there.Version()), wording.Quote(there.UpdatedAt()), wording.Quote(in.Version))
		}
		rules, err := read(sent)
		if err != nil {
			return tool.Wrong("%v", err)
		}
		if err := checkRules(ctx, call.PD.Reader, sent, there.Rules(), string(in.CatchAll)); err != nil {
			return err
		}
		if problem := in.missing(rules, there); problem != "" {
			return tool.Wrong("%s", problem)
		}
		return nil
	}
	if sent, err = routeByName(ctx, call, sent); err != nil {
		return updated{}, err
	}
	sent = asPagerDutyWrote(sent, there.Rules())
	if problems := withoutCredential(sent); problems != nil {
		return updated{}, &tool.ArgumentError{Problems: problems}
	}
	if err := check(there); err != nil {
		return updated{}, err
	}
	var catchAll json.RawMessage
	if in.CatchAll != "" {
		if catchAll, err = json.Marshal(map[string]any{"actions": map[string]string{"route_to": string(in.CatchAll)}}); err != nil {
			return updated{}, fmt.Errorf("encoding catch_all: %w", err)
		}
	}
	change, err := call.PD.ReplaceRouter(ctx, string(in.ID), func(before pdapi.OrchestrationPath) (pdapi.OrchestrationPath, error) {
		if before.Version() != there.Version() { // somebody changed it since it was checked
			if err := check(before); err != nil {
				return before, err
			}
		}
		return before.WithRules(sent, catchAll)
	})
	if err != nil {
		return updated{}, unknown(err)
	}
	return updated{
		Version: change.After.Version(), Rules: len(change.After.Rules()), difference: compare(change.Before.Rules(), change.After.Rules()),
		CatchAll: change.After.CatchAll(), Warnings: change.Warnings, Note: strings.TrimSpace("All rules were replaced. " + lost(change)),
	}, nil
}

// withoutNoID is a rule without an id that is empty: new rules have none.
func withoutNoID(raw json.RawMessage) json.RawMessage {
	members, ok := parse(raw).(map[string]any)
	id, given := members["id"]
	if !ok || !given || id != nil && id != "" {
		return raw
	}
	delete(members, "id")
	data, err := json.Marshal(members)
	if err != nil {
		return raw
	}
	return data
}

// unknown says of a change to a router, of which nobody knows whether it was made,
// how to find out.
func unknown(err error) error {
	if pdapi.MaybeDone(err) {
		return &tool.UnknownOutcome{Check: "Look with get_event_orchestration_router before doing it again.", Err: err}
	}
	return err
}

// lost is a note on an answer that was lost.
func lost(change pdapi.RouterChange) string {
	if change.NotAsSent {
		return "PagerDuty shows other rules than were sent: somebody else changed them right afterwards, or PagerDuty did. Read them with get_event_orchestration_router."
	}
	if change.Reread {
		return "PagerDuty's answer was lost on the way, but the router has these rules."
	}
	return ""
}

// checkRules refuses what PagerDuty would, and routes to services that do not
// exist, before anything is sent.
func checkRules(ctx context.Context, pd pdapi.Reader, sent, there []json.RawMessage, catchAll string) error {
	rules, err := read(sent)
	if err != nil {
		return tool.Wrong("%v", err)
	}
	known, _ := read(there)
	var problems, ids []string
	var targets []target
	if catchAll != "" {
		targets = append(targets, target{catchAll, "catch_all_route_to"})
	}
	for i, r := range rules {
		at := fmt.Sprintf("rules[%d]", i)
		wrong := func(format string, args ...any) { problems = append(problems, at+fmt.Sprintf(format, args...)) }
		isThere := slices.ContainsFunc(known, func(k rule) bool { return k.ID == r.ID })
		switch {
		case r.ID != "" && !isThere:
			wrong(".id: the router has no rule %s; leave id out of a new rule", wording.Quote(r.ID))
		case r.ID != "" && slices.Contains(ids, r.ID):
			wrong(".id: rule %s is there twice", wording.Quote(r.ID))
		}
		ids = append(ids, r.ID)
		switch {
		case r.isDynamic() && i > 0:
			wrong(": dynamic_route_to is for the first rule only")
		case r.isDynamic() && (len(r.Conditions) > 0 || r.Actions.RouteTo != ""):
			wrong(": a rule with dynamic_route_to has neither conditions nor route_to")
		case r.isDynamic():
		case r.Actions.RouteTo == "":
			wrong(".actions.route_to: is required: the id of the service that gets the event")
		default:
			targets = append(targets, target{r.Actions.RouteTo, at + ".actions.route_to"})
		}
		if slices.ContainsFunc(there, func(was json.RawMessage) bool { return same(was, sent[i]) }) {
			continue // as PagerDuty has it
		}
		if members, _ := parse(sent[i]).(map[string]any); members["disabled"] != nil && members["disabled"] != true && members["disabled"] != false {
			wrong(".disabled: is neither true nor false")
		}
		for n, c := range r.Conditions {
			if c == nil {
				continue
			}
			if problem := checkCondition(c.Expression); problem != "" {
				wrong(".conditions[%d].expression: %s %s", n, wording.Quote(c.Expression), problem)
			}
		}
	}
	if problems == nil {
		problems, err = missingServices(ctx, pd, targets, known)
	}
	if err == nil && problems != nil {
		err = &tool.ArgumentError{Problems: problems}
	}
	return err
}

// target is a service that rules route to, and the argument that says so.
type target struct{ id, at string }

// missingServices asks PagerDuty for the services that rules route to and that
// no rule routed to before.
func missingServices(ctx context.Context, pd pdapi.Reader, targets []target, known []rule) ([]string, error) {
	var problems []string
	asked := map[string]bool{"unrouted": true}
	for _, t := range slices.Backward(targets) { // of those with one id the last is named
		if asked[t.id] || slices.ContainsFunc(known, func(k rule) bool { return k.Actions.RouteTo == t.id }) {
			continue
		}
		asked[t.id] = true
		_, err := pd.Service(ctx, t.id)
		switch {
		case errors.Is(err, pdapi.ErrNotFound), errors.Is(err, pdapi.ErrInvalidID):
			problems = append(problems, fmt.Sprintf("%s: there is no service %s; find its id with list_services", t.at, wording.Quote(t.id)))
		case err != nil:
			return nil, fmt.Errorf("looking for service %s: %w", wording.Quote(t.id), err)
		}
	}
	slices.Sort(problems)
	return problems, nil
}

type appendInput struct {
	orchestrationInput
	Conditions []string       `json:"conditions" min:"1" max:"50" doc:"Any of them, as event.summary matches part 'database' and event.severity matches 'critical'"`
	RouteTo    tool.ServiceID `json:"route_to" pages:"true"`
	Label      string         `json:"label,omitzero" max:"255"`
}

// appended is the result of append_event_orchestration_router_rule.
type appended struct {
	Version  string                `json:"version,omitzero"`
	Rule     json.RawMessage       `json:"rule"`
	Rules    int                   `json:"rules"`
	Warnings []pdapi.RouterWarning `json:"warnings,omitempty"`
	Note     string                `json:"note,omitzero"`
}

func (in appendInput) rule() (json.RawMessage, error) {
	type condition struct {
		Expression string `json:"expression"`
	}
	var made struct {
		Label      string            `json:"label,omitzero"`
		Conditions []condition       `json:"conditions"`
		Actions    map[string]string `json:"actions"`
	}
	var problems []string
	for i, c := range in.Conditions {
		if problem := checkCondition(c); problem != "" {
			problems = append(problems, fmt.Sprintf("conditions[%d]: %s %s", i, wording.Quote(c), problem))
		}
		made.Conditions = append(made.Conditions, condition{c})
	}
	if problems != nil {
		return nil, &tool.ArgumentError{Problems: problems}
	}
	made.Label, made.Actions = in.Label, map[string]string{"route_to": string(in.RouteTo)}
	return json.Marshal(made)
}

// among is which of a router's rules is the same as the one to be added, or -1. Behind
// it another one would never be reached.
func (in appendInput) among(known []rule) int {
	return slices.IndexFunc(known, func(k rule) bool {
		var conditions []string
		for _, c := range k.Conditions {
			if c != nil {
				conditions = append(conditions, c.Expression)
			}
		}
		return !bool(k.Disabled) && k.Label == in.Label && k.Actions.RouteTo == string(in.RouteTo) && slices.Equal(conditions, in.Conditions)
	})
}

func appendRule(ctx context.Context, call tool.Writing, in appendInput) (appended, error) {
	made, err := in.rule()
	if err != nil {
		return appended{}, err
	}
	there, err := call.PD.Router(ctx, string(in.ID))
	if err != nil {
		return appended{}, err
	}
	known, err := read(there.Rules())
	if err != nil {
		return appended{}, fmt.Errorf("reading the router: %w", err)
	}
	problems, err := missingServices(ctx, call.PD.Reader, []target{{string(in.RouteTo), "route_to"}}, known)
	if err != nil {
		return appended{}, err
	}
	if problems != nil {
		return appended{}, &tool.ArgumentError{Problems: problems}
	}
	if n := in.among(known); n >= 0 {
		return appended{
			Version: there.Version(), Rules: len(known), Rule: there.Rules()[n],
			Note: fmt.Sprintf("Nothing was added: rule %d of the router is the same.", n+1),
		}, nil
	}
	added, change, err := call.PD.AppendRouterRule(ctx, string(in.ID), made)
	if err != nil {
		return appended{}, unknown(err)
	}
	return appended{
		Version: change.After.Version(), Rules: len(change.After.Rules()), Rule: added, Warnings: change.Warnings, Note: lost(change),
	}, nil
}
