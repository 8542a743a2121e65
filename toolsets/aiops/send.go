package aiops

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// asPagerDutyWrote puts the texts that PagerDuty has into rules that were read, and
// are sent back: what a model reads is cleaned of what nobody sees and has no
// credentials, and a condition without its invisible characters would not match any
// more. A rule that was sent back as it was read goes out in PagerDuty's own bytes.
func asPagerDutyWrote(sent, there []json.RawMessage) []json.RawMessage {
	written := map[string]string{} // texts as PagerDuty has them, by how they are read
	byID := map[string]json.RawMessage{}
	known, _ := read(there)
	for i, raw := range there {
		collectTexts(parse(asRead(raw)), parse(raw), written)
		if i < len(known) && known[i].ID != "" {
			byID[known[i].ID] = raw
		}
	}
	rules, err := read(sent)
	if err != nil {
		return sent // to be refused
	}
	out := slices.Clone(sent)
	for i, raw := range sent {
		was, ok := byID[rules[i].ID]
		if ok && same(wording.CleanJSON(asRead(was)), wording.CleanJSON(asRead(raw))) {
			out[i] = was
			continue
		}
		if len(written) == 0 {
			continue
		}
		var shown, own any
		if ok {
			shown, own = parse(asRead(was)), parse(was)
		}
		if data, err := json.Marshal(restoreTexts(parse(raw), shown, own, written)); err == nil {
			out[i] = data
		}
	}
	return out
}

// asRead is a rule without credentials, as tools show it, but for what is cleaned.
func asRead(raw json.RawMessage) json.RawMessage {
	shown, _ := wording.RedactJSON(raw)
	return shown
}

// collectTexts notes the texts in a value that are read otherwise than they are. Of
// two that are read alike none is noted.
func collectTexts(shown, value any, written map[string]string) {
	switch value := value.(type) {
	case string:
		read, _ := shown.(string)
		if read = wording.Clean(read); read != value {
			if was, ok := written[read]; ok && was != value {
				value = read
			}
			written[read] = value
		}
	case []any:
		shown, _ := shown.([]any)
		for i, item := range value {
			if i < len(shown) {
				collectTexts(shown[i], item, written)
			}
		}
	case map[string]any:
		shown, _ := shown.(map[string]any)
		for name, member := range value {
			collectTexts(shown[name], member, written)
		}
	}
}

// restoreTexts puts PagerDuty's texts into a value that was sent: the one that stands
// at the same place of the rule as it was shown, or the only one that is read so.
func restoreTexts(value, shown, own any, written map[string]string) any {
	switch value := value.(type) {
	case string:
		read, wasText := shown.(string)
		if own, ok := own.(string); ok && wasText && value == wording.Clean(read) {
			return own
		}
		if was, ok := written[value]; ok {
			return was
		}
	case []any:
		shown, _ := shown.([]any)
		own, _ := own.([]any)
		for i, item := range value {
			if i < len(shown) && i < len(own) {
				value[i] = restoreTexts(item, shown[i], own[i], written)
			} else {
				value[i] = restoreTexts(item, nil, nil, written)
			}
		}
	case map[string]any:
		shown, _ := shown.(map[string]any)
		own, _ := own.(map[string]any)
		for name, member := range value {
			value[name] = restoreTexts(member, shown[name], own[name], written)
		}
	}
	return value
}

// withoutCredential names the rules that have, in the place of a credential, what is
// shown for it.
func withoutCredential(sent []json.RawMessage) []string {
	var problems []string
	for i, raw := range sent {
		if data, err := json.Marshal(parse(raw)); err != nil || bytes.Contains(data, []byte(wording.Redacted)) {
			problems = append(problems, fmt.Sprintf("rules[%d]: has %s, which stands for a credential that was not shown, and which one is not clear; send the rule as it was read, with its id, or write the credential", i, wording.Redacted))
		}
	}
	return problems
}

// maxListed is how many rules an error names.
const maxListed = 10

// missing is what is wrong with leaving out rules that are there, "" if none is left
// out or the caller says that they are to go.
func (in updateRouterInput) missing(sent []rule, there pdapi.OrchestrationPath) string {
	known, _ := read(there.Rules())
	var gone []string
	for _, k := range known {
		if !slices.ContainsFunc(sent, func(s rule) bool { return s.ID == k.ID }) {
			gone = append(gone, wording.Quote(k.Label)+" ("+k.ID+")")
		}
	}
	switch {
	case len(gone) == 0:
		return ""
	case in.DeleteMissing && in.Version != "":
		return ""
	}
	named := strings.Join(gone[:min(len(gone), maxListed)], ", ")
	if more := len(gone) - maxListed; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	how := "send them too, or, to delete them, give delete_missing true and the expected_version they were read at"
	if in.DeleteMissing {
		how = "to delete them give the expected_version they were read at as well"
	}
	return fmt.Sprintf("rules: %d of the router's %d rules are not among those sent and would be deleted: %s; %s (the router's version now is %s)",
		len(gone), len(known), named, how, wording.Quote(there.Version()))
}

// routeByName puts the ids of services into rules that route to them by name. A name
// that no service has, or several, is left for [checkRules] to refuse.
func routeByName(ctx context.Context, call tool.Writing, sent []json.RawMessage) ([]json.RawMessage, error) {
	rules, err := read(sent)
	if err != nil {
		return sent, nil //nolint:nilerr // checkRules says what is wrong with them
	}
	out := slices.Clone(sent)
	found, told := map[string]string{}, map[string]bool{}
	for i, r := range rules {
		name := strings.TrimSpace(r.Actions.RouteTo)
		if name == "" || name == "unrouted" || pdapi.IsID(name) && kind.LooksLikeID(name) {
			continue
		}
		if _, asked := found[name]; !asked {
			if found[name], err = serviceNamed(ctx, call.PD.Reader, name); err != nil {
				return nil, fmt.Errorf("looking for the service %s, which rules[%d] routes to: %w", wording.Quote(name), i, err)
			}
		}
		if found[name] == "" {
			continue
		}
		if !told[name] {
			told[name] = true
			call.Note("Rules that route to %s route to the service %s.", wording.Quote(name), found[name])
		}
		whole, _ := parse(sent[i]).(map[string]any)
		actions, ok := whole["actions"].(map[string]any)
		if !ok {
			continue
		}
		actions["route_to"] = found[name]
		if out[i], err = json.Marshal(whole); err != nil {
			return nil, fmt.Errorf("encoding rules[%d]: %w", i, err)
		}
	}
	return out, nil
}

// serviceNamed is the id of the one service that has a name, "" if none or several
// have.
func serviceNamed(ctx context.Context, pd pdapi.Reader, name string) (string, error) {
	id := ""
	for page, err := range pd.Services(ctx, pdapi.ServiceFilter{Query: name}, pdapi.Window{Limit: pdapi.MaxDepth}) {
		if err != nil {
			return "", err
		}
		if page.Capped {
			return "", nil
		}
		for _, s := range page.Items {
			switch {
			case !wording.SameName(s.Name, name):
			case id != "":
				return "", nil
			default:
				id = s.ID
			}
		}
	}
	return id, nil
}

// same reports whether two JSON texts mean the same.
func same(a, b json.RawMessage) bool { return reflect.DeepEqual(parse(a), parse(b)) }
