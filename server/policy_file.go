package server

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// ParsePolicy reads a policy file, which is YAML (JSON is YAML, too). Sets are all the
// tools there are: a rule for a tool that there isn't would protect nothing. The error
// names each mistake with its line.
//
//	allow:
//	  - tools: [add_note_to_incident]
//	  - tools: [manage_incidents]
//	    actions: [acknowledge]
//	deny:
//	  - name: hands off payments
//	    services: [Payments API]
//	writes_per_hour: 20
func ParsePolicy(data []byte, sets []tool.Set) (*Policy, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("it is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	r := policyReader{policy: &Policy{}, tools: map[string]tool.Tool{}}
	for _, set := range sets {
		for _, t := range set.Tools {
			r.tools[t.Name()] = t
		}
	}
	if len(document.Content) == 0 {
		return nil, errors.New("it is empty; give allow, deny or writes_per_hour")
	}
	r.file(document.Content[0])
	if len(r.problems) > 0 {
		return nil, errors.New(strings.Join(r.problems, "\n"))
	}
	return r.policy, nil
}

// policyReader reads a policy and collects what is wrong with it.
type policyReader struct {
	policy   *Policy
	tools    map[string]tool.Tool
	problems []string
}

func (r *policyReader) wrong(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf("line %d: ", n.Line)+fmt.Sprintf(format, args...))
}

// members goes through a mapping. A key that is there twice is a mistake.
func (r *policyReader) members(n *yaml.Node, what string, known []string, each func(key string, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "%s is to be a mapping with %s", what, strings.Join(known, ", "))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case !slices.Contains(known, key.Value):
			r.wrong(key, "%s has no %s; known: %s", what, wording.Quote(key.Value), strings.Join(known, ", "))
		case seen[key.Value]:
			r.wrong(key, "%s is there twice", key.Value)
		default:
			seen[key.Value] = true
			each(key.Value, value)
		}
	}
}

func (r *policyReader) file(n *yaml.Node) {
	r.members(n, "a policy", []string{"allow", "deny", "writes_per_hour"}, func(key string, value *yaml.Node) {
		switch key {
		case "allow":
			r.policy.Allow = r.rules(value, key)
		case "deny":
			r.policy.Deny = r.rules(value, key)
		case "writes_per_hour":
			count, err := strconv.Atoi(value.Value)
			if err != nil || count < 1 || value.Kind != yaml.ScalarNode {
				r.wrong(value, "writes_per_hour is to be a number, 1 or more; leave it out for no bound")
			}
			r.policy.WritesPerHour = count
		}
	})
}

func (r *policyReader) rules(n *yaml.Node, key string) []Rule {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		r.wrong(n, "%s is to be a list of rules, at least one; leave it out to %s nothing by it", key, key)
		return nil
	}
	var rules []Rule
	for _, item := range n.Content {
		rules = append(rules, r.rule(item))
	}
	return rules
}

func (r *policyReader) rule(n *yaml.Node) Rule {
	rule := Rule{Name: fmt.Sprintf("line %d", n.Line)}
	before := len(r.problems)
	r.members(n, "a rule", []string{"name", "tools", "actions", "services", "teams", "urgencies"}, func(key string, value *yaml.Node) {
		if key == "name" {
			rule.Name = value.Value
			return
		}
		list := r.texts(value, key)
		switch key {
		case "tools":
			rule.Tools = list
		case "actions":
			rule.Actions = list
		case "services":
			rule.Services = list
		case "teams":
			rule.Teams = list
		case "urgencies":
			rule.Urgencies = list
		}
	})
	switch {
	case len(r.problems) > before:
	case len(rule.Tools)+len(rule.Actions) == 0 && !rule.conditional():
		r.wrong(n, "the rule says nothing: give tools, actions, services, teams or urgencies")
	default:
		r.check(n, rule)
	}
	return rule
}

// texts is one text, or a list of them.
func (r *policyReader) texts(n *yaml.Node, key string) []string {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	var texts []string
	for _, item := range items {
		if item.Kind != yaml.ScalarNode || strings.TrimSpace(item.Value) == "" || item.Tag == "!!null" {
			r.wrong(item, "%s is to be a text or a list of texts, none of them empty", key)
			continue
		}
		texts = append(texts, item.Value)
	}
	if len(items) == 0 {
		r.wrong(n, "%s is an empty list; leave it out to mean all", key)
	}
	return texts
}

// check refuses a rule that can cover nothing.
func (r *policyReader) check(n *yaml.Node, rule Rule) {
	var names, actions []string
	for name, t := range r.tools {
		names = append(names, name)
		if rule.coversTool(t) {
			actions = append(actions, t.Actions()...)
		}
	}
	for _, pattern := range rule.Tools {
		if _, err := path.Match(pattern, ""); err != nil {
			r.wrong(n, "tools: %s is not a pattern; use * for any letters", wording.Quote(pattern))
			return
		}
		if !slices.ContainsFunc(names, func(name string) bool { ok, _ := path.Match(pattern, name); return ok }) {
			hint := ""
			if near := wording.Nearest(pattern, names); near != "" {
				hint = "; did you mean " + near + "?"
			}
			r.wrong(n, "tools: there is no tool %s%s", wording.Quote(pattern), hint)
		}
	}
	slices.Sort(actions)
	for _, action := range rule.Actions {
		if !slices.Contains(actions, action) {
			r.wrong(n, "actions: %s is not what a tool of the rule does; use %s", wording.Quote(action), wording.OrList(append(slices.Compact(slices.Clone(actions)), "none")))
		}
	}
	for _, urgency := range rule.Urgencies {
		if urgency != "high" && urgency != "low" {
			r.wrong(n, "urgencies: %s is neither high nor low", wording.Quote(urgency))
		}
	}
}

// allowWords are short words for what people allow most.
var allowWords = map[string]Rule{
	"ack":      {Tools: []string{"manage_incidents"}, Actions: []string{"acknowledge"}},
	"resolve":  {Tools: []string{"manage_incidents"}, Actions: []string{"resolve"}},
	"reassign": {Tools: []string{"manage_incidents"}, Actions: []string{"reassign", "escalate"}},
	"note":     {Tools: []string{"add_note_to_incident"}},
	"page":     {Tools: []string{"create_incident", "add_responders"}},
	"override": {Tools: []string{"create_schedule_override"}},
}

// AllowOnly is the policy that allows the changes that words name: ack, resolve, reassign,
// note, page, override, the name of a tool, or a tool with one of its actions, as
// manage_incidents:acknowledge.
func AllowOnly(words []string, sets []tool.Set) (*Policy, error) {
	p := &Policy{}
	r := policyReader{policy: p, tools: map[string]tool.Tool{}}
	for _, set := range sets {
		for _, t := range set.Tools {
			r.tools[t.Name()] = t
		}
	}
	for _, word := range words {
		word = strings.TrimSpace(word)
		rule, ok := allowWords[word]
		name, action, hasAction := strings.Cut(word, ":")
		switch t, isTool := r.tools[name]; {
		case ok:
		case !isTool || hasAction && !slices.Contains(t.Actions(), action):
			var short, names []string
			for w := range allowWords {
				short = append(short, w)
			}
			for n := range r.tools {
				names = append(names, n)
			}
			slices.Sort(short)
			hint := ""
			if near := wording.Nearest(name, names); near != "" && !isTool {
				hint = "; did you mean " + near + "?"
			} else if isTool && len(t.Actions()) > 0 {
				hint = "; " + name + " does " + strings.Join(t.Actions(), ", ")
			}
			return nil, fmt.Errorf("%s is neither one of %s nor a tool, or a tool with an action as manage_incidents:acknowledge%s", wording.Quote(word), strings.Join(short, ", "), hint)
		case hasAction:
			rule = Rule{Tools: []string{name}, Actions: []string{action}}
		default:
			rule = Rule{Tools: []string{name}}
		}
		rule.Name = word
		p.Allow = append(p.Allow, rule)
	}
	return p, nil
}
