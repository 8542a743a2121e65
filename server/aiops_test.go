package server_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestWrongGrouping holds every configuration that is refused before anything
// is sent.
func TestWrongGrouping(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one, two := []string{"PAAAAA1"}, []string{"PAAAAA1", "PAAAAA2"}
	content := func(change args) args {
		a := args{"type": "content_based", "service_ids": one, "aggregate": "all", "fields": []string{"summary"}}
		for k, v := range change {
			a[k] = v
		}
		return a
	}
	for name, c := range map[string]struct {
		arguments args
		want      string
	}{
		"no type":                            {args{"service_ids": one}, "type: is required"},
		"unknown type":                       {content(args{"type": "smart"}), "use content_based, content_based_intelligent, intelligent or time"},
		"no service":                         {content(args{"service_ids": []string{}}), "service_ids: is empty"},
		"content without aggregate":          {args{"type": "content_based", "service_ids": one, "fields": "summary"}, "aggregate: is required for type content_based"},
		"content without fields":             {args{"type": "content_based", "service_ids": one, "aggregate": "any"}, "fields: is required for type content_based"},
		"content with timeout":               {content(args{"timeout": 300}), "timeout: is not for type content_based"},
		"window of a second":                 {content(args{"time_window": 1}), "time_window: use 0"},
		"window of 299":                      {content(args{"time_window": 299}), "time_window: use 0"},
		"window of 3601":                     {content(args{"time_window": 3601}), "time_window: use 0"},
		"window of 86399":                    {content(args{"time_window": 86399}), "time_window: use 0"},
		"negative window":                    {content(args{"time_window": -300}), "time_window: use 0"},
		"a day for two services":             {content(args{"time_window": 86400, "service_ids": two}), "exactly one service"},
		"both kinds for two services":        {content(args{"type": "content_based_intelligent", "service_ids": two}), "takes exactly one service"},
		"both kinds, a day":                  {content(args{"type": "content_based_intelligent", "time_window": 86400}), "time_window: use 0"},
		"both kinds without fields":          {args{"type": "content_based_intelligent", "service_ids": one, "aggregate": "all"}, "fields: is required"},
		"intelligent with aggregate":         {args{"type": "intelligent", "service_ids": one, "aggregate": "all"}, "aggregate: is not for type intelligent"},
		"intelligent, a day":                 {args{"type": "intelligent", "service_ids": one, "time_window": 86400}, "time_window: use 0"},
		"intelligent with timeout":           {args{"type": "intelligent", "service_ids": one, "timeout": 0}, "timeout: is not for type intelligent"},
		"time without timeout":               {args{"type": "time", "service_ids": one}, "timeout: is required for type time"},
		"time with a window":                 {args{"type": "time", "service_ids": one, "timeout": 0, "time_window": 300}, "time_window: is not for type time"},
		"time with fields":                   {args{"type": "time", "service_ids": one, "timeout": 0, "fields": "summary"}, "fields: is not for type time"},
		"timeout of 59":                      {args{"type": "time", "service_ids": one, "timeout": 59}, "timeout: use 0"},
		"timeout of 86401":                   {args{"type": "time", "service_ids": one, "timeout": 86401}, "timeout: use 0"},
		"two mistakes are both told":         {args{"type": "time", "service_ids": one, "timeout": 1, "fields": "summary"}, "2 arguments are wrong"},
		"more services than share a setting": {content(args{"service_ids": strings.Split(strings.Repeat("PAAAAA1 ", 250)+"PAAAAA2", " ")}), "at most 250"},
	} {
		if said := r.refusal(t, "create_alert_grouping_setting", c.arguments); !strings.Contains(said, c.want) {
			t.Errorf("%s: %q does not say %q", name, said, c.want)
		}
	}
	if sent := r.Requests(); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestGroupingUpdates(t *testing.T) {
	t.Parallel()
	t.Run("what is there is never refused, and kept", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		odd := r.ID("grouping", "Grouping of Refunds Worker") // timeout 45, and a key nobody knows
		if got := r.answer(t, "get_alert_grouping_setting", args{"alert_grouping_setting_id": odd}); fmt.Sprint(got["config"]) != "map[timeout:45 unheard_of:true]" {
			t.Errorf("%v", got)
		}
		if got := r.answer(t, "update_alert_grouping_setting", args{"alert_grouping_setting_id": odd, "name": ""}); got["name"] != nil || fmt.Sprint(got["config"]) != "map[timeout:45 unheard_of:true]" {
			t.Errorf("%v", got)
		}
		if body := r.body(t, http.MethodPut); body != `{"alert_grouping_setting":{"name":null}}` {
			t.Errorf("sent %s", body)
		}
	})
	t.Run("one value of a config", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id := r.ID("grouping", "Grouping of Checkout API")
		r.answer(t, "update_alert_grouping_setting", args{"alert_grouping_setting_id": id, "time_window": 600})
		want := `{"alert_grouping_setting":{"config":{"aggregate":"all","fields":["summary","component"],"time_window":600},"type":"content_based"}}`
		if body := r.body(t, http.MethodPut); body != want {
			t.Errorf("sent %s", body)
		}
	})
	t.Run("another type starts afresh", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id := r.ID("grouping", "Grouping of Checkout API")
		if said := r.refusal(t, "update_alert_grouping_setting", args{"alert_grouping_setting_id": id, "type": "time"}); !strings.Contains(said, "timeout: is required for type time") {
			t.Errorf("%s", said)
		}
		got := r.answer(t, "update_alert_grouping_setting", args{"alert_grouping_setting_id": id, "type": "intelligent", "fields": "summary"})
		if fmt.Sprint(got["config"]) != "map[iag_fields:[summary]]" {
			t.Errorf("%v", got)
		}
	})
	t.Run("nothing to change", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.refusal(t, "update_alert_grouping_setting", args{"alert_grouping_setting_id": "PAAAAA1"})
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.sent())
		}
	})
	t.Run("the cursor is followed", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		whole := r.answer(t, "list_alert_grouping_settings", args{"limit": 1000})
		if n := len(whole["alert_grouping_settings"].([]any)); n != 13 || whole["more"] != nil || len(r.Requests()) != 3 {
			t.Errorf("%d settings in %d requests", n, len(r.Requests()))
		}
		first := r.answer(t, "list_alert_grouping_settings", args{"limit": 7})
		second := r.answer(t, "list_alert_grouping_settings", args{"limit": 7, "offset": first["next_offset"]})
		parts := append(first["alert_grouping_settings"].([]any), second["alert_grouping_settings"].([]any)...)
		if diff := cmp.Diff(whole["alert_grouping_settings"], any(parts)); diff != "" {
			t.Errorf("-whole +parts:\n%s", diff)
		}
	})
}

// router is a router as PagerDuty has it now, without what it sets itself.
func (r *rig) router(t *testing.T, id string) map[string]any {
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
	check := func(t *testing.T, r *rig, id string) {
		t.Helper()
		before := r.router(t, id)
		got := r.answer(t, "append_event_orchestration_router_rule", args{
			"orchestration_id": id, "conditions": "event.summary matches part 'it\\'s new'", "route_to": r.ID("service", "Search API"), "label": "New",
		})
		after := r.router(t, id)
		rules := rulesOf(after)
		made := rules[len(rules)-1].(map[string]any)
		if made["label"] != "New" || made["id"] == nil || fmt.Sprint(got["rule"].(map[string]any)["id"]) != made["id"] || got["rules"] != float64(len(rules)) {
			t.Errorf("rule %v, answer %v", made, got)
		}
		after["sets"].([]any)[0].(map[string]any)["rules"] = rules[:len(rules)-1]
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("-before +after:\n%s", diff)
		}
		if body := r.body(t, http.MethodPut); strings.Contains(body, "temp_id") || strings.Contains(body, ":null") && !strings.Contains(fmt.Sprint(before), "nil") {
			t.Errorf("sent %s", body)
		}
	}
	for _, name := range []string{"Shop Events", "Legacy Events"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			check(t, r, r.ID("orchestration", name))
		})
	}
	t.Run("made at random", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
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
			r.elsewhere(t, "/event_orchestrations/"+id+"/router", string(data))
			check(t, r, id)
		}
	})
}

// TestAppendBesideAnEditor has somebody else change the router while a rule is
// being appended.
func TestAppendBesideAnEditor(t *testing.T) {
	t.Parallel()
	edit := func(t *testing.T, r *rig, id string) func() {
		return func() {
			path := r.router(t, id)
			for _, name := range []string{"created_at", "created_by", "updated_by", "self"} {
				delete(path, name)
			}
			rules := rulesOf(path)
			rules[1].(map[string]any)["label"] = fmt.Sprintf("Edited %d", len(r.Requests()))
			data, err := json.Marshal(map[string]any{"orchestration_path": path})
			if err != nil {
				t.Error(err)
			}
			r.elsewhere(t, "/event_orchestrations/"+id+"/router", string(data))
		}
	}
	add := func(r *rig, id string) args {
		return args{"orchestration_id": id, "conditions": "event.summary matches part 'new'", "route_to": r.ID("service", "Search API"), "label": "New"}
	}
	labels := func(t *testing.T, r *rig, id string) string {
		var out []string
		for _, rule := range rulesOf(r.router(t, id)) {
			out = append(out, fmt.Sprint(rule.(map[string]any)["label"]))
		}
		return strings.Join(out, ",")
	}
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id := r.ID("orchestration", "Shop Events")
		// The editor is quick: between our first and second look at the router.
		r.Inject(sandbox.Fault{Method: http.MethodGet, Path: "/services/", Times: 1, Do: edit(t, r, id)})
		target := add(r, id)
		target["route_to"] = r.ID("service", "Login Service") // none routes there yet, so it is looked for
		r.answer(t, "append_event_orchestration_router_rule", target)
		if got := labels(t, r, id); !strings.Contains(got, "Edited") || !strings.HasSuffix(got, ",New") {
			t.Errorf("labels are %s", got)
		}
	})
	t.Run("over and over", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
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
		r.answer(t, "append_event_orchestration_router_rule", add(r, id))
		if got := labels(t, r, id); !strings.Contains(got, "Edited") || !strings.HasSuffix(got, ",New") {
			t.Errorf("labels are %s", got)
		}
	})
	t.Run("PagerDuty says so", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id := r.ID("orchestration", "Shop Events")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Status: 409, Body: `{"error":{"message":"Conflict"}}`, Times: 1})
		r.answer(t, "append_event_orchestration_router_rule", add(r, id))
	})
	t.Run("PagerDuty says so for ever", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id := r.ID("orchestration", "Shop Events")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Status: 409, Body: `{"error":{"message":"Conflict"}}`})
		said := r.refusal(t, "append_event_orchestration_router_rule", add(r, id))
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
			r := newRig(t)
			id := r.ID("orchestration", "Shop Events")
			r.Inject(f)
			got := r.answer(t, "append_event_orchestration_router_rule", add(r, id))
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
		r := newRig(t)
		id := r.ID("orchestration", "Shop Events")
		was := r.answer(t, "get_event_orchestration_router", args{"orchestration_id": id})
		rules := rulesOf(was)
		changed := rules[2].(map[string]any)
		changed["label"] = "Changed"
		last := rules[len(rules)-1]
		fresh := args{"label": "Fresh", "conditions": []args{{"expression": "event.class matches 'x'"}}, "actions": args{"route_to": r.ID("service", "Login Service")}}
		wanted := []any{rules[0], last, rules[1], changed, fresh} // the others go
		got := r.answer(t, "update_event_orchestration_router", args{"orchestration_id": id, "rules": wanted, "expected_version": was["version"]})
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
		said := r.refusal(t, "update_event_orchestration_router", args{"orchestration_id": id, "rules": wanted, "expected_version": was["version"]})
		if !strings.Contains(said, "somebody changed it") || !strings.Contains(said, fmt.Sprint(got["version"])) {
			t.Errorf("%s", said)
		}
	})
	t.Run("the catch-all takes a name, or unrouted", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		for said, want := range map[string]string{"Search API": r.ID("service", "Search API"), "Unrouted": "unrouted"} {
			got := r.answer(t, "update_event_orchestration_router", args{"orchestration_id": "Shop Events", "rules": []args{}, "catch_all_route_to": said})
			if fmt.Sprint(got["catch_all"]) != "map[actions:map[route_to:"+want+"]]" {
				t.Errorf("%s: %v", said, got["catch_all"])
			}
		}
	})
	t.Run("mistakes are not sent", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id := r.ID("orchestration", "Shop Events")
		good := func(change args) args {
			a := args{"conditions": []args{{"expression": "event.class matches 'x'"}}, "actions": args{"route_to": r.ID("service", "Cart Service")}}
			for k, v := range change {
				a[k] = v
			}
			return a
		}
		dynamic := args{"actions": args{"dynamic_route_to": args{"source": "event.source", "regex": "(.*)", "lookup_by": "service_id"}}}
		for _, c := range []struct {
			rules []args
			want  string
		}{
			{[]args{good(args{"id": "temp_id"})}, `no rule "temp_id"`},
			{[]args{good(args{"conditions": []args{}})}, "conditions: is empty"},
			{[]args{good(args{"conditions": []args{{"expression": " "}}})}, "is empty; write it as"},
			{[]args{good(args{"conditions": []args{{"expression": "event.class matches 'x"}}})}, "quote that is not closed"},
			{[]args{good(args{"conditions": []args{{"expression": "(event.class matches 'x'"}}})}, "( that is not closed"},
			{[]args{good(args{"conditions": []args{{"expression": "event.class matches 'x')"}}})}, ") without a ("},
			{[]args{good(args{"conditions": []args{{"expression": `event.class matches "x"`}}})}, "quotes with '"},
			{[]args{good(args{"conditions": []args{{"expression": "database"}}})}, "single word"},
			{[]args{good(args{"actions": args{}})}, "route_to: is required"},
			{[]args{good(args{"actions": args{"route_to": "PNOSUCH"}})}, `no service "PNOSUCH"`},
			{[]args{good(nil), dynamic}, "first rule only"},
			{[]args{good(dynamic)}, "neither conditions nor route_to"},
			{[]args{good(args{"conditions": "event.class"})}, "rules[0] is not of the form"},
		} {
			if said := r.refusal(t, "update_event_orchestration_router", args{"orchestration_id": id, "rules": c.rules}); !strings.Contains(said, c.want) {
				t.Errorf("%v: %q does not say %q", c.rules, said, c.want)
			}
		}
		for _, c := range []struct {
			change args
			want   string
		}{
			{args{"route_to": "PNOSUCH"}, `no service "PNOSUCH"`}, {args{"conditions": []string{"event.class matches 'x", ""}}, "2 arguments are wrong"},
		} {
			a := args{"orchestration_id": id, "conditions": "event.class matches 'x'", "route_to": r.ID("service", "Cart Service")}
			for k, v := range c.change {
				a[k] = v
			}
			if said := r.refusal(t, "append_event_orchestration_router_rule", a); !strings.Contains(said, c.want) {
				t.Errorf("%v: %q does not say %q", c.change, said, c.want)
			}
		}
		if sent := strings.Join(r.sent(), " "); strings.Contains(sent, "PUT") {
			t.Errorf("sent %s", sent)
		}
	})
}

// TestBigRuleSets reads hundreds of rules in parts that a model can take.
func TestBigRuleSets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.ID("orchestration", "Legacy Events")
	for _, name := range []string{"get_event_orchestration_router", "get_event_orchestration_global"} {
		seen, offset, calls := 0, 0.0, 0
		for {
			text, isError := r.call(t, name, args{"orchestration_id": id, "offset": offset, "limit": 1000})
			var got map[string]any
			if err := json.Unmarshal([]byte(text), &got); isError || err != nil {
				t.Fatalf("%s: %s", name, text)
			}
			if len(text) > 30_000 { // about 10,000 tokens
				t.Errorf("%s answers %d bytes", name, len(text))
			}
			seen += len(rulesOf(got))
			calls++
			if got["more"] != true {
				break
			}
			if name == "get_event_orchestration_router" && !strings.Contains(fmt.Sprint(got["note"]), "would delete the others") {
				t.Errorf("note is %v", got["note"])
			}
			offset = got["next_offset"].(float64)
		}
		if seen != 200 || calls < 2 {
			t.Errorf("%s: %d rules in %d calls, want 200 in several", name, seen, calls)
		}
	}
}
