package server_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// This file has PagerDuty's answers be other than its reference says: one value at a
// time, at every key of every answer that a tool reads.

var sweep = flag.Bool("sweep", false, "TestMutatedAnswers tries every mutation at every key, not one of them at each")

// mutation puts something else in the place of a value; gone takes the key away.
type mutation struct {
	name string
	of   func(value any) any
}

type gone struct{}

var mutations = []mutation{
	{"null", func(any) any { return nil }},
	{"missing", func(any) any { return gone{} }},
	{"a number", func(any) any { return 7 }},
	{"a text", func(any) any { return "odd" }},
	{"a list with null", func(any) any { return []any{nil} }},
	{"true", func(any) any { return true }},
	{"an empty list", func(any) any { return []any{} }},
	{"an empty object", func(any) any { return map[string]any{} }},
	{"a list of it", func(v any) any { return []any{v} }},
	{"an object of it", func(v any) any { return map[string]any{"wrapped": v} }},
	{"an empty text", func(any) any { return "" }},
	{"a huge number", func(any) any { return json.Number("1e400") }},
	{"below zero", func(any) any { return -1 }},
	{"it as text", func(v any) any { return fmt.Sprint(v) }},
	{"an unknown key", func(v any) any {
		object, ok := v.(map[string]any)
		if !ok {
			return v
		}
		object = maps.Clone(object)
		object["x_new"] = map[string]any{"a": []any{1, nil}, "b": nil}
		return object
	}},
}

// place is where in a JSON value: keys of objects and indices of lists.
type place []any

func (p place) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		default:
			fmt.Fprintf(&b, ".%v", step)
		}
	}
	return b.String()
}

func (p place) isID() bool { return len(p) > 0 && p[len(p)-1] == "id" }

// indices are the places in lists, of which one stands for the others.
var indices = regexp.MustCompile(`\[\d+\]`)

// places are those of a value, and of the values in it: of what several records of a
// list have, the first.
func places(value any) (all []place) {
	seen := map[string]bool{}
	var walk func(value any, at place)
	walk = func(value any, at place) {
		if kind := indices.ReplaceAllString(at.String(), "[]"); !seen[kind] {
			seen[kind] = true
			all = append(all, slices.Clone(at))
		}
		switch value := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				walk(value[key], append(at, key))
			}
		case []any:
			for i, item := range value {
				walk(item, append(at, i))
			}
		}
	}
	walk(value, nil)
	return all
}

// mutated is a value in which the one at a place is another. It shares the rest with
// the value that it was made of.
func mutated(value any, at place, change func(any) any) any {
	if len(at) == 0 {
		return change(value)
	}
	switch value := value.(type) {
	case map[string]any:
		value, key := maps.Clone(value), at[0].(string)
		value[key] = mutated(value[key], at[1:], change)
		if value[key] == any(gone{}) {
			delete(value, key)
		}
		return value
	case []any:
		value, i := slices.Clone(value), at[0].(int)
		value[i] = mutated(value[i], at[1:], change)
		if value[i] == any(gone{}) {
			return slices.Delete(value, i, i+1)
		}
		return value
	}
	return value
}

// programmersWords are words that no error has that a model can do something with.
var programmersWords = regexp.MustCompile(goWords.String() + `|\bstring\b|\bint\b|\bstruct\b|\bcannot\b|\bruntime error\b|bug in pagerduty-mcp`)

// nulls are where a JSON value has null.
func nulls(value any, at string) (all []string) {
	switch value := value.(type) {
	case nil:
		return []string{at}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			all = append(all, nulls(value[key], at+"."+key)...)
		}
	case []any:
		for i, item := range value {
			all = append(all, nulls(item, fmt.Sprintf("%s[%d]", at, i))...)
		}
	}
	return all
}

// judge says what is wrong with what a tool makes of a changed answer, "" if nothing.
// Of answers in which several things are changed, only what holds for all is judged.
func (made *tape) judge(reads bool, e *exchange, at place, text string, isError bool) string {
	if isError {
		word := programmersWords.FindString(text)
		switch {
		case word != "":
			return fmt.Sprintf("the error says %q", word)
		case e == nil:
			return ""
		case e.status >= http.StatusBadRequest:
			return "" // it was to be an error
		case at.isID() && strings.Contains(text, "404 Not Found"), (at.isID() || !made.lists) && strings.Contains(text, "could not be read"):
			return "" // without the right id there is no going on
		case !e.reads() && strings.Contains(text, "did not say whether"):
			return "" // which is true
		case !e.reads():
			return "the change was made, but is told as an error"
		case reads && len(at) > 1:
			return "one value that is odd costs the whole answer"
		}
		return ""
	}
	var answer any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&answer); err != nil {
		return "the answer is no JSON: " + err.Error()
	}
	if at := nulls(answer, ""); at != nil {
		return fmt.Sprintf("the answer has null at %q", at)
	}
	object, ok := answer.(map[string]any)
	isInRecord := slices.ContainsFunc(at, func(step any) bool { _, isIndex := step.(int); return isIndex })
	if !ok || e == nil || !made.lists || !isInRecord {
		return ""
	}
	if object["summary"] != nil && (object["of"] != nil || object["urgency"] != nil) {
		return "" // handoffs and who gets paged are worked out: what they rest on can't be left out
	}
	for _, key := range slices.Sorted(maps.Keys(made.answer)) {
		before, isList := made.answer[key].([]any)
		after, _ := object[key].([]any)
		if isList && len(after) < len(before)-1 {
			return fmt.Sprintf("of %d %s there are %d left", len(before), key, len(after))
		}
	}
	return ""
}

// body is the body of an answer.
func body(t testing.TB, value any) []byte {
	t.Helper()
	if value == any(gone{}) {
		return nil
	}
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// mostPerTool is how many answers of a tool are changed without -sweep.
const mostPerTool = 60

// TestMutatedAnswers changes PagerDuty's answers to all examples of all tools, one
// value at a time: no panic, no programmer's words, no list that is lost for one
// record, no change that is told as if it had failed, and no null.
func TestMutatedAnswers(t *testing.T) {
	t.Parallel()
	var tried atomic.Int64
	t.Cleanup(func() {
		if n := tried.Load(); n == 0 {
			t.Error("no answer was changed")
		} else {
			t.Logf("%d answers were changed", n)
		}
	})
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		type change struct {
			call int
			e    *exchange
			at   place
			m    mutation
		}
		var changes []change
		calls := recordAll(t, made, examples)
		seen := map[string]bool{}
		for i, tape := range calls.tapes {
			text, isError := callOver(t, newPlayer(tape, calls.account), made, calls.arguments[i])
			if problem := tape.judge(made.Access().ReadOnly(), nil, nil, text, isError); problem != "" || isError {
				t.Fatalf("%s, nothing changed: %s: %s", calls.arguments[i], problem, text)
			}
			for _, e := range tape.exchanges {
				route, _, _ := strings.Cut(e.request, "?")
				for n, at := range places(e.value) {
					kind := route + indices.ReplaceAllString(at.String(), "[]")
					if seen[kind] || e.value == nil {
						continue // an example before has it
					}
					seen[kind] = true
					for k, m := range mutations {
						if *sweep || k == n%len(mutations) {
							changes = append(changes, change{i, e, at, m})
						}
					}
				}
			}
		}
		most := len(changes)
		if !*sweep {
			most = min(most, mostPerTool)
		}
		if rig.Race {
			most = min(most, mostPerTool/10)
		}
		for n := range most {
			c := changes[n*len(changes)/most]
			p := newPlayer(calls.tapes[c.call], calls.account)
			p.changed[c.e] = body(t, mutated(c.e.value, c.at, c.m.of))
			text, isError := callOver(t, p, made, calls.arguments[c.call])
			tried.Add(1)
			if problem := p.tape.judge(made.Access().ReadOnly(), c.e, c.at, text, isError); problem != "" {
				t.Errorf("%s: %s at %s of the answer to %s: %s\n%.500s", calls.arguments[c.call], c.m.name, c.at, c.e.request, problem, text)
			}
		}
	})
}

// FuzzAnswers changes two values at once, in the answers to any example of any tool.
func FuzzAnswers(f *testing.F) {
	var (
		mu    sync.Mutex
		known = map[string]recorded{}
		made  []tool.Tool
		calls = map[string][]json.RawMessage{}
	)
	for _, set := range toolsets.All() {
		made = append(made, set.Tools...)
		maps.Copy(calls, rig.Examples(f, set.Name))
	}
	for i := range made {
		f.Add(uint8(i), uint8(i), uint16(i), uint16(7*i), uint8(i), uint8(i+1))
	}
	f.Fuzz(func(t *testing.T, which, example uint8, first, second uint16, change, another uint8) {
		picked := made[int(which)%len(made)]
		mu.Lock()
		of, isKnown := known[picked.Name()]
		if !isKnown {
			of = recordAll(t, picked, calls[picked.Name()])
			known[picked.Name()] = of
		}
		mu.Unlock()
		i := int(example) % len(of.tapes)
		p := newPlayer(of.tapes[i], of.account)
		if len(p.tape.exchanges) == 0 {
			return // an example that needs no request
		}
		values := map[*exchange]any{}
		for _, c := range []struct{ at, how int }{{int(first), int(change)}, {int(second), int(another)}} {
			e := p.tape.exchanges[c.at%len(p.tape.exchanges)]
			value, isChanged := values[e]
			if !isChanged {
				value = e.value
			}
			all := places(value)
			values[e] = mutated(value, all[c.at%len(all)], mutations[c.how%len(mutations)].of)
		}
		for e, value := range values {
			p.changed[e] = body(t, value)
		}
		text, isError := callOver(t, p, picked, of.arguments[i])
		if problem := p.tape.judge(picked.Access().ReadOnly(), nil, nil, text, isError); problem != "" {
			t.Errorf("%s %s: %s\n%.500s", picked.Name(), of.arguments[i], problem, text)
		}
	})
}
