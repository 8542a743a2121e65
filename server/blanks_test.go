package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// blanks are what clients and models write for nothing.
var blanks = []string{
	`""`, `null`, `[]`, `{}`, `" "`, `"null"`, `"\t\n"`, `"\u200b"`, `"\u2060\ufeff "`, `"\u00a0"`, `"\u3164"`, `"\u00ad"`, `"undefined"`, `"None"`, `"NULL"`, `" null "`, `"nil"`,
	`"[]"`, `"{}"`, `[null]`, `[""]`, `["null"]`, `[" "]`,
}

// oddBlanks have something in them, though no value: as good as left out, or refused.
var oddBlanks = []string{`[" ","undefined"]`, `[[]]`, `[{}]`, `{"id":null}`, `{"id":"","type":"x_reference"}`, `{"content":"null"}`, `{"name":"undefined"}`, `"\"null\""`}

// schema is what a schema says of arguments.
type schema struct {
	Type       string            `json:"type"`
	Required   []string          `json:"required"`
	Enum       []string          `json:"enum"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
}

// listening is an account that refuses every change: what was asked for is on record,
// and nothing comes of it.
type listening struct{ *rig.Rig }

func listen(t *testing.T) listening {
	t.Helper()
	r := rig.New(t)
	everyChange(r, sandbox.Fault{Status: http.StatusBadRequest, Body: `{"error":{"message":"not now"}}`})
	return listening{r}
}

// empty are members of rules that have nothing in them.
var empty = regexp.MustCompile(`,"(label|disabled|conditions)":(""|null|\[(null)?\])`)

// ownKeys are those that the program makes for incidents, another each time.
var ownKeys = regexp.MustCompile(`"pagerduty-mcp-\w+"`)

// asked calls a tool and returns which requests that brought; only those that change
// something, if it is a tool that does.
func (l listening) asked(t *testing.T, made tool.Tool, arguments any) (requests, text string) {
	t.Helper()
	l.ForgetRequests()
	text, _ = l.Call(t, made.Name(), arguments)
	all := l.Requests()
	if !made.Access().ReadOnly() {
		all = slices.DeleteFunc(all, func(r sandbox.Request) bool { return r.Method == http.MethodGet })
	}
	requests = strings.Join(rig.InOrder(all), "\n")
	for _, r := range all {
		requests += "\n" + ownKeys.ReplaceAllString(r.Body, "")
	}
	return requests, text
}

// TestBlanks puts blanks in the place of every argument of every example, and of
// everything in them. What is required is refused by name, and PagerDuty is asked for
// no change; what is not required is as good as left out.
func TestBlanks(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		var s schema
		if err := json.Unmarshal(made.Schema(), &s); err != nil {
			t.Fatal(err)
		}
		l := listen(t)
		seen := map[string]bool{} // arguments that a call before had
		for n, example := range examples[:min(len(examples), 2)] {
			var base map[string]any
			if err := json.Unmarshal(l.Fill(t, example), &base); err != nil {
				t.Fatal(err)
			}
			l.asked(t, made, base) // from now on it knows the names
			for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
				_, has := base[name]
				if n > 0 && (!has || seen[name]) {
					continue // as it was tried with the first
				}
				seen[name] = seen[name] || has
				l.try(t, made, name, name, s.Properties[name], slices.Contains(s.Required, name), base, func(value any) any {
					call := maps.Clone(base)
					if call[name] = value; value == any(gone{}) {
						delete(call, name)
					}
					return call
				})
			}
		}
	})
}

// try puts blanks in the place of one argument, or of one member of it.
func (l listening) try(t *testing.T, made tool.Tool, path, name string, s schema, required bool, object map[string]any, with func(any) any) {
	t.Helper()
	argument, _, _ := strings.Cut(path, ".")
	left, leftText := l.asked(t, made, with(gone{}))
	all := slices.Concat(blanks, oddBlanks)
	if made.Access().ReadOnly() {
		all = blanks[:6] // nothing comes of them
	}
	if rig.Race {
		all = all[:4]
	}
	for n, blank := range all {
		if name == "rules" && strings.Contains(blank, "[]") {
			continue // a router without rules is a router; see TestUpdateRouter
		}
		requests, text := l.asked(t, made, with(json.RawMessage(blank)))
		switch {
		case n >= len(blanks) && requests == "" && text != leftText:
		case strings.HasPrefix(path, "rules.") && (requests == "" && strings.Contains(text, "rules") || empty.ReplaceAllString(requests, "") == left):
			// Rules go out as PagerDuty writes them, also with what is empty in them.
		case !required && requests != left:
			t.Errorf("%s: %s asks for\n%s\nwithout it\n%s\n%s", path, blank, requests, left, text)
		case required && (!strings.Contains(text, argument) || !made.Access().ReadOnly() && requests != ""):
			t.Errorf("%s: %s is not refused: %s\n%s", path, blank, text, requests)
		}
	}
	// What is in it.
	inner, isObject := object[name].(map[string]any)
	list, isList := object[name].([]any)
	if isList && len(list) > 0 {
		inner, isObject = list[0].(map[string]any)
	}
	members := s.Properties
	if s.Items != nil {
		members = s.Items.Properties
		s.Required = s.Items.Required
	}
	if !isObject {
		return
	}
	for _, member := range slices.Sorted(maps.Keys(members)) {
		at := path + "." + member
		if isList {
			at = fmt.Sprintf("%s[0].%s", path, member)
			if len(list) == 1 {
				at = path + "." + member
			}
		}
		l.try(t, made, at, member, members[member], slices.Contains(s.Required, member), inner, func(value any) any {
			changed := maps.Clone(inner)
			if changed[member] = value; value == any(gone{}) {
				delete(changed, member)
			}
			if !isList {
				return with(changed)
			}
			return with(append([]any{changed}, list[1:]...))
		})
	}
}
