package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestNoGroupingSettings(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.get(t, "/alert_grouping_settings")
	if status, got := a.ask(t, "GET", "/alert_grouping_settings?service_ids[]="+a.ID("service", "Warehouse Sync"), ""); status != 404 {
		t.Errorf("a service without a setting: %d %v", status, got)
	}
	for {
		status, got := a.ask(t, "GET", "/alert_grouping_settings", "")
		if status == 404 {
			break
		}
		for _, s := range list(got["alert_grouping_settings"]) {
			a.sent(t, "DELETE", "/alert_grouping_settings/"+words(s, "id"), "")
		}
	}
}

// router is the body that writes rules back to a router, with others at the end.
func router(path object, rules []any, more ...any) string {
	catchAll := in(path, "orchestration_path", "catch_all")
	return encode(object{"orchestration_path": object{
		"sets": []any{object{"id": "start", "rules": append(rules, more...)}}, "catch_all": catchAll,
	}})
}

func rules(path object) []any {
	sets, _ := in(path, "orchestration_path", "sets").([]any)
	all, _ := sets[0].(object)["rules"].([]any)
	return all
}

// TestRouterRules writes routers back as they are read, whatever is in them.
func TestRouterRules(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Shop Events", "Partner Events"} {
		a := open(t)
		target := "/event_orchestrations/" + a.ID("orchestration", name) + "/router"
		before := a.get(t, target)
		a.sent(t, "PUT", target, router(before, rules(before)))
		if after := a.get(t, target); encode(rules(after)) != encode(rules(before)) {
			t.Errorf("%s was written back as it was:\n%v\n%v", name, before, after)
		}
	}
	a := open(t)
	target := "/event_orchestrations/" + a.ID("orchestration", "Partner Events") + "/router"
	path := a.get(t, target)
	to := `{"route_to":"` + a.ID("service", "Search API") + `"}`
	for conditions, want := range map[string]int{
		``: 200, `,"conditions":null`: 200, `,"conditions":[]`: 200, `,"conditions":[null]`: 200,
		`,"conditions":[{"expression":"event.summary matches part 'x'"},{"expression":"now in Mon 22:00:00 to 06:00:00 Etc/UTC"}]`: 200,
		`,"conditions":[{"expression":"database"}]`:                   400,
		`,"conditions":[{"expression":"event.summary contains 'x'"}]`: 400,
		`,"conditions":[{"expression":""}]`:                           400,
		`,"conditions":[{}]`:                                          400,
		`,"conditions":[null,null]`:                                   400,
		`,"conditions":["event.x exists"]`:                            400,
		`,"conditions":{}`:                                            400,
		`,"conditions":[{"expression":"event.x exists","note":"y"}]`:  400,
	} {
		body := `{"orchestration_path":{"sets":[{"id":"start","rules":[{"label":"New"` + conditions + `,"actions":` + to + `}]}],"catch_all":{"actions":{"route_to":"unrouted"}}}}`
		if status, got := a.ask(t, "PUT", target, body); status != want {
			t.Errorf("%s: %d %v, want %d", conditions, status, got, want)
		}
	}
	// A PUT replaces: the rules that are not sent are gone.
	if kept := rules(a.get(t, target)); len(kept) != 1 || len(rules(path)) < 2 {
		t.Errorf("%d rules are left", len(kept))
	}
}

// TestConditionsAreOfTheLanguage reads every condition of the account back to it.
func TestConditionsAreOfTheLanguage(t *testing.T) {
	t.Parallel()
	a := open(t)
	target := "/event_orchestrations/" + a.ID("orchestration", "Partner Events") + "/router"
	to := object{"route_to": a.ID("service", "Search API")}
	var found []string
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case object:
			if s, ok := v["expression"].(string); ok {
				found = append(found, s)
			}
			for _, member := range v {
				look(member)
			}
		case []any:
			for _, item := range v {
				look(item)
			}
		}
	}
	for _, o := range list(a.get(t, "/event_orchestrations")["orchestrations"]) {
		for _, path := range []string{"router", "global"} {
			look(a.get(t, "/event_orchestrations/"+words(o, "id")+"/"+path))
		}
	}
	for _, s := range a.all(t, "/services", "services") {
		look(a.get(t, "/event_orchestrations/services/"+words(s, "id")))
	}
	if len(found) < 200 {
		t.Fatalf("%d conditions", len(found))
	}
	var all []any
	for n, condition := range found {
		all = append(all, object{"label": fmt.Sprint(n), "conditions": []any{object{"expression": condition}}, "actions": to})
	}
	path := a.get(t, target)
	if status, got := a.ask(t, "PUT", target, router(path, all)); status != 200 {
		t.Errorf("%d %.300v", status, got)
	}
	if !strings.Contains(strings.Join(found, "\n"), "now in ") {
		t.Error("no rule is for a part of the week")
	}
}
