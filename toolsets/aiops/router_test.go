package aiops_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// router is a router as PagerDuty has it now, without what it sets itself.
func router(t *testing.T, r *rig.Rig, id string) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL()+"/event_orchestrations/"+id+"/router", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Token token="+sandbox.UserKey)
	request.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var envelope struct {
		Path map[string]any `json:"orchestration_path"`
	}
	decoder := json.NewDecoder(response.Body)
	decoder.UseNumber() // a float would hide a changed number
	if err := decoder.Decode(&envelope); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"version", "updated_at"} {
		delete(envelope.Path, name)
	}
	return envelope.Path
}

func rulesOf(path map[string]any) []any {
	return path["sets"].([]any)[0].(map[string]any)["rules"].([]any)
}

// TestAppendKeepsTheRest appends to routers of every make and looks that nothing
// else changed, down to keys and numbers that this program knows nothing of.
func TestAppendKeepsTheRest(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, r *rig.Rig, id string) {
		t.Helper()
		before := router(t, r, id)
		got := r.Answer(t, "append_event_orchestration_router_rule", rig.Args{
			"orchestration_id": id, "conditions": "event.summary matches part 'it\\'s new'", "route_to": r.ID("service", "Search API"), "label": "New",
		})
		after := router(t, r, id)
		rules := rulesOf(after)
		made := rules[len(rules)-1].(map[string]any)
		if made["label"] != "New" || made["id"] == nil || fmt.Sprint(got["rule"].(map[string]any)["id"]) != made["id"] || got["rules"] != float64(len(rules)) {
			t.Errorf("rule %v, answer %v", made, got)
		}
		after["sets"].([]any)[0].(map[string]any)["rules"] = rules[:len(rules)-1]
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("-before +after:\n%s", diff)
		}
		if body := r.LastBody(http.MethodPut); strings.Contains(body, "temp_id") || strings.Contains(body, ":null") && !strings.Contains(fmt.Sprint(before), "nil") {
			t.Errorf("sent %s", body)
		}
	}
	for _, name := range []string{"Shop Events", "Legacy Events"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			check(t, r, r.ID("orchestration", name))
		})
	}
	t.Run("made at random", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		random := rand.New(rand.NewPCG(7, 7))
		for range 25 {
			var rules []map[string]any
			for n := range random.IntN(6) {
				rule := map[string]any{
					"label": strings.Repeat("é'\\\"\u2028", random.IntN(4)), "actions": map[string]any{"route_to": r.ID("service", "Cart Service")},
					"conditions": []map[string]any{{"expression": fmt.Sprintf("event.summary matches part 'a%d'", n)}},
				}
				if random.IntN(2) == 0 {
					rule["disabled"] = random.IntN(2) == 0
				}
				if n == 0 && random.IntN(3) == 0 {
					rule = map[string]any{"actions": map[string]any{"dynamic_route_to": map[string]any{"source": "event.source", "regex": "(.*)", "lookup_by": "service_id"}}}
				}
				rules = append(rules, rule)
			}
			if rules == nil {
				rules = []map[string]any{}
			}
			data, err := json.Marshal(map[string]any{"orchestration_path": map[string]any{
				"sets": []any{map[string]any{"id": "start", "rules": rules}}, "catch_all": map[string]any{"actions": map[string]any{"route_to": "unrouted"}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			r.Elsewhere(t, http.MethodPut, "/event_orchestrations/"+id+"/router", string(data))
			check(t, r, id)
		}
	})
}

// TestAppendBesideAnEditor has somebody else change the router while a rule is
// being appended.
func TestAppendBesideAnEditor(t *testing.T) {
	t.Parallel()
	edit := func(t *testing.T, r *rig.Rig, id string) func() {
		return func() {
			path := router(t, r, id)
			for _, name := range []string{"created_at", "created_by", "updated_by", "self"} {
				delete(path, name)
			}
			rules := rulesOf(path)
			rules[1].(map[string]any)["label"] = fmt.Sprintf("Edited %d", len(r.Requests()))
			data, err := json.Marshal(map[string]any{"orchestration_path": path})
			if err != nil {
				t.Error(err)
			}
			r.Elsewhere(t, http.MethodPut, "/event_orchestrations/"+id+"/router", string(data))
		}
	}
	add := func(r *rig.Rig, id string) rig.Args {
		return rig.Args{"orchestration_id": id, "conditions": "event.summary matches part 'new'", "route_to": r.ID("service", "Search API"), "label": "New"}
	}
	labels := func(t *testing.T, r *rig.Rig, id string) string {
		var out []string
		for _, rule := range rulesOf(router(t, r, id)) {
			out = append(out, fmt.Sprint(rule.(map[string]any)["label"]))
		}
		return strings.Join(out, ",")
	}
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		// The editor is quick: between our first and second look at the router.
		r.Inject(sandbox.Fault{Method: http.MethodGet, Path: "/services/", Times: 1, Do: edit(t, r, id)})
		target := add(r, id)
		target["route_to"] = r.ID("service", "Login Service") // none routes there yet, so it is looked for
		r.Answer(t, "append_event_orchestration_router_rule", target)
		if got := labels(t, r, id); !strings.Contains(got, "Edited") || !strings.HasSuffix(got, ",New") {
			t.Errorf("labels are %s", got)
		}
	})
	t.Run("over and over", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		inside := false
		change := edit(t, r, id)
		r.Inject(sandbox.Fault{Method: http.MethodGet, Path: "/event_orchestrations/" + id, Do: func() {
			if !inside { // the editor's own requests are not in its way
				inside = true
				change()
				inside = false
			}
		}})
		r.Answer(t, "append_event_orchestration_router_rule", add(r, id))
		if got := labels(t, r, id); !strings.Contains(got, "Edited") || !strings.HasSuffix(got, ",New") {
			t.Errorf("labels are %s", got)
		}
	})
	t.Run("PagerDuty says so", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Status: 409, Body: `{"error":{"message":"Conflict"}}`, Times: 1})
		r.Answer(t, "append_event_orchestration_router_rule", add(r, id))
	})
	t.Run("PagerDuty says so for ever", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Status: 409, Body: `{"error":{"message":"Conflict"}}`})
		said := r.Refusal(t, "append_event_orchestration_router_rule", add(r, id))
		if !strings.Contains(said, "Somebody else changed it at the same time") || strings.Contains(labels(t, r, id), "New") {
			t.Errorf("%s", said)
		}
	})
	for name, f := range map[string]sandbox.Fault{
		"the answer is lost": {Method: http.MethodPut, ResetAfter: true},
		"the answer is odd":  {Method: http.MethodPut, Status: 200, Body: "<html>", AfterEffect: true},
		"a proxy gives up":   {Method: http.MethodPut, Status: 502, Body: "<html>", AfterEffect: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			id := r.ID("orchestration", "Shop Events")
			r.Inject(f)
			got := r.Answer(t, "append_event_orchestration_router_rule", add(r, id))
			if !strings.Contains(fmt.Sprint(got["note"]), "the router has these rules") || strings.Count(labels(t, r, id), "New") != 1 {
				t.Errorf("%v, labels are %s", got, labels(t, r, id))
			}
		})
	}
}

func TestUpdateRouter(t *testing.T) {
	t.Parallel()
	t.Run("tells what became of the rules", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		was := r.Answer(t, "get_event_orchestration_router", rig.Args{"orchestration_id": id})
		rules := rulesOf(was)
		changed := rules[2].(map[string]any)
		changed["label"] = "Changed"
		last := rules[len(rules)-1]
		fresh := rig.Args{"label": "Fresh", "conditions": []rig.Args{{"expression": "event.class matches 'x'"}}, "actions": rig.Args{"route_to": r.ID("service", "Login Service")}}
		wanted := []any{rules[0], last, rules[1], changed, fresh} // the others go
		got := r.Answer(t, "update_event_orchestration_router", rig.Args{"orchestration_id": id, "rules": wanted, "delete_missing": true, "expected_version": was["version"]})
		labels := func(name string) (out []string) {
			list, _ := got[name].([]any)
			for _, l := range list {
				out = append(out, fmt.Sprint(l.(map[string]any)["label"]))
			}
			return out
		}
		if diff := cmp.Diff([]string{"Fresh"}, labels("added")); diff != "" {
			t.Errorf("added (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"Changed"}, labels("changed")); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{fmt.Sprint(last.(map[string]any)["label"])}, labels("moved")); diff != "" {
			t.Errorf("moved (-want +got):\n%s", diff)
		}
		if len(labels("removed")) != len(rules)-4 || got["rules"] != 5.0 || !strings.Contains(got["note"].(string), "replaced") {
			t.Errorf("%v", got)
		}
		// The version is another now.
		said := r.Refusal(t, "update_event_orchestration_router", rig.Args{"orchestration_id": id, "rules": wanted, "delete_missing": true, "expected_version": was["version"]})
		if !strings.Contains(said, "somebody changed it") || !strings.Contains(said, fmt.Sprint(got["version"])) {
			t.Errorf("%s", said)
		}
	})
	t.Run("the catch-all takes a name, or unrouted", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for said, want := range map[string]string{"Search API": r.ID("service", "Search API"), "Unrouted": "unrouted"} {
			got := r.Answer(t, "update_event_orchestration_router", rig.Args{"orchestration_id": "Shop Events", "rules": []rig.Args{}, "catch_all_route_to": said,
				"delete_missing": true, "expected_version": r.Answer(t, "get_event_orchestration_router", rig.Args{"orchestration_id": "Shop Events"})["version"]})
			if fmt.Sprint(got["catch_all"]) != "map[actions:map[route_to:"+want+"]]" {
				t.Errorf("%s: %v", said, got["catch_all"])
			}
		}
	})
	t.Run("mistakes are not sent", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		good := func(change rig.Args) rig.Args {
			a := rig.Args{"conditions": []rig.Args{{"expression": "event.class matches 'x'"}}, "actions": rig.Args{"route_to": r.ID("service", "Cart Service")}}
			for k, v := range change {
				a[k] = v
			}
			return a
		}
		dynamic := rig.Args{"actions": rig.Args{"dynamic_route_to": rig.Args{"source": "event.source", "regex": "(.*)", "lookup_by": "service_id"}}}
		for _, c := range []struct {
			rules []rig.Args
			want  string
		}{
			{[]rig.Args{good(rig.Args{"id": "temp_id"})}, `no rule "temp_id"`},
			{[]rig.Args{good(rig.Args{"conditions": []rig.Args{{"expression": " "}}})}, "the condition is empty"},
			{[]rig.Args{good(rig.Args{"conditions": []rig.Args{{"expression": "event.class matches 'x"}}})}, "Condition Language"},
			{[]rig.Args{good(rig.Args{"conditions": []rig.Args{{"expression": "(event.class matches 'x'"}}})}, "Condition Language"},
			{[]rig.Args{good(rig.Args{"conditions": []rig.Args{{"expression": "event.class matches 'x')"}}})}, "Condition Language"},
			{[]rig.Args{good(rig.Args{"conditions": []rig.Args{{"expression": `event.class matches "x"`}}})}, "Condition Language"},
			{[]rig.Args{good(rig.Args{"conditions": []rig.Args{{"expression": "database"}}})}, "Condition Language"},
			{[]rig.Args{good(rig.Args{"actions": rig.Args{}})}, "route_to: is required"},
			{[]rig.Args{good(rig.Args{"actions": rig.Args{"route_to": "PNOSUCH"}})}, `no service "PNOSUCH"`},
			{[]rig.Args{good(nil), dynamic}, "first rule only"},
			{[]rig.Args{good(dynamic)}, "neither conditions nor route_to"},
			{[]rig.Args{good(rig.Args{"conditions": "event.class"})}, "rules[0] is not of the form"},
		} {
			if said := r.Refusal(t, "update_event_orchestration_router", rig.Args{"orchestration_id": id, "rules": c.rules}); !strings.Contains(said, c.want) {
				t.Errorf("%v: %q does not say %q", c.rules, said, c.want)
			}
		}
		// Rules never disappear unless that is said, with the version they were read at.
		for _, keep := range []rig.Args{{"rules": []rig.Args{}}, {"rules": []rig.Args{good(nil)}}, {"rules": []rig.Args{}, "delete_missing": true}, {"rules": []rig.Args{}, "expected_version": "v7_7e8c53a6"}} {
			keep["orchestration_id"] = id
			if said := r.Refusal(t, "update_event_orchestration_router", keep); !strings.Contains(said, "13 of the router's 13 rules") {
				t.Errorf("%v: %s", keep, said)
			}
		}
		for _, c := range []struct {
			change rig.Args
			want   string
		}{
			{rig.Args{"route_to": "PNOSUCH"}, `no service "PNOSUCH"`}, {rig.Args{"conditions": []string{"event.class matches 'x", "word"}}, "2 arguments are wrong"},
		} {
			a := rig.Args{"orchestration_id": id, "conditions": "event.class matches 'x'", "route_to": r.ID("service", "Cart Service")}
			for k, v := range c.change {
				a[k] = v
			}
			if said := r.Refusal(t, "append_event_orchestration_router_rule", a); !strings.Contains(said, c.want) {
				t.Errorf("%v: %q does not say %q", c.change, said, c.want)
			}
		}
		if sent := strings.Join(r.Sent(), " "); strings.Contains(sent, "PUT") {
			t.Errorf("sent %s", sent)
		}
	})
}

// TestRoutersThatAreOdd holds that rules without conditions, which always match, block
// no change of their router, that names of services work in rules, and that a rule which
// is sent back as it was read goes out as PagerDuty wrote it.
func TestRoutersThatAreOdd(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("orchestration", "Partner Events")
	read := func() (rules []any, version any) {
		got := r.Answer(t, "get_event_orchestration_router", rig.Args{"orchestration_id": id})
		return got["sets"].([]any)[0].(map[string]any)["rules"].([]any), got["version"]
	}
	writtenElsewhere(t, r, id, "event.summary matches part '⚠\u200b\ufe0f fire'", "hidden")
	rules, version := read()
	more := append(slices.Clone(rules), any(rig.Args{"conditions": []rig.Args{}, "actions": rig.Args{"route_to": "Cart Service"}}))
	r.ForgetRequests()
	got := r.Answer(t, "update_event_orchestration_router", rig.Args{"orchestration_id": id, "rules": more, "expected_version": version})
	if got["rules"] != float64(len(more)) || got["removed"] != nil || got["changed"] != nil {
		t.Errorf("%v", got)
	}
	if body := r.LastBody("PUT"); !strings.Contains(body, "\u200b") && !strings.Contains(body, `\u200b`) || !strings.Contains(body, r.ID("service", "Cart Service")) {
		t.Errorf("sent %s", body)
	}
}

// TestAPageIsNotTheRouter writes back the first page of a router that has more rules
// than a page holds, as a model does that has not read on: the others stay.
func TestAPageIsNotTheRouter(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("orchestration", "Legacy Events")
	read := func(more rig.Args) map[string]any {
		arguments := rig.Args{"orchestration_id": id}
		maps.Copy(arguments, more)
		return r.Answer(t, "get_event_orchestration_router", arguments)
	}
	page := read(rig.Args{"limit": 100})
	rules := page["sets"].([]any)[0].(map[string]any)["rules"].([]any)
	if len(rules) > 100 || len(rules) == 0 {
		t.Fatalf("%d rules on a page", len(rules))
	}
	r.ForgetRequests()
	for _, more := range []rig.Args{{}, {"expected_version": page["version"]}, {"delete_missing": true}} {
		more["orchestration_id"], more["rules"] = id, rules
		if said := r.Refusal(t, "update_event_orchestration_router", more); !strings.Contains(said, "would be deleted") || !strings.Contains(said, "expected_version") {
			t.Errorf("%s", said)
		}
	}
	if len(r.Writes()) > 0 || read(nil)["version"] != page["version"] {
		t.Errorf("%v", r.Writes())
	}
}

// TestSameRuleTwice appends a rule again, as a model does that has lost the answer.
func TestSameRuleTwice(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	rule := rig.Args{"orchestration_id": "Shop Events", "conditions": []string{"event.class matches 'x'", "event.class matches 'y'"}, "route_to": "Search API", "label": "x"}
	first := r.Answer(t, "append_event_orchestration_router_rule", rule)
	r.ForgetRequests()
	again := r.Answer(t, "append_event_orchestration_router_rule", rule)
	if len(r.Writes()) > 0 || again["rules"] != first["rules"] || fmt.Sprint(again["rule"]) != fmt.Sprint(first["rule"]) || !strings.Contains(fmt.Sprint(again["note"]), "Nothing was added") {
		t.Errorf("%v: %v, then %v", r.Writes(), first, again)
	}
	rule["label"] = "another"
	if got := r.Answer(t, "append_event_orchestration_router_rule", rule); got["rules"] != first["rules"].(float64)+1 {
		t.Errorf("%v", got)
	}
}
