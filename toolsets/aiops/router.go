package aiops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var routerTools = []tool.Tool{
	tool.Update("update_event_orchestration_router", "Update event orchestration router",
		"Replaces ALL rules of a router: those not sent are deleted. Answers what was added, removed, changed and moved. To add one rule use append_event_orchestration_router_rule.", updateRouter),
	tool.Create("append_event_orchestration_router_rule", "Append event orchestration router rule",
		"Adds a rule at the end of a router, and leaves all else as it is.", appendRule),
}

type updateRouterInput struct {
	orchestrationInput
	Rules    []tool.Object  `json:"rules" doc:"In order, as get_event_orchestration_router shows them: id (of a rule that is there), label, conditions [{expression}], actions {route_to: service id}"`
	CatchAll tool.ServiceID `json:"catch_all_route_to,omitzero" also:"unrouted" doc:"A service, or unrouted; left as it is by default"`
	Version  string         `json:"expected_version,omitzero" doc:"Refuse if the router has another"`
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
	before, err := call.PD.Router(ctx, string(in.ID))
	if err != nil {
		return updated{}, err
	}
	if in.Version != "" && in.Version != before.Version() {
		return updated{}, tool.Wrong("expected_version: the router has version %q, of %s, not %q: somebody changed it; get it anew and start from that",
			before.Version(), before.UpdatedAt(), in.Version)
	}
	sent := make([]json.RawMessage, len(in.Rules))
	for i, r := range in.Rules {
		sent[i] = json.RawMessage(r)
	}
	if err := checkRules(ctx, call.PD.Reader, sent, before.Rules(), string(in.CatchAll)); err != nil {
		return updated{}, err
	}
	var catchAll json.RawMessage
	if in.CatchAll != "" {
		if catchAll, err = json.Marshal(map[string]any{"actions": map[string]string{"route_to": string(in.CatchAll)}}); err != nil {
			return updated{}, fmt.Errorf("encoding catch_all: %w", err)
		}
	}
	path, err := before.WithRules(sent, catchAll)
	if err != nil {
		return updated{}, err
	}
	after, warnings, note, err := put(ctx, call.PD, in.ID, path)
	if err != nil {
		return updated{}, err
	}
	return updated{
		Version: after.Version(), Rules: len(after.Rules()), difference: compare(before.Rules(), after.Rules()),
		CatchAll: after.CatchAll(), Warnings: warnings, Note: "All rules were replaced." + note,
	}, nil
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
	targets := map[string]string{}
	if catchAll != "" {
		targets[catchAll] = "catch_all_route_to"
	}
	for i, r := range rules {
		at := fmt.Sprintf("rules[%d]", i)
		wrong := func(format string, args ...any) { problems = append(problems, at+fmt.Sprintf(format, args...)) }
		isThere := slices.ContainsFunc(known, func(k rule) bool { return k.ID == r.ID })
		switch {
		case r.ID != "" && !isThere:
			wrong(".id: the router has no rule %q; leave id out of a new rule", r.ID)
		case r.ID != "" && slices.Contains(ids, r.ID):
			wrong(".id: rule %q is there twice", r.ID)
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
		case len(r.Conditions) == 0:
			wrong(".conditions: is empty; give [{\"expression\": \"event.summary matches part 'database'\"}]")
		default:
			targets[r.Actions.RouteTo] = at + ".actions.route_to"
		}
		for n, c := range r.Conditions {
			if problem := checkCondition(c.Expression); problem != "" {
				wrong(".conditions[%d].expression: %q %s", n, c.Expression, problem)
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

// missingServices asks PagerDuty for the services that rules route to and that
// no rule routed to before.
func missingServices(ctx context.Context, pd pdapi.Reader, targets map[string]string, known []rule) ([]string, error) {
	var problems []string
	for id, at := range targets {
		if id == "unrouted" || slices.ContainsFunc(known, func(k rule) bool { return k.Actions.RouteTo == id }) {
			continue
		}
		_, err := pd.Service(ctx, id)
		switch {
		case errors.Is(err, pdapi.ErrNotFound), errors.Is(err, pdapi.ErrInvalidID):
			problems = append(problems, fmt.Sprintf("%s: there is no service %q; find its id with list_services", at, id))
		case err != nil:
			return nil, fmt.Errorf("looking for service %s: %w", id, err)
		}
	}
	slices.Sort(problems)
	return problems, nil
}

// put replaces a router. If the answer is lost it looks whether it happened: what
// did is no failure.
func put(ctx context.Context, pd pdapi.Client, id tool.OrchestrationID, path pdapi.OrchestrationPath) (after pdapi.OrchestrationPath, warnings []pdapi.RouterWarning, note string, err error) {
	after, warnings, err = pd.PutRouter(ctx, string(id), path)
	if err == nil || !pdapi.MaybeDone(err) {
		return after, warnings, "", err
	}
	there, lookup := pd.Router(ctx, string(id))
	var transport *pdapi.TransportError
	switch {
	case lookup == nil && carriedOut(path.Rules(), there.Rules()):
		return there, nil, " PagerDuty's answer was lost on the way, but the router has these rules.", nil
	case lookup != nil && errors.As(err, &transport) && transport.Answered:
		return path, nil, " PagerDuty accepted the change, but its answer could not be read.", nil
	}
	return after, nil, "", &tool.UnknownOutcome{Check: "Look with get_event_orchestration_router before doing it again.", Err: err}
}

type appendInput struct {
	orchestrationInput
	Conditions []string       `json:"conditions" min:"1" max:"50" doc:"Any of them, as event.summary matches part 'database' and event.severity matches 'critical'"`
	RouteTo    tool.ServiceID `json:"route_to" doc:"Service id"`
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
			problems = append(problems, fmt.Sprintf("conditions[%d]: %q %s", i, c, problem))
		}
		made.Conditions = append(made.Conditions, condition{c})
	}
	if problems != nil {
		return nil, &tool.ArgumentError{Problems: problems}
	}
	made.Label, made.Actions = in.Label, map[string]string{"route_to": string(in.RouteTo)}
	return json.Marshal(made)
}

// appendRule reads the router, and reads it again before it writes: a version
// that has changed in between is somebody else's work, which a PUT would undo.
// Then it starts once more from the new version.
func appendRule(ctx context.Context, call tool.Writing, in appendInput) (appended, error) {
	made, err := in.rule()
	if err != nil {
		return appended{}, err
	}
	before, err := call.PD.Router(ctx, string(in.ID))
	if err != nil {
		return appended{}, err
	}
	known, err := read(before.Rules())
	if err != nil {
		return appended{}, fmt.Errorf("reading the router: %w", err)
	}
	problems, err := missingServices(ctx, call.PD.Reader, map[string]string{string(in.RouteTo): "route_to"}, known)
	if err != nil {
		return appended{}, err
	}
	if problems != nil {
		return appended{}, &tool.ArgumentError{Problems: problems}
	}
	const tries = 2
	for range tries {
		path, err := before.WithRules(append(slices.Clone(before.Rules()), made), nil)
		if err != nil {
			return appended{}, err
		}
		now, err := call.PD.Router(ctx, string(in.ID))
		if err != nil {
			return appended{}, err
		}
		if now.Version() != before.Version() {
			before = now
			continue
		}
		after, warnings, note, err := put(ctx, call.PD, in.ID, path)
		if errors.Is(err, pdapi.ErrConflict) {
			if before, err = call.PD.Router(ctx, string(in.ID)); err != nil {
				return appended{}, err
			}
			continue
		}
		if err != nil {
			return appended{}, err
		}
		result := appended{Version: after.Version(), Rules: len(after.Rules()), Rule: made, Warnings: warnings, Note: note}
		if n := len(after.Rules()); n > 0 {
			result.Rule = after.Rules()[n-1]
		}
		return result, nil
	}
	return appended{}, fmt.Errorf("somebody else is changing this router: it changed twice while the rule was being added, and nothing was written. Try again when they are done")
}
