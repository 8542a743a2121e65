package server

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

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
	document, err := parseYAML(data)
	if err != nil {
		return nil, err
	}
	r := policyReader{policy: &Policy{}, tools: map[string]tool.Tool{}}
	for _, set := range sets {
		for _, t := range set.Tools {
			for _, name := range namesOf(t) {
				r.tools[name] = t
			}
		}
	}
	r.file(document)
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

func (r *policyReader) wrong(n yamlNode, format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf("line %d: ", n.line)+fmt.Sprintf(format, args...))
}

// members goes through a mapping. A key that is there twice is a mistake.
func (r *policyReader) members(n yamlNode, what string, known []string, each func(key string, value yamlNode)) {
	if n.form != yamlMapping {
		r.wrong(n, "%s is to be a mapping with %s", what, strings.Join(known, ", "))
		return
	}
	seen := map[string]bool{}
	for i, key := range n.keys {
		value := n.items[i]
		switch {
		case !slices.Contains(known, key.text):
			r.wrong(key, "%s has no %s; known: %s", what, wording.Quote(key.text), strings.Join(known, ", "))
		case seen[key.text]:
			r.wrong(key, "%s is there twice", key.text)
		default:
			seen[key.text] = true
			each(key.text, value)
		}
	}
}

func (r *policyReader) file(n yamlNode) {
	r.members(n, "a policy", []string{"allow", "deny", "writes_per_hour"}, func(key string, value yamlNode) {
		switch key {
		case "allow":
			r.policy.Allow = r.rules(value, key)
		case "deny":
			r.policy.Deny = r.rules(value, key)
		case "writes_per_hour":
			count, err := strconv.Atoi(value.text)
			if err != nil || count < 1 || value.form != yamlText {
				r.wrong(value, "writes_per_hour is to be a number, 1 or more; leave it out for no bound")
			}
			r.policy.WritesPerHour = count
		}
	})
}

func (r *policyReader) rules(n yamlNode, key string) []Rule {
	if n.form != yamlList || len(n.items) == 0 {
		r.wrong(n, "%s is to be a list of rules, at least one; leave it out to %s nothing by it", key, key)
		return nil
	}
	var rules []Rule
	for _, item := range n.items {
		rules = append(rules, r.rule(item))
	}
	return rules
}

func (r *policyReader) rule(n yamlNode) Rule {
	rule := Rule{Name: fmt.Sprintf("line %d", n.line)}
	before := len(r.problems)
	r.members(n, "a rule", []string{"name", "tools", "actions", "services", "teams", "urgencies"}, func(key string, value yamlNode) {
		if key == "name" {
			if value.form != yamlText || strings.TrimSpace(value.text) == "" {
				r.wrong(value, "name is to be a text that is not empty")
			}
			rule.Name = value.text
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
func (r *policyReader) texts(n yamlNode, key string) []string {
	items := []yamlNode{n}
	if n.form == yamlList {
		items = n.items
	}
	var texts []string
	for _, item := range items {
		if item.form != yamlText || strings.TrimSpace(item.text) == "" {
			r.wrong(item, "%s is to be a text or a list of texts, none of them empty", key)
			continue
		}
		texts = append(texts, item.text)
	}
	if len(items) == 0 {
		r.wrong(n, "%s is an empty list; leave it out to mean all", key)
	}
	return texts
}

// check refuses a rule that can cover nothing.
func (r *policyReader) check(n yamlNode, rule Rule) {
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
	if names := r.onlyRead(rule); rule.conditional() && names != "" {
		r.wrong(n, "tools: %s only reads, and services, teams and urgencies are those of changes; give the tool a rule without them", names)
	}
	for _, urgency := range rule.Urgencies {
		if urgency != "high" && urgency != "low" {
			r.wrong(n, "urgencies: %s is neither high nor low", wording.Quote(urgency))
		}
	}
}

// onlyRead is the first of a rule's tools that changes nothing, or the first pattern of such
// tools alone; "" if there is none.
func (r *policyReader) onlyRead(rule Rule) string {
	for _, pattern := range rule.Tools {
		matched, changes := false, false
		for name, t := range r.tools {
			if ok, _ := path.Match(pattern, name); ok {
				matched, changes = true, changes || !t.Access().ReadOnly()
			}
		}
		if matched && !changes {
			return wording.Quote(pattern)
		}
	}
	return ""
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

// AllowWords are the short words that [AllowOnly] takes, in alphabetical order.
func AllowWords() []string { return slices.Sorted(maps.Keys(allowWords)) }

// AllowOnly is the policy that allows the changes that words name: ack, resolve, reassign,
// note, page, override, the name of a tool, or a tool with one of its actions, as
// manage_incidents:acknowledge.
func AllowOnly(words []string, sets []tool.Set) (*Policy, error) {
	p := &Policy{}
	r := policyReader{policy: p, tools: map[string]tool.Tool{}}
	for _, set := range sets {
		for _, t := range set.Tools {
			for _, name := range namesOf(t) {
				r.tools[name] = t
			}
		}
	}
	for _, word := range words {
		word = strings.TrimSpace(word)
		rule, ok := allowWords[word]
		name, action, hasAction := strings.Cut(word, ":")
		switch t, isTool := r.tools[name]; {
		case ok:
		case !isTool || hasAction && !slices.Contains(t.Actions(), action):
			var names []string
			for n := range r.tools {
				names = append(names, n)
			}
			hint := ""
			if near := wording.Nearest(name, names); near != "" && !isTool {
				hint = "; did you mean " + near + "?"
			} else if isTool && len(t.Actions()) > 0 {
				hint = "; " + name + " does " + strings.Join(t.Actions(), ", ")
			}
			return nil, fmt.Errorf("%s is neither one of %s nor a tool, or a tool with an action as manage_incidents:acknowledge%s", wording.Quote(word), strings.Join(AllowWords(), ", "), hint)
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
