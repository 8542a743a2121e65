package server

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Policy says which tools may be called, and with what. Denying wins.
type Policy struct {
	// Allow are the only changes that are allowed; all are if there is none. Reads are
	// allowed unless they are denied.
	Allow []Rule
	// Deny are calls that are not allowed, whatever Allow says.
	Deny []Rule
	// WritesPerHour bounds the changes in any hour; 0 for no bound.
	WritesPerHour int
}

// Rule covers calls. What it leaves empty it doesn't look at.
type Rule struct {
	// Name is what an error calls the rule: what it was given in its file, or its line.
	Name string
	// Tools are names of tools, with * for any letters.
	Tools []string
	// Actions are things that a tool of several does: acknowledge, resolve, reassign.
	Actions []string
	// Services and Teams, by name or id, and Urgencies are those of what is changed.
	Services, Teams, Urgencies []string
}

// conditional reports whether the rule depends on more than the tool and what it does.
func (r Rule) conditional() bool { return len(r.Services)+len(r.Teams)+len(r.Urgencies) > 0 }

func (r Rule) coversTool(t tool.Tool) bool {
	return len(r.Tools) == 0 || slices.ContainsFunc(r.Tools, func(pattern string) bool {
		return slices.ContainsFunc(namesOf(t), func(name string) bool { ok, _ := path.Match(pattern, name); return ok })
	})
}

// namesOf are all names that a tool can be called by.
func namesOf(t tool.Tool) []string {
	names := []string{t.Name()}
	for _, alias := range t.Aliases() {
		names = append(names, alias.Name)
	}
	return names
}

// PolicyError is a call that the policy does not allow.
type PolicyError struct {
	Tool string
	Rule string // the name of the rule that denies; "" if none allows
	What string // of the call, that is not allowed
	// Allow are the names of the rules that allow something, where none allows this.
	Allow []string
}

const maxNamedRules = 10

func (e *PolicyError) Error() string {
	why := "the rule " + wording.Quote(e.Rule) + " of this server's policy denies it"
	if e.Rule == "" {
		var names []string
		for _, name := range e.Allow[:min(len(e.Allow), maxNamedRules)] {
			names = append(names, wording.Quote(name))
		}
		why = "no rule of this server's policy allows it, of " + strings.Join(names, ", ")
		if more := len(e.Allow) - len(names); more > 0 {
			why += fmt.Sprintf(" and %d more", more)
		}
	}
	return fmt.Sprintf("nothing was done: %s %sis not allowed: %s. Whoever runs the server can change the policy; don't look for a way round it", e.Tool, e.What, why)
}

// admits reports whether a tool may be called at all, and returns it with a schema of what
// it may be called with.
func (p *Policy) admits(t tool.Tool) (tool.Tool, bool) {
	if p == nil {
		return t, true
	}
	actions := t.Actions()
	if len(actions) == 0 {
		return t, p.mayDo(t, "")
	}
	allowed := func(action string) bool { return p.mayDo(t, action) }
	denied := func(action string) bool { return !allowed(action) }
	if !slices.ContainsFunc(actions, allowed) || slices.ContainsFunc(t.Always(), denied) {
		return t, false
	}
	return t.Narrowed(allowed), true
}

// mayDo reports whether there can be a call of a tool that does this and is allowed.
func (p *Policy) mayDo(t tool.Tool, action string) bool {
	does := func(r Rule) bool {
		return r.coversTool(t) && (len(r.Actions) == 0 || slices.Contains(r.Actions, action))
	}
	if slices.ContainsFunc(p.Deny, func(r Rule) bool { return does(r) && !r.conditional() && (!t.Access().ReadOnly() || len(r.Tools) > 0) }) {
		return false
	}
	return t.Access().ReadOnly() || len(p.Allow) == 0 || slices.ContainsFunc(p.Allow, does)
}

// scope is what a call changes: what the conditions of rules look at.
type scope struct {
	services, teams []tool.Named
	urgencies       []string
}

// maxScoped is of how many incidents a call may be whose services a policy looks at.
const maxScoped = 25

// check refuses a call that the policy does not allow.
func (p *Policy) check(ctx context.Context, pd pdapi.Reader, call *tool.Prepared) error {
	t := call.Tool()
	if p == nil || t.Access().ReadOnly() {
		return nil
	}
	actions := call.Actions()
	looks := func(r Rule) bool { return r.conditional() && r.coversTool(t) }
	var of scope
	if slices.ContainsFunc(p.Allow, looks) || slices.ContainsFunc(p.Deny, looks) {
		var err error
		if of, err = scopeOf(ctx, pd, call); err != nil {
			return err
		}
	}
	for _, r := range p.Deny {
		if what, ok := r.touches(t, actions, of); ok {
			return &PolicyError{Tool: t.Name(), Rule: r.Name, What: what}
		}
	}
	if len(p.Allow) == 0 {
		return nil
	}
	// Each action needs a rule of its own, so that two may allow what neither does alone.
	if len(actions) == 0 {
		actions = []string{""}
	}
	for _, action := range actions {
		if !slices.ContainsFunc(p.Allow, func(r Rule) bool { return r.holds(t, action, of) }) {
			what := ""
			if action != "" {
				what = "to " + strings.ReplaceAll(action, "_", " ") + " "
			}
			return p.allowsNot(t, what)
		}
	}
	return nil
}

// allowsNot is the error of a call that no rule allows.
func (p *Policy) allowsNot(t tool.Tool, what string) error {
	e := &PolicyError{Tool: t.Name(), What: what}
	for _, r := range p.Allow {
		e.Allow = append(e.Allow, r.Name)
	}
	return e
}

// leftOut says why a tool is not served.
func (p *Policy) leftOut(t tool.Tool) error {
	for _, r := range p.Deny {
		if _, ok := r.touches(t, t.Actions(), scope{}); ok {
			return &PolicyError{Tool: t.Name(), Rule: r.Name}
		}
	}
	return p.allowsNot(t, "")
}

// touches reports whether a rule that denies covers any of what a call does, and which.
func (r Rule) touches(t tool.Tool, actions []string, of scope) (what string, ok bool) {
	if !r.coversTool(t) {
		return "", false
	}
	if len(r.Actions) > 0 {
		i := slices.IndexFunc(actions, func(a string) bool { return slices.Contains(r.Actions, a) })
		if i < 0 {
			return "", false
		}
		what = "to " + strings.ReplaceAll(actions[i], "_", " ") + " "
	}
	for _, c := range r.conditions(of) {
		if len(c.wanted) == 0 {
			continue
		}
		i := slices.IndexFunc(c.has, func(has tool.Named) bool { return slices.ContainsFunc(c.wanted, means(has)) })
		if i < 0 {
			return "", false
		}
		what += fmt.Sprintf("for %s %s ", c.word, wording.Quote(cmpName(c.has[i])))
	}
	return what, true
}

// holds reports whether a rule that allows covers an action and all that it is done to.
func (r Rule) holds(t tool.Tool, action string, of scope) bool {
	if !r.coversTool(t) || len(r.Actions) > 0 && !slices.Contains(r.Actions, action) {
		return false
	}
	for _, c := range r.conditions(of) {
		if len(c.wanted) == 0 {
			continue
		}
		if len(c.has) == 0 || slices.ContainsFunc(c.has, func(has tool.Named) bool { return !slices.ContainsFunc(c.wanted, means(has)) }) {
			return false
		}
	}
	return true
}

// condition is what a rule wants of one part of what a call changes.
type condition struct {
	word   string
	wanted []string
	has    []tool.Named
}

func (r Rule) conditions(of scope) []condition {
	var urgencies []tool.Named
	for _, u := range of.urgencies {
		urgencies = append(urgencies, tool.Named{ID: u})
	}
	return []condition{{"service", r.Services, of.services}, {"team", r.Teams, of.teams}, {"urgency", r.Urgencies, urgencies}}
}

// means reports whether a name or id in a policy means an object.
func means(has tool.Named) func(wanted string) bool {
	return func(wanted string) bool {
		return wanted == has.ID || has.Name != "" && wording.SameName(wanted, has.Name)
	}
}

func cmpName(n tool.Named) string {
	if n.Name != "" {
		return n.Name
	}
	return n.ID
}

// scopeOf finds out what a call changes, as far as conditions of rules look at it.
func scopeOf(ctx context.Context, pd pdapi.Reader, call *tool.Prepared) (scope, error) {
	var of scope
	var incidents, services []string
	for _, o := range call.Objects() {
		switch o.Kind {
		case "incident":
			incidents = append(incidents, o.ID)
		case "service":
			services = append(services, o.ID)
		case "team":
			of.teams = append(of.teams, o)
		}
	}
	if u := call.Text("urgency"); u != "" {
		of.urgencies = append(of.urgencies, u)
	}
	if len(incidents) > maxScoped {
		return of, fmt.Errorf("nothing was done: this server's policy looks at each incident's service, so that a call may change at most %d incidents; give fewer", maxScoped)
	}
	found, err := tool.SideBySide(ctx, 4, incidents, func(ctx context.Context, id string) (pdapi.Incident, error) { return pd.Incident(ctx, id) })
	if err != nil {
		return of, fmt.Errorf("looking at the incidents for this server's policy: %w", err)
	}
	for _, i := range found {
		if i.Service != nil {
			of.services = append(of.services, named("service", *i.Service))
		}
		for _, t := range i.Teams {
			of.teams = append(of.teams, named("team", t))
		}
		of.urgencies = append(of.urgencies, i.Urgency)
	}
	asked, err := tool.SideBySide(ctx, 4, services, pd.Service)
	if err != nil {
		return of, fmt.Errorf("looking at the services for this server's policy: %w", err)
	}
	serviceDecides := len(of.urgencies) == 0
	for _, s := range asked {
		if serviceDecides {
			of.urgencies = append(of.urgencies, urgenciesOf(s.UrgencyRule)...)
		}
		of.services = append(of.services, tool.Named{Kind: "service", ID: s.ID, Name: s.Name})
		for _, t := range s.Teams {
			of.teams = append(of.teams, named("team", t))
		}
	}
	return of, nil
}

// urgenciesOf are the urgencies that a service's incidents may have.
func urgenciesOf(rule *pdapi.UrgencyRule) []string {
	switch {
	case rule != nil && rule.Urgency != "" && rule.Urgency != "severity_based":
		return []string{rule.Urgency}
	case rule != nil && rule.During != nil && rule.Outside != nil:
		return append(urgenciesOf(rule.During), urgenciesOf(rule.Outside)...)
	}
	return []string{"high", "low"}
}

func named(kind string, r pdapi.Reference) tool.Named {
	return tool.Named{Kind: kind, ID: r.ID, Name: r.Summary}
}
